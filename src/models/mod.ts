import { PluginError, UsageError } from '../errors.ts';
import { resolveGrid } from '../grids.ts';
import { nearest } from '../ids.ts';
import { listed } from '../listed.ts';
import { createChain } from './chain.ts';
import { resolveChain } from './choices.ts';
import { createExternal, externalMembers, isExternal, resolveExternal } from './external/mod.ts';
import type { Model } from './model.ts';
import { type Preset, presetFamily, presets } from './presets.ts';

export { type Preset, presets } from './presets.ts';

/** Word for all presets at once. */
const ALL = 'all';

/** Formats of the talk, and those that people ask about. */
export const askedModels: readonly string[] = [
  'oci-gzip',
  'tar-zstd',
  'per-file',
  'catar',
  'catar-blob',
  'estargz',
  'zstd-chunked',
  'nydus',
  'puzzlefs',
  'ostree',
];

/** Those of them that a run times unless told otherwise: timing is by far the longest part of a run. */
export const timedModels: readonly string[] = askedModels.slice(0, 5);

/** What a run compares unless told otherwise: these, and one family of chunk sizes without compression. */
export const defaultModels: readonly string[] = [
  ...askedModels,
  'catar|fastcdc:avg=4KiB..1MiB|none|objects|get',
];

const byChain = new Map(presets.map((preset) => [resolveChain(preset.chain).id, preset.alias]));

/** Throws a PluginError where the name or the chain is taken, a UsageError where the chain is wrong. */
export function registerPresets(more: readonly Preset[]): void {
  for (const preset of more) {
    const { id } = resolveChain(preset.chain);
    const other =
      byChain.get(id) ?? externalMembers.find(({ name }) => name === preset.alias)?.name;
    if (other !== undefined) {
      const what = `model '${preset.alias}' is '${other}' already`;
      throw new PluginError(what, {}, 'give it another name and another chain');
    }
    presetFamily.register([preset]);
    byChain.set(id, preset.alias);
  }
}

/** The preset's name for a canonical id, where it has one. */
export function aliasOf(id: string): string | undefined {
  return byChain.get(id);
}

/** Equal for chains that store the same pieces, packed and fetched in whatever way: serialiser, chunker and codec. */
export function storedAs(id: string): string {
  return id.includes('|') ? id.split('|', 3).join('|') : id;
}

/** Names, chains, external models, grids and `all` → canonical ids in the order given, each once. Throws a UsageError. */
export function resolveModels(texts: readonly string[]): readonly string[] {
  const ids = texts.flatMap((text) =>
    text === ALL
      ? presets.map(({ alias }) => resolveModel(alias))
      : resolveGrid(text, resolveModel),
  );
  return [...new Set(ids)];
}

function resolveModel(text: string): string {
  if (text.includes('|')) return resolveChain(text).id;
  const preset = presets.find(({ alias }) => alias === text);
  if (preset) return resolveChain(preset.chain).id;
  if (isExternal(text)) return resolveExternal(text);
  const names = [...presets.map(({ alias }) => alias), ...externalMembers.map(({ name }) => name)];
  const suggestion = nearest(text, names);
  throw new UsageError(
    `unknown model '${text}'`,
    {},
    suggestion ? `did you mean '${suggestion}'?` : `known: ${listed(names)}; or give a chain`,
  );
}

const created = new Map<string, Promise<Model>>();

/** The model of a name or chain; one instance per thread. */
export function createModel(text: string): Promise<Model> {
  const id = resolveModel(text);
  const model = created.get(id) ?? (isExternal(id) ? createExternal(id) : createChain(id));
  created.set(id, model);
  return model;
}

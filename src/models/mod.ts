import { UsageError } from '../errors.ts';
import { expandGrid, nearest } from '../ids.ts';
import { createChain, resolveChain } from './chain.ts';
import { createExternal, externalMembers, isExternal, resolveExternal } from './external/mod.ts';
import type { Model } from './model.ts';

/** A chain with a name. To add one: a row here, and its row in METHODS.md. */
export interface Preset {
  readonly alias: string;
  readonly chain: string;
  readonly title: string;
  /** Specification, program or talk that it follows. */
  readonly source: string;
}

export const presets: readonly Preset[] = [
  {
    alias: 'oci-gzip',
    chain: 'layers|whole|delivered|layers|get',
    title: "the image's own layers, tar and gzip",
    source: 'OCI image-spec, layer.md',
  },
  {
    alias: 'tar-zstd',
    chain: 'tar|whole|zstd:level=3|layers|get',
    title: 'one squashed layer, tar and zstd',
    source: 'OCI image-spec, layer.md (zstd)',
  },
  {
    alias: 'per-file',
    chain: 'files|whole|zstd:level=3|objects|get',
    title: 'one object per file content, flat metadata root',
    source: 'ostree, docs/formats.md; OCIv2 alternative (linux.conf.au 2020)',
  },
  {
    alias: 'catar',
    chain: 'catar|fastcdc:avg=64KiB|zstd:level=3|objects|get',
    title: 'catar cut into a chunk store',
    source: 'systemd/casync, with FastCDC for buzhash',
  },
  {
    alias: 'catar-blob',
    chain: 'catar|fastcdc:avg=64KiB|zstd:level=3|blob|range',
    title: 'catar chunks in one blob, index at its tail, fetched by Range',
    source: 'linux.conf.au 2020, "Yet More Alternatives"',
  },
];

/** What a run compares unless told otherwise: the presets, and one family of chunk sizes without compression. */
export const defaultModels: readonly string[] = [
  ...presets.map((preset) => preset.alias),
  'catar|fastcdc:avg=4KiB..1MiB|none|objects|get',
];

const byChain = new Map(presets.map((preset) => [resolveChain(preset.chain).id, preset.alias]));

/** The preset's name for a canonical id, where it has one. */
export function aliasOf(id: string): string | undefined {
  return byChain.get(id);
}

/** Names, chains, external models and grids → canonical ids in the order given, each once. Throws a UsageError. */
export function resolveModels(texts: readonly string[]): readonly string[] {
  const ids = texts.flatMap((text) => expandGrid(text)).map(resolveModel);
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
    suggestion ? `did you mean '${suggestion}'?` : `known: ${names.join(', ')}; or give a chain`,
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

import { createHash } from 'node:crypto';
import { BenchError, locate, PluginError, reasonOf } from '../errors.ts';
import type { Image, ImageDescriptor } from '../images/image.ts';
import { closeImage, openImage, openLatest } from '../images/open.ts';
import { listed } from '../listed.ts';
import { type Executor, withInline } from '../objects/executor.ts';
import type { PieceMemory } from '../objects/piece-memory.ts';
import { sha256 } from '../packers/blobs.ts';
import { type DeltaFacts, writeDeltaManifest } from '../packers/delta.ts';
import { type Inventory, takeInventory } from '../packers/inventory.ts';
import type { Packed } from '../packers/packer.ts';
import { memoryStore } from '../packers/store.ts';
import { differences } from '../trees/compare.ts';
import { canonicalTarFacts } from './external/canonical-tar.ts';
import { createModel } from './mod.ts';
import { type Deltas, type Model, noClock } from './model.ts';

export interface CellInput {
  readonly image: ImageDescriptor;
  readonly model: string;
  /** Images before this one that the model may make deltas from, the nearest first. */
  readonly predecessors?: readonly ImageDescriptor[];
  /** What the model's dictionary is trained on, where that is another image: see `cellInputs`. */
  readonly first?: ImageDescriptor | undefined;
  /** Where cells of a run find what others compressed. */
  readonly memory?: PieceMemory;
}

/** Packs an image by a model, restores it, compares, and only then gives the numbers. */
export async function measureCell(input: CellInput): Promise<Inventory> {
  try {
    const { predecessors = [], first, memory } = input;
    const image = openLatest(input.image);
    const model = await createModel(input.model);
    return await withInline(
      (executor) => measureBy(executor, image, model, predecessors, first),
      memory,
    );
  } catch (error) {
    const typed = error instanceof BenchError ? error : pluginFault(input.model, error);
    throw locate(typed, { image: input.image.id, model: input.model });
  }
}

/** What a member of a plug-in threw is its fault; the same from this tree is ours, and stays as it is. */
function pluginFault(model: string, error: unknown): unknown {
  if (!model.includes('@')) return error;
  const remedy = 'fix the plug-in that the model names';
  return new PluginError(`a plug-in failed: ${reasonOf(error)}`, {}, remedy, { cause: error });
}

/** As {@link measureCell}, of any model: a model that loses something is found out here. */
export async function measure(
  image: Image,
  model: Model,
  predecessors: readonly ImageDescriptor[] = [],
  first?: ImageDescriptor,
): Promise<Inventory> {
  return withInline((executor) => measureBy(executor, image, model, predecessors, first));
}

/** As {@link measure}, by this executor. */
export async function measureBy(
  executor: Executor,
  image: Image,
  model: Model,
  predecessors: readonly ImageDescriptor[],
  first: ImageDescriptor | undefined,
): Promise<Inventory> {
  const packed = await model.pack(image, executor, noClock, first);
  const restored = await model.unpack(packed.manifest, memoryStore(packed), executor);
  const faults = differences(image.tree, restored, model.fidelity, 3);
  if (faults.length > 0) {
    const told = faults.map(String).join('; ');
    throw new PluginError(`the model does not restore the image: ${told}`, {}, remedyOf(model));
  }
  const inventory = takeInventory(image.descriptor.id, model.id, packed);
  if (!model.deltas) return inventory;
  const deltas: DeltaFacts[] = [];
  for (const predecessor of predecessors.slice(0, model.deltas.predecessors)) {
    const from = openImage(predecessor);
    try {
      deltas.push(await measureDelta(from, image, packed, model, model.deltas));
    } catch (error) {
      throw locate(error, { from: predecessor.id });
    } finally {
      closeImage(from);
    }
  }
  return { ...inventory, deltas };
}

/** Who can mend a model that loses something: whoever wrote the plug-in, the programs that it runs, or this. */
function remedyOf({ id, tools }: Pick<Model, 'id' | 'tools'>): string {
  const discarded = 'its results are discarded';
  if (id.includes('@')) {
    return `fix the serialiser, chunker, codec or packer of the plug-in that the model names; ${discarded}`;
  }
  const programs = Object.entries(tools?.() ?? {}).map((tool) => tool.join(' '));
  return programs.length > 0
    ? `${discarded}: what comes back from ${listed(programs)} is not what went in; try another version, or report it with the image`
    : `${discarded}; this is a fault of ocibench: report it with the image`;
}

/** Makes a delta and applies it; it has a size only if it leads to the very tar it was made to. */
async function measureDelta(
  from: Image,
  to: Image,
  packed: Packed,
  model: Model,
  deltas: Deltas,
): Promise<DeltaFacts> {
  const delta = await deltas.make(from, to);
  const tar = await deltas.apply(from, delta.bytes);
  const wanted = Buffer.from(canonicalTarFacts(to.tree).digest);
  const actual = createHash('sha256').update(tar.bytes).digest();
  if (!actual.equals(wanted)) {
    throw new PluginError(
      `the delta leads to a tar with sha256 ${actual.toString('hex')}, not ${wanted.toString('hex')}`,
      {},
      remedyOf(model),
    );
  }
  const base = canonicalTarFacts(from.tree).digest;
  const manifest = writeDeltaManifest(packed.manifest, base, delta.bytes, model.id);
  return {
    base,
    digest: `sha256:${sha256(delta.bytes)}`,
    size: delta.bytes.length,
    manifestDigest: `sha256:${sha256(manifest)}`,
    manifestBytes: manifest.length,
    generateMs: delta.ms,
    applyMs: tar.ms,
  };
}

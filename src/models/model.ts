import type { Held, Transfer } from '../fetchers/fetcher.ts';
import type { Image, ImageDescriptor } from '../images/image.ts';
import type { Executor, Stored } from '../objects/executor.ts';
import { type Inventory, inventoryKey } from '../packers/inventory.ts';
import type { Packed, Store } from '../packers/packer.ts';
import type { Fidelity } from '../trees/fidelity.ts';
import type { Tree } from '../trees/tree.ts';

/** A storage and transfer format. Most are chains of five choices (chain.ts); others implement this directly (external/). */
export interface Model {
  /** Canonical id. */
  readonly id: string;
  readonly fidelity: Fidelity;
  /**
   * Everything a registry would keep of the image. Depends on the image alone, not on the executor; where the model
   * {@link isTrained}, on the first of the series as well.
   *
   * @param first that one, where it is another image
   */
  pack(image: Image, executor: Executor, clock?: Clock, first?: ImageDescriptor): Promise<Packed>;
  /** The tree from what was packed, within {@link fidelity}; every object is checked against its digest. */
  unpack(manifest: Uint8Array, store: Store, executor: Executor): Promise<Tree>;
  /**
   * What {@link unpack} checks, without a tree: every object is read, decompressed and held against its digest. Absent where
   * nothing can be read without restoring the image.
   */
  verify?(manifest: Uint8Array, store: Store, executor: Executor): Promise<void>;
  /** What a client that holds `held` must transfer to get the image. */
  transfer(inventory: Inventory, held: Held): Transfer;
  /** Its chunker has no kernel: it cuts by the chunker's readable definition, slowly. */
  readonly cutBy?: 'reference';
  /** Compresses streams whole, by a codec that must hold them. */
  readonly isSolid?: boolean;
  /** As its chunker has it; 1 unless stated. */
  readonly revision?: number;
  /** Packs by one `pack` of its executor, whose pieces are loose objects and read by nobody: they may be stored at once. */
  readonly isStoredAtOnce?: boolean;
  /** Compresses all images of a series by one dictionary, trained on the first. */
  readonly isTrained?: boolean;
  /** Where the registry keeps deltas between images beside them. */
  readonly deltas?: Deltas;
  /** Versions of external programs that this model runs, by name; those not installed are left out. */
  tools?(): Readonly<Record<string, string>>;
}

/** Images that go into a cell besides its own. */
export interface CellInputs {
  /** Images before this one that the model makes deltas from, the nearest first. */
  readonly predecessors: readonly ImageDescriptor[];
  /** What the model's dictionary is trained on, where that is another image. */
  readonly first: ImageDescriptor | undefined;
}

/** @param series the images that could be had, in series order; `image` need not be one of them */
export function cellInputs(
  { isTrained = false, deltas }: Pick<Model, 'isTrained' | 'deltas'>,
  image: ImageDescriptor,
  series: readonly ImageDescriptor[],
): CellInputs {
  const place = series.findIndex(({ id }) => id === image.id);
  const before = series.slice(0, Math.max(place, 0)).toReversed();
  const predecessors = before.slice(0, deltas?.predecessors ?? 0);
  const [head] = series;
  const isOther = head && inventoryKey([head]) !== inventoryKey([image]);
  const first = isTrained && isOther ? head : undefined;
  return { predecessors, first };
}

/** Versions of the external programs that models run, by name. */
export function toolsOf(models: readonly Model[]): Readonly<Record<string, string>> {
  return Object.assign({}, ...models.map((model) => model.tools?.()));
}

/** Binary deltas between the canonical tars of two images. */
export interface Deltas {
  /** Number of images before each one that the registry keeps a delta from. */
  readonly predecessors: number;
  /** The delta as it is stored. */
  make(from: Image, to: Image): Promise<Computed>;
  /** The tar that the delta leads to; the caller checks it. */
  apply(from: Image, delta: Uint8Array): Promise<Computed>;
}

export interface Computed {
  readonly bytes: Uint8Array;
  /** Processor time, milliseconds. */
  readonly ms: number;
}

export type Stage = 'serialise' | 'chunk' | 'hash' | 'compress' | 'write';

/** Adds the time a stage takes to that stage. */
export interface Clock {
  add(stage: Stage, ms: number): void;
  time<T>(stage: Stage, work: () => T | Promise<T>): Promise<T>;
}

export function addTimes(clock: Clock, { hashMs, codecMs, writeMs }: Stored['times']): void {
  clock.add('hash', hashMs);
  clock.add('compress', codecMs);
  clock.add('write', writeMs);
}

export const noClock: Clock = {
  add() {},
  async time(_stage, work) {
    return work();
  },
};

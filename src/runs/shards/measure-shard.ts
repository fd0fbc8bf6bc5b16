import { divideImage } from '../../accounting/shares.ts';
import { checkMirror } from '../../datasets/debian/mirror-needed.ts';
import { fetchImage } from '../../datasets/mod.ts';
import type { FetchContext } from '../../datasets/provider.ts';
import { BenchError, SkippedError } from '../../errors.ts';
import { baseOf } from '../../images/base.ts';
import type { ImageDescriptor } from '../../images/image.ts';
import type { Contents } from '../../measures/contents.ts';
import { imageMeasures } from '../../measures/image.ts';
import { measureReproducibility } from '../../measures/reproducibility.ts';
import { createModel } from '../../models/mod.ts';
import { type Model, toolsOf } from '../../models/model.ts';
import type { Inventory } from '../../packers/inventory.ts';
import type { Plan } from '../../plan.ts';
import type { Progress } from '../../progress.ts';
import { RunMachine } from '../../results/run-machine.ts';
import type { WorkerPool } from '../../workers/pool.ts';
import { createPool } from '../../workers/pooled.ts';
import { changesOf } from '../avalanche.ts';
import { CellStore } from '../cell-store.ts';
import { CommonPieces } from '../common-pieces.ts';
import { cellBytes, cellGate, type MemoryGate } from '../memory-gate.ts';
import { sweepsOf } from '../swept-series.ts';
import { ShardDirectory } from './shard-directory.ts';
import { shardInfo } from './shard-info.ts';
import { type CellWork, cellName, type Shard, type WorkCell } from './work-cells.ts';

/** What became of a shard. */
export interface ShardCounts {
  /** Cells of the shard. */
  readonly cells: number;
  /** Those that failed: the same call tries them again. */
  readonly failures: number;
}

/**
 * Measures the cells of one shard of a plan and keeps what they found in the directory of the plan. Nothing is timed there but
 * what external programs take within their cells. What is there already is not measured again.
 *
 * Throws a UsageError or StorageError before anything is measured; what fails later costs its own cell.
 */
export async function measureShard(
  plan: Plan,
  shard: Shard,
  context: FetchContext,
  progress: Progress,
): Promise<ShardCounts> {
  const models = await Promise.all(plan.models.map(createModel));
  const info = shardInfo(plan, shard, toolsOf(models));
  const { cells } = info;
  const images = plan.images.filter((id) => cells.some(({ image }) => image === id));
  await checkMirror(plan.dataset, images, context);
  const directory = new ShardDirectory(plan.directory, info, plan.fresh);
  const pool = createPool(plan.workers);
  const stop = (): void => void pool.close();
  context.signal?.addEventListener('abort', stop);
  try {
    const open = cells.filter((cell) => !directory.has(cell));
    progress.start(open.length);
    const work = new ShardWork(plan, models, pool, context, progress);
    const failures = await work.measure(open, directory);
    return { cells: cells.length, failures };
  } finally {
    context.signal?.removeEventListener('abort', stop);
    await pool.close();
    progress.end();
    directory.close();
  }
}

class ShardWork {
  readonly #plan: Plan;
  readonly #models: ReadonlyMap<string, Model>;
  readonly #pool: WorkerPool;
  readonly #context: FetchContext;
  readonly #progress: Progress;
  readonly #store: CellStore;
  readonly #machine: RunMachine;
  readonly #memory: MemoryGate;
  readonly #pieces = new CommonPieces();
  readonly #images = new Map<string, Promise<ImageDescriptor>>();
  #failures = 0;

  constructor(
    plan: Plan,
    models: readonly Model[],
    pool: WorkerPool,
    context: FetchContext,
    progress: Progress,
  ) {
    this.#plan = plan;
    this.#memory = cellGate(plan.workers);
    this.#models = new Map(models.map((model) => [model.id, model]));
    this.#pool = pool;
    this.#context = context;
    this.#progress = progress;
    const note = (text: string): void => progress.note(text);
    this.#store = new CellStore(context.cache, { isFresh: plan.fresh, note });
    this.#machine = new RunMachine(plan, [], note);
    // With models of external programs the cells themselves hold processor time.
    if (plan.models.some((id) => !id.includes('|'))) this.#machine.checkAndCount();
  }

  /** Returns the number of cells that failed. */
  async measure(cells: readonly WorkCell[], directory: ShardDirectory): Promise<number> {
    const running: Promise<void>[] = [];
    // Packings under varied conditions have processes of their own.
    const alone = cells.filter(({ work }) => work === 'reproducibility');
    for (const cell of cells) {
      if (alone.includes(cell)) continue;
      const done = this.#measure(cell, directory);
      // The first failure that ends the shard is thrown below, the others are not lost news.
      done.catch(() => {});
      running.push(done);
      // Images are fetched while cells are measured, but never far ahead.
      if (running.length > 2 * this.#plan.workers) await running.shift();
    }
    await Promise.all(running);
    for (const cell of alone) await this.#measure(cell, directory);
    return this.#failures;
  }

  async #measure(cell: WorkCell, directory: ShardDirectory): Promise<void> {
    this.#context.signal?.throwIfAborted();
    try {
      directory.keep(cell, await this.#work[cell.work](cell));
    } catch (error) {
      this.#context.signal?.throwIfAborted();
      if (!(error instanceof BenchError)) throw error;
      this.#progress.note(`${cellName(cell)}: ${String(error)}`);
      directory.fail(cell, error);
      if (!(error instanceof SkippedError)) this.#failures++;
    }
    this.#progress.step(cellName(cell));
  }

  readonly #work: Readonly<Record<CellWork, (cell: WorkCell) => Promise<unknown>>> = {
    image: async ({ image: id }) => {
      const image = await this.#image(id);
      return { image, measurements: imageMeasures(image) };
    },
    contents: async ({ image }) => this.#contents(await this.#image(image)),
    changes: async ({ image: id }) => {
      const last = this.#plan.images[this.#plan.images.indexOf(id) - 1]!;
      const [before, image] = [await this.#image(last), await this.#image(id)];
      for (const one of [before, image]) await this.#contents(one).catch(() => {});
      return changesOf(before, image, (one) => this.#store.readContents(one)) ?? null;
    },
    cell: async ({ of, image: id }) => {
      const image = await this.#image(id);
      return this.#packed(of, image, await this.#series(of, id));
    },
    sweep: async ({ of, image }) => {
      const sweeps = sweepsOf(this.#plan).filter(({ serialiser }) => serialiser === of);
      return (await divideImage(this.#pool, await this.#image(image), sweeps))[0];
    },
    base: async ({ of }) => {
      const images = await this.#had(this.#plan.images);
      if (images.length === 0 || images.length < this.#plan.images.length) return null;
      const base = baseOf(images);
      return images.includes(base) ? null : this.#packed(of, base, images);
    },
    reproducibility: async ({ of }) => {
      const image = await this.#first();
      if (!image) return null;
      const { digest } = await this.#packed(of, image, await this.#series(of, image.id));
      return measureReproducibility(image, of, digest, this.#context.signal);
    },
  };

  #image(id: string): Promise<ImageDescriptor> {
    const known = this.#images.get(id) ?? fetchImage(this.#plan.dataset, id, this.#context);
    this.#images.set(id, known);
    return known;
  }

  /** Those that can be had, in this order. */
  async #had(ids: readonly string[]): Promise<readonly ImageDescriptor[]> {
    const images: ImageDescriptor[] = [];
    for (const id of ids) {
      const image = await this.#tried(id);
      if (image) images.push(image);
    }
    return images;
  }

  async #first(): Promise<ImageDescriptor | undefined> {
    for (const id of this.#plan.images) {
      const image = await this.#tried(id);
      if (image) return image;
    }
    return undefined;
  }

  async #tried(id: string): Promise<ImageDescriptor | undefined> {
    try {
      return await this.#image(id);
    } catch (error) {
      this.#context.signal?.throwIfAborted();
      if (error instanceof BenchError) return undefined;
      throw error;
    }
  }

  /** The images up to this one, as far as the model asks for those before it. */
  async #series(model: string, id: string): Promise<readonly ImageDescriptor[]> {
    const { deltas, isTrained } = this.#models.get(model)!;
    const { images } = this.#plan;
    return this.#had(deltas || isTrained ? images.slice(0, images.indexOf(id) + 1) : [id]);
  }

  #contents(image: ImageDescriptor): Promise<Contents> {
    return this.#store.contents(image, () => this.#pool.call<Contents>('contents', image));
  }

  #packed(
    id: string,
    image: ImageDescriptor,
    series: readonly ImageDescriptor[],
  ): Promise<Inventory> {
    const model = this.#models.get(id)!;
    return this.#store.packed(model, image, series, async (input) => {
      const inventory = await this.#memory.within(cellBytes(image, model), () =>
        this.#pool.call<Inventory>('cell', { ...input, memory: this.#pieces.of(image) }),
      );
      if (!inventory.deltas) return inventory;
      // Times of deltas are used again with the cell.
      const { load, checks } = this.#machine.environment();
      return { ...inventory, seen: { load, ...(checks ? { checks } : {}) } };
    });
  }
}

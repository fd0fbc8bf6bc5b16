import type { FetchContext } from '../datasets/provider.ts';
import { PluginError } from '../errors.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { limits } from '../limits.ts';
import { breakEvenMeasures } from '../measures/break-even.ts';
import { type Contents, firstWarnings } from '../measures/contents.ts';
import { SeriesFold } from '../measures/fold.ts';
import { SeriesOfModel } from '../measures/series.ts';
import { WholeSeries } from '../measures/whole-series.ts';
import { aliasOf, storedAs } from '../models/mod.ts';
import type { Model } from '../models/model.ts';
import type { Inventory } from '../packers/inventory.ts';
import type { Plan } from '../plan.ts';
import type { Progress } from '../progress.ts';
import type { RunDirectory } from '../results/run-directory.ts';
import type { WorkerPool } from '../workers/pool.ts';
import { CommonPieces } from './common-pieces.ts';
import { enterImages, type Surroundings } from './enter-image.ts';
import { cellBytes, cellGate, type MemoryGate } from './memory-gate.ts';
import type { Pace } from './pace.ts';
import type { Cells } from './shards/found.ts';

/** What became of one image by one model. */
type Outcome =
  | { readonly inventory: Inventory; readonly contents: Contents | undefined }
  | 'missing';

/** One model on its way through the series: cells end in any order, the fold takes them in series order. */
interface Following {
  readonly model: Model;
  readonly fold: SeriesFold;
  readonly waiting: Map<string, Outcome>;
  next: number;
}

export interface PackingSurroundings extends Surroundings {
  readonly pool: WorkerPool;
  readonly pace: Pace;
}

/** Packs every image of a plan by every model, each cell once, and records what the series of each model comes to. */
export class PackedSeries {
  readonly #plan: Plan;
  readonly #surroundings: PackingSurroundings;
  readonly #run: RunDirectory;
  readonly #context: FetchContext;
  readonly #progress: Progress;
  readonly #store: Cells;
  readonly #pace: Pace;
  readonly #memory: MemoryGate;
  readonly #pieces = new CommonPieces();
  readonly #order: readonly string[];
  readonly #following: ReadonlyMap<string, Following>;
  /** Digest of each packed image, by image and model. */
  readonly #digests = new Map<string, string>();

  /** @param models those of the plan, in its order */
  constructor(
    plan: Plan,
    models: readonly Model[],
    store: Cells,
    surroundings: PackingSurroundings,
  ) {
    this.#plan = plan;
    this.#surroundings = surroundings;
    this.#run = surroundings.run;
    this.#context = surroundings.context;
    this.#progress = surroundings.progress;
    this.#store = store;
    this.#pace = surroundings.pace;
    this.#memory = cellGate(plan.workers);
    this.#order = leadersFirst(plan.models);
    this.#following = new Map(
      models.map((model) => [
        model.id,
        { model, fold: new SeriesFold(model, plan.links), waiting: new Map(), next: 0 },
      ]),
    );
  }

  /** Digest of the image as the model packed it; undefined where it could not. */
  digestOf(image: string, model: string): string | undefined {
    return this.#digests.get(`${image} ${model}`);
  }

  async measure(): Promise<void> {
    const cells: Promise<void>[] = [];
    const told: (Promise<void> | undefined)[] = [];
    // What external programs take is timed in their cells, with nothing beside them.
    const isTold = this.#plan.models.every((model) => model.includes('|'));
    const fail = (id: string, error: unknown): void => {
      this.#pace.settle('contents', '*', id);
      for (const model of this.#plan.models) this.#fail(model, id, error);
    };
    for await (const image of enterImages(this.#plan, this.#surroundings, fail)) {
      const contents = this.#contents(image);
      // A cell that is interrupted or fails does not wait for them any more.
      contents.catch(() => {});
      for (const model of this.#order) {
        const cell = this.#cell(image, model, contents);
        // An interrupted run fails many cells at once; the first one met below is thrown, the others are not lost news.
        cell.catch(() => {});
        cells.push(cell);
      }
      const own = Promise.all(cells.slice(-this.#order.length));
      if (isTold) told.push(own.then(() => this.#progress.reached?.(image.id)).catch(() => {}));
      // Images are entered while cells run, but never far ahead: memory must not grow with their number.
      await settleAllBut(cells, 2 * this.#plan.workers);
    }
    await Promise.all(cells);
    await Promise.all(told);
    await this.#wholeSeries();
  }

  /** What the image holds whatever the model; undefined where it cannot be read, which costs what asks for it. */
  async #contents(image: ImageDescriptor): Promise<Contents | undefined> {
    let contents: Contents;
    try {
      contents = await this.#store.contents(image, () =>
        this.#surroundings.pool.call<Contents>('contents', image, [], (ms) =>
          this.#pace.keep('contents', '*', image, ms),
        ),
      );
    } catch (error) {
      this.#context.signal?.throwIfAborted();
      this.#progress.note(String(error));
      this.#run.fail('*', image.id, error);
      this.#pace.settle('contents', '*', image.id);
      return undefined;
    }
    this.#pace.settle('contents', '*', image.id);
    const warnings = [...firstWarnings(image.warnings ?? []), ...(contents.warnings ?? [])];
    for (const text of warnings) this.#progress.note(`${image.id}: ${text}`);
    if (warnings.length > 0) this.#run.warn(image.id, warnings);
    this.#run.settle('*', image.id);
    return contents;
  }

  async #cell(
    image: ImageDescriptor,
    id: string,
    contents: Promise<Contents | undefined>,
  ): Promise<void> {
    // Read before anything is waited for: later images are no predecessors.
    const series = this.#run.images;
    const { model, waiting } = this.#following.get(id)!;
    const inventory = await this.#packed(model, image, series);
    if (!inventory) return;
    this.#digests.set(`${image.id} ${id}`, inventory.digest);
    waiting.set(image.id, { inventory, contents: await contents });
    this.#advance(id);
    this.#pace.settle('cell', id, image.id);
    this.#progress.step(`${image.id} ${aliasOf(id) ?? id}`);
  }

  /** What the model made of the image, from the store where it was packed before; undefined where it failed. */
  async #packed(
    model: Model,
    image: ImageDescriptor,
    series: readonly ImageDescriptor[],
  ): Promise<Inventory | undefined> {
    const { run, pool } = this.#surroundings;
    const took = (ms: number): void => this.#pace.keep('cell', model.id, image, ms);
    try {
      const cell = await this.#store.packed(model, image, series, async (input) => {
        const inventory = await this.#memory.within(cellBytes(image, model), () =>
          pool.call<Inventory>('cell', { ...input, memory: this.#pieces.of(image) }, [], took),
        );
        // Times of deltas are used again with the cell.
        return inventory.deltas ? { ...inventory, seen: run.seen } : inventory;
      });
      if (cell.seen) run.join(cell.seen);
      run.settle(model.id, image.id);
      return cell;
    } catch (error) {
      this.#context.signal?.throwIfAborted();
      this.#progress.note(String(error));
      this.#fail(model.id, image.id, error);
      return undefined;
    }
  }

  /** Folds the outcomes that are next in the series, as far as they are there. */
  #advance(id: string): void {
    const following = this.#following.get(id)!;
    const { fold, waiting } = following;
    while (following.next < this.#plan.images.length) {
      const image = this.#plan.images[following.next]!;
      const outcome = waiting.get(image);
      if (!outcome) return;
      waiting.delete(image);
      following.next++;
      if (outcome === 'missing') {
        fold.miss(image);
        continue;
      }
      const { measurements, omissions, faults } = fold.add(outcome.inventory, outcome.contents);
      this.#run.record(id, measurements);
      for (const { measure, error } of faults) {
        this.#progress.note(String(error));
        this.#run.fail(id, image, error, measure);
      }
      for (const { client, measure, why } of omissions) {
        this.#run.skip(id, image, measure, why, client);
      }
    }
  }

  #fail(model: string, image: string, error: unknown): void {
    const isSkipped = this.#run.fail(model, image, error);
    this.#pace.settle('cell', model, image);
    const { waiting } = this.#following.get(model) ?? {};
    if (this.#plan.images.includes(image) && waiting) {
      waiting.set(image, 'missing');
      this.#advance(model);
    }
    this.#progress.step(`${image} ${aliasOf(model) ?? model} ${isSkipped ? 'skipped' : 'failed'}`);
  }

  /** What asks for several images of a model at once. */
  async #wholeSeries(): Promise<void> {
    const { images } = this.#run;
    const byId = new Map(images.map((image) => [image.id, image]));
    const whole = new WholeSeries({
      planned: this.#plan.images,
      images,
      links: this.#plan.links,
      contents: (id) => this.#store.readContents(byId.get(id)!),
    });
    this.#run.record('*', whole.ofImages());
    if (images.length > limits.pairImages) {
      const why = `pairs are measured of at most ${limits.pairImages} images: name some with --image`;
      this.#run.skip('*', '*', 'image.shared_file_bytes', why);
    }
    for (const [id, { model }] of this.#following) {
      this.#context.signal?.throwIfAborted();
      const base = whole.base && (await this.#base(model, whole.base));
      try {
        this.#run.record(id, whole.ofModel(model, this.#placed(model), base));
      } catch (error) {
        // A plug-in's fetcher, say.
        if (!(error instanceof PluginError)) throw error;
        this.#run.fail(id, '*', error);
      }
      this.#progress.step(`clients of ${aliasOf(id) ?? id}`);
    }
    this.#recordBreakEven();
  }

  /** Packed images of a model, with their objects where the store of the series keeps them. */
  *#placed(model: Model): Generator<Inventory> {
    const series = new SeriesOfModel(model);
    const { images } = this.#run;
    for (const id of this.#plan.images) {
      const image = images.find((one) => one.id === id);
      const kept = image && this.#store.read(model, image, images);
      const placed = kept ? series.add(kept) : series.miss(id);
      if (placed) yield placed;
    }
  }

  /** Packs the base where it is none of the images. undefined where it cannot be packed. */
  async #base(model: Model, base: ImageDescriptor): Promise<Inventory | undefined> {
    const { images } = this.#run;
    if (images.includes(base)) return this.#store.read(model, base, images);
    return this.#packed(model, base, images);
  }

  #recordBreakEven(): void {
    const cumulative = new Map<string, readonly number[]>();
    for (const [id, { fold, next }] of this.#following) {
      if (next === this.#plan.images.length && fold.cumulative) {
        cumulative.set(id, fold.cumulative);
        this.#run.settle(id, '*', 'transfer.cumulative_bytes', 'all-previous');
      } else {
        const why = 'break-even needs every image of the series';
        this.#run.skip(id, '*', 'transfer.cumulative_bytes', why, 'all-previous');
      }
    }
    for (const [id, measurements] of breakEvenMeasures(cumulative)) {
      this.#run.record(id, measurements);
    }
  }
}

/** What stores the same pieces as another does comes last: at the same time both would compress them. */
function leadersFirst(models: readonly string[]): readonly string[] {
  const known = new Set<string>();
  const followers = models.filter((id) => {
    const stored = storedAs(id);
    const isKnown = known.has(stored);
    known.add(stored);
    return isKnown;
  });
  return [...models.filter((id) => !followers.includes(id)), ...followers];
}

async function settleAllBut(cells: readonly Promise<void>[], allowed: number): Promise<void> {
  await Promise.all(cells.slice(0, Math.max(0, cells.length - allowed)));
}

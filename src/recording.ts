import { locate, SkippedError } from './errors.ts';
import type { ImageDescriptor } from './images/image.ts';
import { limits } from './limits.ts';
import { breakEvenMeasures } from './measures/break-even.ts';
import { buildMeasures } from './measures/build.ts';
import { ClientRecords } from './measures/client-records.ts';
import { type Contents, firstWarnings } from './measures/contents.ts';
import { imageMeasures } from './measures/image.ts';
import { measureReproducibility } from './measures/reproducibility.ts';
import { type Measurement, round, SeriesAccount } from './measures/series.ts';
import { measureThroughput, noiseFloor, throughputMeasures } from './measures/throughput.ts';
import { totalMeasures } from './measures/totals.ts';
import { aliasOf, createModel } from './models/mod.ts';
import { cellInputs, type Model } from './models/model.ts';
import type { Inventory } from './packers/inventory.ts';
import type { Plan } from './plan.ts';
import { describeEnvironment } from './results/environment.ts';
import { Inventories } from './results/inventories.ts';
import { RecordLog } from './results/log.ts';
import { METHOD } from './results/record.ts';
import { failure, planOrder, skip, toRecord } from './results/recorder.ts';
import { type RunInfo, runDataset } from './results/run.ts';
import type { WorkerPool } from './workers/pool.ts';

/** Where a run tells how far it is: standard error, never the data. */
export interface Progress {
  /** Begins with this many steps to do. */
  start(total: number): void;
  /** Adds steps that were not known before. */
  more(steps: number): void;
  step(what: string): void;
  /** A line that stays. */
  note(text: string): void;
  /** What is being waited for, until the next step. */
  busy(text: string): void;
  end(): void;
}

/** The books of one model; they stop before an image that failed, since sums over a series with a gap mean nothing. */
interface Book {
  readonly model: Model;
  readonly account: SeriesAccount;
  readonly waiting: Map<string, Inventory>;
  next: number;
}

/** Everything a run writes down, in whatever order its cells end. */
export class Recording {
  readonly #plan: Plan;
  readonly #progress: Progress;
  readonly #signal: AbortSignal | undefined;
  readonly #log: RecordLog;
  readonly #inventories: Inventories;
  readonly #books: ReadonlyMap<string, Book>;
  readonly #dataset: string;
  readonly #fetched: ImageDescriptor[] = [];
  readonly #digests = new Map<string, string>();
  readonly #warnings = new Map<string, readonly string[]>();
  /** Image and model of cells that could not be tried here. */
  readonly #skipped = new Set<string>();
  readonly #startedAt = new Date().toISOString();

  static async open(
    plan: Plan,
    progress: Progress,
    signal: AbortSignal | undefined,
  ): Promise<Recording> {
    const books = new Map<string, Book>();
    for (const id of plan.models) {
      const model = await createModel(id);
      const account = new SeriesAccount(model, plan.links);
      books.set(id, { model, account, waiting: new Map(), next: 0 });
    }
    return new Recording(plan, progress, signal, books);
  }

  private constructor(
    plan: Plan,
    progress: Progress,
    signal: AbortSignal | undefined,
    books: ReadonlyMap<string, Book>,
  ) {
    this.#plan = plan;
    this.#progress = progress;
    this.#signal = signal;
    this.#books = books;
    this.#dataset = `${plan.dataset.id}@${plan.dataset.digest}`;
    this.#log = RecordLog.open(plan.directory);
    this.#inventories = new Inventories(plan.directory);
    progress.start(plan.images.length * plan.models.length);
    this.#writeInfo();
  }

  /** The image, with its facts recorded; undefined where it cannot be had, which fails its cells and no others. */
  async fetched(
    id: string,
    fetch: () => Promise<ImageDescriptor>,
  ): Promise<ImageDescriptor | undefined> {
    try {
      const image = await fetch();
      this.#record('*', imageMeasures(image));
      this.#fetched.push(image);
      this.#writeInfo();
      return image;
    } catch (error) {
      this.#signal?.throwIfAborted();
      this.#progress.note(`${id}: ${String(locate(error, { image: id }))}`);
      for (const model of this.#plan.models) this.#fail(model, id, error);
      return undefined;
    }
  }

  async cell(pool: WorkerPool, image: ImageDescriptor, model: string): Promise<void> {
    const book = this.#books.get(model)!;
    const { key, ...inputs } = cellInputs(book.model, image, this.#inSeries());
    let inventory = this.#inventories.read(key, model);
    if (!inventory) {
      try {
        inventory = await pool.call<Inventory>('cell', { image, model, ...inputs });
      } catch (error) {
        this.#signal?.throwIfAborted();
        this.#progress.note(String(error));
        this.#fail(model, image.id, error);
        return;
      }
      this.#inventories.write(key, model, inventory);
    }
    this.#log.settle(this.#dataset, model, image.id);
    this.#digests.set(`${image.id} ${model}`, inventory.digest);
    // What was kept may have been packed for another image of the same content.
    book.waiting.set(image.id, { ...inventory, image: image.id });
    this.#advance(model);
    this.#progress.step(`${image.id} ${aliasOf(model) ?? model}`);
  }

  /** What the image holds whatever the model; a failure costs the measures that ask for it. */
  async contents(pool: WorkerPool, image: ImageDescriptor): Promise<void> {
    if (!this.#inventories.readContents(image.digest)) {
      try {
        const contents = await pool.call<Contents>('contents', image);
        this.#inventories.writeContents(image.digest, contents);
      } catch (error) {
        this.#signal?.throwIfAborted();
        this.#progress.note(String(error));
        this.#fail('*', image.id, error);
        return;
      }
    }
    const { warnings: inside = [] } = this.#inventories.readContents(image.digest) ?? {};
    const warnings = [...firstWarnings(image.warnings ?? []), ...inside];
    if (warnings.length > 0) {
      for (const text of warnings) this.#progress.note(`${image.id}: ${text}`);
      this.#warnings.set(image.id, warnings);
      this.#writeInfo();
    }
    this.#log.settle(this.#dataset, '*', image.id);
  }

  /** What asks for several images of a model at once; see ClientRecords. */
  async clients(pool: WorkerPool): Promise<void> {
    const records = new ClientRecords({
      planned: this.#plan.images,
      images: this.#inSeries(),
      links: this.#plan.links,
      inventories: this.#inventories,
    });
    this.#record('*', records.ofImages());
    if (this.#fetched.length > limits.pairImages) {
      const why = `pairs are measured of at most ${limits.pairImages} images: name some with --image`;
      this.#log.append([skip(this.#dataset, '*', '*', 'image.shared_file_bytes', why)]);
    }
    this.#progress.more(this.#books.size);
    for (const [id, { model }] of this.#books) {
      this.#signal?.throwIfAborted();
      this.#record(id, records.ofModel(model, await this.#baseInventory(pool, records.base, id)));
      this.#progress.step(`clients of ${aliasOf(id) ?? id}`);
    }
  }

  /** The image that timed and reproducibility cells use: the first of the series that could be had. */
  probe(): ImageDescriptor | undefined {
    return this.#inSeries()[0];
  }

  async reproducibility(image: ImageDescriptor): Promise<void> {
    this.#progress.more(this.#plan.reproduced.length);
    for (const model of this.#plan.reproduced) {
      const digest = this.#digests.get(`${image.id} ${model}`);
      if (digest === undefined || this.#has(image.id, model, 'reproducibility.distinct_digests')) {
        continue;
      }
      try {
        const result = await measureReproducibility(image, model, digest, this.#signal);
        this.#record(model, result.measurements);
        if (result.skipped !== undefined) {
          const measure = 'reproducibility.runtime_digests';
          this.#log.append([skip(this.#dataset, model, image.id, measure, result.skipped)]);
        }
      } catch (error) {
        this.#signal?.throwIfAborted();
        this.#fail(model, image.id, error);
      }
      this.#progress.step(`reproducibility of ${aliasOf(model) ?? model}`);
    }
  }

  async throughput(image: ImageDescriptor, workers: readonly number[]): Promise<void> {
    const models = this.#plan.timed.filter(
      (model) =>
        this.#digests.has(`${image.id} ${model}`) &&
        !this.#has(image.id, model, 'throughput.pack', 1),
    );
    if (models.length === 0) return;
    this.#progress.more(models.length * workers.length * this.#plan.repeat);
    const plan = { image, models, workers, repeat: this.#plan.repeat, signal: this.#signal };
    const cells = await measureThroughput(plan, (model, count) =>
      this.#progress.step(`throughput of ${aliasOf(model) ?? model}, workers: ${count}`),
    );
    for (const model of models) {
      const own = cells.filter((cell) => cell.model === model);
      this.#record(model, throughputMeasures(image.id, own));
      const failed = own.find((cell) => cell.error !== undefined);
      if (failed) this.#fail(model, image.id, failed.error);
    }
    const noise = noiseFloor(cells);
    if (noise === undefined) return;
    const measure = 'throughput.noise_floor';
    this.#record('*', [
      { image: image.id, client: '-', measure, value: round(noise), n: plan.repeat },
    ]);
  }

  /** Puts the records in order and closes the run. Returns the number of failures. */
  finish(): number {
    for (const [model, measurements] of breakEvenMeasures(this.#cumulative())) {
      this.#record(model, measurements);
    }
    for (const model of this.#plan.timed) {
      this.#record(model, totalMeasures(this.#log.records, model));
      this.#record(model, buildMeasures(this.#log.records, model));
    }
    this.#recordStops();
    const ids = ['*', ...this.#plan.images];
    this.#log.arrange(planOrder(ids, ['*', ...this.#plan.models]));
    const failures = this.#log.records.filter((record) => 'error' in record).length;
    this.#writeInfo(new Date().toISOString());
    // What was skipped may be tried again once a tool is installed: the rest need not be packed again then.
    const isWhole = this.#log.records.every(
      (record) => 'value' in record || record.measure !== '*',
    );
    if (isWhole) this.#inventories.remove();
    return failures;
  }

  close(): void {
    this.#progress.end();
    this.#log.close();
  }

  /** The images that could be had. */
  #inSeries(): readonly ImageDescriptor[] {
    const place = new Map(this.#plan.images.map((id, index) => [id, index]));
    return this.#fetched.toSorted((a, b) => place.get(a.id)! - place.get(b.id)!);
  }

  /** Packs the base where it is none of the images. undefined where there is no base, or it cannot be packed. */
  async #baseInventory(
    pool: WorkerPool,
    base: ImageDescriptor | undefined,
    model: string,
  ): Promise<Inventory | undefined> {
    if (!base) return undefined;
    const { model: opened } = this.#books.get(model)!;
    const { key, ...inputs } = cellInputs(opened, base, this.#inSeries());
    const known = this.#inventories.read(key, model);
    if (known || this.#fetched.includes(base)) return known;
    try {
      const inventory = await pool.call<Inventory>('cell', { image: base, model, ...inputs });
      this.#inventories.write(key, model, inventory);
      this.#log.settle(this.#dataset, model, base.id);
      return inventory;
    } catch (error) {
      this.#signal?.throwIfAborted();
      this.#progress.note(String(error));
      this.#fail(model, base.id, error);
      return undefined;
    }
  }

  /** Enters the inventories that are next in the series, as far as they are there. */
  #advance(id: string): void {
    const book = this.#books.get(id)!;
    while (book.next < this.#plan.images.length) {
      const image = this.#plan.images[book.next]!;
      const inventory = book.waiting.get(image);
      if (!inventory) return;
      book.waiting.delete(image);
      book.next++;
      this.#record(id, book.account.add(inventory));
    }
  }

  #fail(model: string, image: string, error: unknown): void {
    const isSkipped = error instanceof SkippedError;
    if (isSkipped) this.#skipped.add(`${image} ${model}`);
    this.#log.append([
      isSkipped
        ? skip(this.#dataset, model, image, '*', error.toString())
        : failure(this.#dataset, model, image, error),
    ]);
    this.#progress.step(`${image} ${aliasOf(model) ?? model} ${isSkipped ? 'skipped' : 'failed'}`);
  }

  #record(model: string, measurements: readonly Measurement[]): void {
    this.#log.append(measurements.map((one) => toRecord(this.#dataset, model, one)));
  }

  #has(image: string, model: string, measure: string, workers?: number): boolean {
    const key = { method: METHOD, dataset: this.#dataset, image, model, client: '-', measure };
    return this.#log.has(workers === undefined ? key : { ...key, workers });
  }

  /** Says of images that were packed but could not be entered into the books why there are no figures. */
  #recordStops(): void {
    for (const [model, { waiting, next }] of this.#books) {
      const missing = this.#plan.images[next];
      const isSkipped = this.#skipped.has(`${missing} ${model}`);
      for (const image of waiting.keys()) {
        const why = `no series figures: ${missing} before it ${isSkipped ? 'was skipped' : 'failed'}; run again to retry`;
        this.#log.append([
          isSkipped
            ? skip(this.#dataset, model, image, '*', why)
            : failure(this.#dataset, model, image, new Error(why)),
        ]);
      }
    }
  }

  #cumulative(): ReadonlyMap<string, readonly number[]> {
    const complete = [...this.#books].filter(([, book]) => book.next === this.#plan.images.length);
    return new Map(complete.map(([model, book]) => [model, book.account.cumulative]));
  }

  #writeInfo(finishedAt?: string): void {
    const { dataset, models, links } = this.#plan;
    const info: RunInfo = {
      method: METHOD,
      startedAt: this.#startedAt,
      ...(finishedAt === undefined ? {} : { finishedAt }),
      dataset: runDataset(dataset),
      images: this.#fetched.map(({ id, digest }) => ({
        id,
        title: dataset.images.find((image) => image.id === id)?.title ?? id,
        digest,
        ...(this.#warnings.has(id) ? { warnings: this.#warnings.get(id)! } : {}),
      })),
      models: models.map((id) => {
        const alias = aliasOf(id);
        const { fidelity } = this.#books.get(id)!.model;
        return alias === undefined ? { id, fidelity } : { id, alias, fidelity };
      }),
      links: links.map(({ name, title, roundTripMs, bandwidth }) => ({
        id: name,
        title,
        roundTripMs,
        bandwidth,
      })),
      environment: describeEnvironment(
        Object.assign({}, ...[...this.#books.values()].map(({ model }) => model.tools?.())),
      ),
    };
    this.#log.writeInfo(info);
  }
}

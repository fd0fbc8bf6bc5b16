import type { Cache } from '../images/cache.ts';
import { type ImageDescriptor, layerBytes } from '../images/image.ts';
import { isScheduled } from '../measures/parallelism.ts';
import { EVERY } from '../measures/throughput.ts';
import type { Plan } from '../plan.ts';
import { divide, type Maybe, mean } from '../stats/mod.ts';
import { type RatedWork, Rates, type Work } from './rates.ts';
import { sweptTogether } from './swept-series.ts';
import { type Expected, TimedPace } from './timed-pace.ts';

/** What of a plan says how much work it is. */
export type PacedPlan = Pick<
  Plan,
  'images' | 'models' | 'swept' | 'timed' | 'reproduced' | 'rounds' | 'workers'
>;

interface Left {
  readonly work: Work;
  readonly of: string;
  /** Id; undefined of what is measured of the first image. */
  readonly image: string | undefined;
}

/**
 * Times as a packing of the same image takes, for what was never done here: one repetition of all counts of workers packs,
 * unpacks, verifies and writes with each of them. Rough, and gone with the first that is done.
 */
export const EXPECTED_WEIGHT: Readonly<Record<Work, number>> = {
  contents: 0.1,
  cell: 1,
  sweep: 0.3,
  reproducibility: 5,
  throughput: 4,
  parallelism: 8,
};

/** What threads share; the rest is done when nothing else of the run is at work. */
const SHARED: readonly RatedWork[] = ['contents', 'cell', 'sweep'];

/**
 * How long all that is left of a run takes, phase by phase: by what the same work took in this run, else by what it took on
 * this machine before, corrected by how much slower or faster this run is; what is timed has a correction of its own ({@link TimedPace}). Fetching and reports are left out.
 */
export class Pace extends Rates {
  readonly #plan: PacedPlan;
  readonly #left = new Map<string, Left>();
  /** Bytes of uncompressed layers by image. */
  readonly #bytes = new Map<string, number>();
  /** Milliseconds a byte, as last seen in this run. */
  readonly #own = new Map<string, number>();
  /** Of what was known beforehand. What is done alone feels another load otherwise than what threads share. */
  readonly #shared = { expected: 0, taken: 0 };
  readonly #alone = { expected: 0, taken: 0 };
  #timed: TimedPace;
  #timedModels: readonly string[];

  constructor(plan: PacedPlan, cache: Cache) {
    super(cache);
    this.#plan = plan;
    this.#timedModels = plan.timed;
    this.#timed = new TimedPace(plan.timed, plan.rounds, EVERY);
    const { images, models, swept, timed, reproduced } = plan;
    for (const image of images) {
      if (models.length + swept.length > 0) this.#add('contents', '*', image);
      for (const model of models) this.#add('cell', model, image);
      if (swept.length > 0) this.#add('sweep', sweptTogether(plan), image);
    }
    for (const model of reproduced) this.#add('reproducibility', model);
    for (const model of timed) this.#add('throughput', model);
    for (const model of timed.filter(isScheduled)) this.#add('parallelism', model);
  }

  override keep(work: RatedWork, of: string, image: ImageDescriptor, ms: number): void {
    const before = this.read(work, of);
    super.keep(work, of, image, ms);
    const bytes = bytesOf(image);
    const rate = divide(ms, bytes);
    if (bytes === undefined || rate === undefined) return;
    this.#bytes.set(image.id, bytes);
    if (before !== undefined && !this.#own.has(key(work, of))) {
      const sums = SHARED.includes(work) ? this.#shared : this.#alone;
      sums.expected += before * bytes;
      sums.taken += ms;
    }
    this.#own.set(key(work, of), rate);
  }

  /** It is done, was done before, or is not needed. @param image id; none of what is measured of the first image */
  settle(work: Work, of: string, image?: string): void {
    this.#left.delete(key(work, of, image));
  }

  /** The timed part begins: it may be of more models than was planned. */
  time(models: readonly string[]): TimedPace {
    this.#timedModels = models;
    this.#timed = new TimedPace(models, this.#plan.rounds, EVERY);
    return this.#timed;
  }

  /** Milliseconds; undefined before anything is known. */
  leftMs(): Maybe {
    let [shared, alone] = [0, 0];
    for (const { work, of, image } of this.#left.values()) {
      if (work === 'throughput') continue;
      const ms = this.#msOf(work, of, image);
      if (ms === undefined) return undefined;
      if (image !== undefined) shared += ms;
      else alone += ms;
    }
    const rounds = this.#throughputMs();
    return rounds === undefined ? undefined : shared / this.#plan.workers + alone + rounds;
  }

  #throughputMs(): Maybe {
    const isLeft = [...this.#left.values()].some(({ work }) => work === 'throughput');
    if (!isLeft) return 0;
    const expected = (model: string): Expected => {
      const average = this.#msOf('throughput', model, undefined);
      // What only an older version has timed here has no such rate.
      const full = this.#rateOf('throughput-full', model);
      const long = full === undefined ? average : this.#msOf('throughput-full', model, undefined);
      return { full: long, average };
    };
    return this.#timed.leftMs(expected, this.readRounds(this.#timedModels));
  }

  #add(work: Work, of: string, image?: string): void {
    this.#left.set(key(work, of, image), { work, of, image });
  }

  #msOf(work: RatedWork, of: string, image: string | undefined): Maybe {
    const { images } = this.#plan;
    const bytes = this.#bytes.get(image ?? images[0]!) ?? mean([...this.#bytes.values()]);
    const rate = this.#rateOf(work, of) ?? this.#rateBeside(work);
    return bytes === undefined || rate === undefined ? undefined : rate * bytes;
  }

  #rateOf(work: RatedWork, of: string): Maybe {
    const own = this.#own.get(key(work, of));
    if (own !== undefined) return own;
    const before = this.read(work, of);
    return before === undefined ? undefined : before * this.#slowerAt(work);
  }

  #slowerAt(work: RatedWork): number {
    const [alone, shared] = [this.#alone, this.#shared].map(({ taken, expected }) =>
      divide(taken, expected),
    );
    return (SHARED.includes(work) ? undefined : alone) ?? shared ?? 1;
  }

  #rateBeside(work: RatedWork): Maybe {
    const cells = this.#plan.models.flatMap((model) => this.#rateOf('cell', model) ?? []);
    const cell = mean(cells);
    return cell === undefined
      ? undefined
      : EXPECTED_WEIGHT[work === 'throughput-full' ? 'throughput' : work] * cell;
  }
}

/** A tar of the user may be gone. */
function bytesOf(image: ImageDescriptor): Maybe {
  try {
    return layerBytes(image);
  } catch {
    return undefined;
  }
}

function key(work: RatedWork, of: string, image = ''): string {
  return JSON.stringify([work, of, image]);
}

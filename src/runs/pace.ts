import type { Cache } from '../images/cache.ts';
import { type ImageDescriptor, layerBytes } from '../images/image.ts';
import { isScheduled } from '../measures/parallelism.ts';
import { EVERY } from '../measures/throughput.ts';
import { storedAs } from '../models/mod.ts';
import type { Plan } from '../plan.ts';
import { divide, type Maybe, mean } from '../stats/mod.ts';
import { LATER_SHARE, type PacedWork, type RatedWork, Rates, type Work } from './rates.ts';
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
 * Times as the packing of a first image by the same model takes, for what was never done here: one repetition by one and by two
 * workers packs and unpacks with each of them, and where it is a full one verifies and writes as well. As measured of the default
 * models on two cores; gone with the first that is done.
 */
export const EXPECTED_WEIGHT: Readonly<Record<PacedWork, number>> = {
  contents: 0.3,
  cell: 1,
  sweep: 0.3,
  reproducibility: 2.4,
  throughput: 5.2,
  'throughput-full': 10,
  parallelism: 13,
};

/** What threads share; the rest is done when nothing else of the run is at work. */
const SHARED: readonly PacedWork[] = ['contents', 'cell', 'sweep'];

/**
 * How long all that is left of a run takes, phase by phase: by what the same work took in this run, else by what it took on
 * this machine before, corrected by how much slower or faster this run is; what is timed has a correction of its own ({@link TimedPace}). Fetching and reports are left out.
 */
export class Pace extends Rates {
  readonly #plan: PacedPlan;
  readonly #left = new Map<string, Left>();
  /** Bytes of uncompressed layers by image. */
  readonly #bytes = new Map<string, number>();
  /** Milliseconds a byte in this run: of the first image, and of the last one of those after it. */
  readonly #first = new Map<string, number>();
  readonly #later = new Map<string, number>();
  /** What was kept before this run, which replaces it. */
  readonly #kept = new Map<string, Maybe>();
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

  override keep(work: PacedWork, of: string, image: ImageDescriptor, ms: number): void {
    const own = key(work, of);
    const isFirst = !this.#first.has(own);
    const kept = work === 'cell' && isFirst ? 'first-cell' : work;
    const before = isFirst ? this.#before(kept, of) : undefined;
    super.keep(kept, of, image, ms);
    const bytes = bytesOf(image);
    const rate = divide(ms, bytes);
    if (bytes === undefined || rate === undefined) return;
    this.#bytes.set(image.id, bytes);
    if (before !== undefined) {
      const sums = SHARED.includes(work) ? this.#shared : this.#alone;
      sums.expected += before * bytes;
      sums.taken += ms;
    }
    (isFirst ? this.#first : this.#later).set(own, rate);
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
    const { models, workers } = this.#plan;
    const common = this.#common(models);
    let [shared, alone] = [0, 0];
    const begun = new Set<string>();
    for (const { work, of, image } of this.#left.values()) {
      if (work === 'throughput') continue;
      const own = key(work, of);
      const isFirst = !this.#first.has(own) && !begun.has(own);
      begun.add(own);
      const rate = isFirst ? this.#firstRate(work, of, common) : this.#laterRate(work, of, common);
      const ms = this.#msAt(rate, image);
      if (ms === undefined) return undefined;
      if (image !== undefined) shared += ms;
      else alone += ms;
    }
    const rounds = this.#throughputMs(common);
    return rounds === undefined ? undefined : shared / workers + alone + rounds;
  }

  #throughputMs(common: Common): Maybe {
    const isLeft = [...this.#left.values()].some(({ work }) => work === 'throughput');
    if (!isLeft) return 0;
    const expected = (model: string): Expected => {
      const msOf = (work: PacedWork): Maybe => this.#msAt(this.#firstRate(work, model, common));
      const average = msOf('throughput');
      const isGuess = this.#before('throughput', model) === undefined;
      // What only an older version has timed here has no such rate.
      const isOld = !isGuess && this.#before('throughput-full', model) === undefined;
      return {
        full: isOld ? average : msOf('throughput-full'),
        average,
        isGuess,
      };
    };
    return this.#timed.leftMs(expected, this.readRounds(this.#timedModels));
  }

  #add(work: Work, of: string, image?: string): void {
    this.#left.set(key(work, of, image), { work, of, image });
  }

  /** @param image id; none of what is measured of the first image */
  #msAt(rate: Maybe, image: string = this.#plan.images[0]!): Maybe {
    const bytes = this.#bytes.get(image) ?? mean([...this.#bytes.values()]);
    return bytes === undefined || rate === undefined ? undefined : rate * bytes;
  }

  /** Of the first image of a run. */
  #firstRate(work: PacedWork, of: string, common: Common): Maybe {
    const known = this.#knownRate(work, of);
    if (known !== undefined) return known;
    // By the packing of the model, or of one that stores the same, which compressed it for both.
    const cell = (work === 'cell' ? undefined : common.byStored.get(storedAs(of))) ?? common.cell;
    return cell === undefined ? undefined : EXPECTED_WEIGHT[work] * cell;
  }

  /** Of an image after the first. */
  #laterRate(work: PacedWork, of: string, common: Common): Maybe {
    const own = this.#later.get(key(work, of));
    if (own !== undefined) return own;
    if (work !== 'cell') return this.#firstRate(work, of, common);
    const first = this.#first.get(key(work, of));
    const before = this.#before('cell', of);
    if (before !== undefined && first === undefined) return before * this.#slowerAt(work);
    const share = divide(before, this.#before('first-cell', of)) ?? common.laterShare;
    const rate = first ?? this.#firstRate(work, of, common);
    return rate === undefined ? undefined : rate * share;
  }

  /** Of the first image, by what was seen or kept of this very work. */
  #knownRate(work: PacedWork, of: string): Maybe {
    const own = this.#first.get(key(work, of));
    if (own !== undefined) return own;
    const later = this.#before(work, of);
    const before =
      work === 'cell' ? (this.#before('first-cell', of) ?? divide(later, LATER_SHARE)) : later;
    return before === undefined ? undefined : before * this.#slowerAt(work);
  }

  #before(work: RatedWork, of: string): Maybe {
    const own = key(work, of);
    if (!this.#kept.has(own)) this.#kept.set(own, this.read(work, of));
    return this.#kept.get(own);
  }

  #common(models: readonly string[]): Common {
    const byStored = new Map<string, number>();
    const rates: number[] = [];
    let [later, ofFirst] = [0, 0];
    for (const model of models) {
      const rate = this.#knownRate('cell', model);
      if (rate === undefined) continue;
      rates.push(rate);
      const stored = storedAs(model);
      byStored.set(stored, Math.max(rate, byStored.get(stored) ?? 0));
      const own = this.#later.get(key('cell', model));
      if (own === undefined) continue;
      later += own;
      ofFirst += rate;
    }
    return { cell: mean(rates), byStored, laterShare: divide(later, ofFirst) ?? LATER_SHARE };
  }

  #slowerAt(work: PacedWork): number {
    const [alone, shared] = [this.#alone, this.#shared].map(({ taken, expected }) =>
      divide(taken, expected),
    );
    return (SHARED.includes(work) ? undefined : alone) ?? shared ?? 1;
  }
}

/** What the models of a plan have in common, as far as it is known: rates are milliseconds a byte of a first image. */
interface Common {
  /** Mean of all. */
  readonly cell: Maybe;
  /** Of the slowest of those that store the same. */
  readonly byStored: ReadonlyMap<string, number>;
  /** A later image beside the first. */
  readonly laterShare: number;
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

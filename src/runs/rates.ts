import { hostname } from 'node:os';
import type { Cache } from '../images/cache.ts';
import { type ImageDescriptor, layerBytes } from '../images/image.ts';
import { divide, type Maybe } from '../stats/mod.ts';

/**
 * The packing of a later image, as a share of that of the first one: most of its content was compressed for those before it.
 * Where nothing else is known of it.
 */
export const LATER_SHARE = 0.5;

/**
 * How long work took on this machine when it was done last, kept in the cache: what a plan is estimated from, and nothing
 * that is ever reported.
 */
export class Rates {
  readonly #cache: Cache;

  constructor(cache: Cache) {
    this.#cache = cache;
  }

  /**
   * @param work such as `cell`; of a model, or of whatever else tells it apart
   * @param ms milliseconds of one thread, or of the run where it does nothing else
   */
  keep(work: RatedWork, of: string, image: ImageDescriptor, ms: number): void {
    try {
      const rate = divide(ms, layerBytes(image));
      if (rate !== undefined) this.#cache.remember(keyOf(work, of), { msPerByte: rate });
    } catch {
      // No run may fail for want of it: the cache may be full, a tar of the user gone.
    }
  }

  /** Milliseconds a byte of uncompressed layers; undefined where it was never done here. */
  read(work: RatedWork, of: string): Maybe {
    const kept = this.#cache.recall(keyOf(work, of)) as
      | { readonly msPerByte?: unknown }
      | undefined;
    return typeof kept?.msPerByte === 'number' ? kept.msPerByte : undefined;
  }

  /** Of a cell: that of the first image of a run that is packed, or of one after it; each for want of the other. */
  readCell(of: string, isFirst: boolean): Maybe {
    const [first, later] = [this.read('first-cell', of), this.read('cell', of)];
    return isFirst
      ? (first ?? divide(later, LATER_SHARE))
      : (later ?? (first === undefined ? undefined : LATER_SHARE * first));
  }

  /** How many rounds it took to time these models. */
  keepRounds(models: readonly string[], count: number): void {
    try {
      this.#cache.remember(roundsKey(models), { rounds: count });
    } catch {
      // As above.
    }
  }

  /** undefined where these were never timed here. */
  readRounds(models: readonly string[]): Maybe {
    const kept = this.#cache.recall(roundsKey(models)) as { readonly rounds?: unknown } | undefined;
    return typeof kept?.rounds === 'number' ? kept.rounds : undefined;
  }
}

/** `throughput` is of one repetition with all numbers of workers. */
export type Work = 'contents' | 'cell' | 'sweep' | 'reproducibility' | 'throughput' | 'parallelism';

/** `throughput-full` is of a repetition that verifies and writes as well, which one in a few does. */
export type PacedWork = Work | 'throughput-full';

/** `first-cell` is of the first image of a run, for which nothing was compressed before. */
export type RatedWork = PacedWork | 'first-cell';

/** Several machines may share a cache. */
function keyOf(work: RatedWork, of: string): string {
  return JSON.stringify(['rate', hostname(), work, of]);
}

function roundsKey(models: readonly string[]): string {
  return JSON.stringify(['rounds', hostname(), models.toSorted()]);
}

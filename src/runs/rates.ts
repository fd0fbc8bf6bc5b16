import { hostname } from 'node:os';
import type { Cache } from '../images/cache.ts';
import { type ImageDescriptor, layerBytes } from '../images/image.ts';
import { divide, type Maybe } from '../stats/mod.ts';

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
  keep(work: Work, of: string, image: ImageDescriptor, ms: number): void {
    try {
      const rate = divide(ms, layerBytes(image));
      if (rate !== undefined) this.#cache.remember(keyOf(work, of), { msPerByte: rate });
    } catch {
      // No run may fail for want of it: the cache may be full, a tar of the user gone.
    }
  }

  /** Milliseconds a byte of uncompressed layers; undefined where it was never done here. */
  read(work: Work, of: string): Maybe {
    const kept = this.#cache.recall(keyOf(work, of)) as
      | { readonly msPerByte?: unknown }
      | undefined;
    return typeof kept?.msPerByte === 'number' ? kept.msPerByte : undefined;
  }
}

/** `throughput` is of one repetition with all numbers of workers. */
export type Work = 'contents' | 'cell' | 'sweep' | 'reproducibility' | 'throughput' | 'parallelism';

/** Several machines may share a cache. */
function keyOf(work: Work, of: string): string {
  return JSON.stringify(['rate', hostname(), work, of]);
}

import { lengthsOf, type Run } from '../chunkers/segments.ts';
import type { DividedSegment, Division } from './divide.ts';
import { DIGEST_BYTES } from './window.ts';

/** A division of consecutive parts from those of each. */
export function joined(parts: readonly Division[]): Division {
  if (parts.length === 1) return parts[0]!;
  const count = parts.reduce((sum, { lengths }) => sum + lengths.length, 0);
  const all = {
    lengths: new Float64Array(count),
    digests: new Uint8Array(DIGEST_BYTES * count),
  };
  let at = 0;
  for (const { lengths, digests } of parts) {
    all.lengths.set(lengths, at);
    all.digests.set(digests, DIGEST_BYTES * at);
    at += lengths.length;
  }
  return all;
}

/** The division of a stream from the chunks of its segments. */
export function divisionOf(runs: readonly Run<DividedSegment>[]): Division {
  const lengths = lengthsOf(runs);
  const digests = new Uint8Array(DIGEST_BYTES * lengths.length);
  let at = 0;
  for (const { cut, first, last } of runs) {
    digests.set(cut.digests.subarray(DIGEST_BYTES * first, DIGEST_BYTES * last), at);
    at += DIGEST_BYTES * (last - first);
  }
  return { lengths, digests };
}

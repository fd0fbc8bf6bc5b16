import { divide, type Maybe } from './quotient.ts';

/** How work scales over workers. */

/** Rate with many ÷ rate with one. */
export function speedUp(single: number, many: number): Maybe {
  return divide(many, single);
}

export function efficiency(gain: Maybe, workers: number): Maybe {
  return divide(gain, workers);
}

/** Experimentally determined serial share (Karp and Flatt, CACM 33(5), 1990). Needs at least two workers. */
export function karpFlatt(gain: Maybe, workers: number): Maybe {
  if (workers < 2) throw new RangeError('the serial share needs two workers');
  const time = divide(1, gain);
  return time === undefined ? undefined : (time - 1 / workers) / (1 - 1 / workers);
}

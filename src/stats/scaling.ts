/** How work scales over workers. */

/** Rate with many ÷ rate with one. */
export function speedUp(single: number, many: number): number {
  return many / single;
}

export function efficiency(gain: number, workers: number): number {
  return gain / workers;
}

/** Experimentally determined serial share (Karp and Flatt, CACM 33(5), 1990). Needs at least two workers. */
export function karpFlatt(gain: number, workers: number): number {
  if (workers < 2) throw new RangeError('the serial share needs two workers');
  return (1 / gain - 1 / workers) / (1 - 1 / workers);
}

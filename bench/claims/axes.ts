import { formatBinary, formatNumber } from '../../src/format.ts';
import type { Axis } from '../../src/verdicts/case.ts';
import { SERIES_NAME } from '../../src/verdicts/where.ts';

/** What claims may depend on, in words that all of them share. */

const KIB = 1024;

/** Average chunk that was asked for, bytes. */
export const AVERAGE: Axis = {
  name: 'average',
  title: 'the average chunk',
  print: (bytes) => formatBinary(bytes < KIB ? Math.round(bytes) : KIB * Math.round(bytes / KIB)),
  isLogarithmic: true,
};

/** Actual mean of the chunks, bytes. */
export const MEAN: Axis = { ...AVERAGE, name: 'mean', title: 'the actual mean chunk' };

/** Milliseconds that a request costs, beside what carrying its answer takes at 100 Mb/s. */
export const REQUEST: Axis = {
  name: 'request',
  title: 'the cost of a request',
  print: (ms) => `${formatNumber(ms, ms < 10 ? 2 : 1)} ms a request`,
};

/** Images of a series so far. */
export const COUNT: Axis = {
  name: 'images',
  title: 'the number of images',
  print: (count) => `image ${formatNumber(count)}`,
  isCount: true,
};

export const ROUND_TRIP: Axis = {
  name: 'round trip',
  title: 'the round trip',
  print: (ms) => `${formatNumber(ms)} ms of round trip`,
  isLogarithmic: true,
};

/** Bits per second. */
export const BANDWIDTH: Axis = {
  name: 'bandwidth',
  title: 'the bandwidth',
  print: (bits) => `${formatNumber(bits / 1e6)} Mb/s`,
  isLogarithmic: true,
};

/** Entries of an image. */
export const ENTRIES: Axis = {
  name: 'entries',
  title: 'the number of entries',
  print: (count) => `${formatNumber(Number(count.toPrecision(2)))} entries`,
  isLogarithmic: true,
};

/** Layers that a split may have. */
export const LAYERS: Axis = {
  name: 'layers',
  title: 'the number of layers',
  print: (count) => `${formatNumber(count)} layers`,
};

/** One that has names and no numbers. */
export function named(name: string, title = `the ${name}`): Axis {
  return { name, title, print: String };
}

export const FORMAT: Axis = named('format');
export const CHUNKER: Axis = named('chunker');
export const CODEC: Axis = named('codec');
/** One product, or release of a distribution, of several in a dataset. */
export const SERIES: Axis = named(SERIES_NAME);

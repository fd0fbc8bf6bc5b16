import { findMember } from '../ids.ts';

/** A path between client and registry. */
export interface Link {
  /** As options and records have it: `dsl-20ms`. */
  readonly name: string;
  /** In words. */
  readonly title: string;
  /** Milliseconds. */
  readonly roundTripMs: number;
  /** Bits per second. */
  readonly bandwidth: number;
  /** Connections to each server, hence requests in flight at once; {@link CONCURRENCY} where absent. */
  readonly connections?: number;
}

const BANDWIDTHS: readonly (readonly [string, string, number])[] = [
  ['3g', '3G, 1.6 Mb/s', 1.6e6],
  ['dsl', 'DSL, 16 Mb/s', 16e6],
  ['lte', 'LTE, 50 Mb/s', 50e6],
  ['100m', '100 Mb/s', 100e6],
  ['1g', '1 Gb/s', 1e9],
  ['10g', '10 Gb/s', 10e9],
];
const ROUND_TRIPS = [1, 5, 20, 50, 100, 200];

/** The whole grid of bandwidth × round trip, ids such as `dsl-20ms`. */
export const links: readonly Link[] = BANDWIDTHS.flatMap(([name, title, bandwidth]) =>
  ROUND_TRIPS.map((roundTripMs) => ({
    name: `${name}-${roundTripMs}ms`,
    title: `${title}, ${roundTripMs} ms`,
    roundTripMs,
    bandwidth,
  })),
);

/** One typical round trip for each bandwidth: what a run models unless told otherwise. */
export const defaultLinks: readonly string[] = [
  '3g-200ms',
  'dsl-20ms',
  'lte-50ms',
  '100m-20ms',
  '1g-5ms',
  '10g-1ms',
];

/** Names, or `all`, or `default` → links, each once. Throws a UsageError. */
export function resolveLinks(names: readonly string[]): readonly Link[] {
  const all = names.flatMap((name) => {
    if (name === 'all') return links;
    if (name === 'default') return defaultLinks.map((known) => findMember('link', links, known));
    return [findMember('link', links, name)];
  });
  return [...new Set(all)];
}

export { CONCURRENCY, networkMs } from './time.ts';

import { resolveLinks } from '../../src/links/mod.ts';
import { familyOf } from '../../src/report/models.ts';
import type { Records } from '../records.ts';

/** Models and readings that several claims share: what one asks for is packed for all. */

/** Updates of a distribution, its releases, and versions of applications: what holds for one need not hold for another. */
export const SERIES_DATASETS: readonly string[] = ['debian-steps', 'alpine', 'app-series'];
/** A part of the updates of `debian-steps`: a quicker answer to claims that count steps; of series it has two. */
export const SHORT_SERIES = 'debian-updates';

/** Averages with zstd: nine. */
export const SIZES = 'catar|fastcdc:avg=4KiB..1MiB|zstd:3|objects|get';
/** … and without compression. */
export const SWEPT_SIZES = 'catar|fastcdc:avg=1KiB..4MiB|none|objects|get';
export const FILES_16K = 'files|fastcdc:avg=16KiB|zstd:3|objects|get';
export const FILES_64K = 'files|fastcdc:avg=64KiB|zstd:3|objects|get';
export const CATAR_16K = 'catar|fastcdc:avg=16KiB|zstd:3|objects|get';

/** casync's index: an offset and a digest a chunk, bytes. */
export const INDEX_ENTRY = 40;

/** Round trips by bandwidths: enough to interpolate where a claim flips. */
export const LINKS: readonly string[] = ['dsl', '100m', '1g'].flatMap((bandwidth) =>
  ['1ms', '20ms', '100ms'].map((roundTrip) => `${bandwidth}-${roundTrip}`),
);

/** What a link is as parameters of a case. */
export function linkParameters(name: string): {
  readonly 'round trip': number;
  readonly bandwidth: number;
} {
  const [link] = resolveLinks([name]);
  return { 'round trip': link!.roundTripMs, bandwidth: link!.bandwidth };
}

/** Average that the chunker of a chain was asked for, bytes. */
export function averageOf(model: string): number {
  return familyOf(model).average!;
}

/** Bytes that a client with the image before pulls. */
export function pulled({ number }: Records, image: string, model: string): number {
  return number(image, model, 'transfer.bytes', 'previous');
}

/** Bytes of a cold pull. */
export function cold({ number }: Records, image: string, model: string): number {
  return number(image, model, 'transfer.bytes', 'none');
}

export function least(values: readonly number[]): number {
  return Math.min(...values);
}

import { limits } from '../limits.ts';
import { buzhashAlgorithm } from './buzhash.ts';
import type { ChunkerMember } from './chunker.ts';
import { disorder, sizeParameters } from './parameters.ts';
import { casyncTable } from './tables/casync.ts';

/**
 * Buzhash over the last 48 bytes as casync cuts: where hash mod d = d − 1, first with the window that ends at min, with d
 * chosen so that the mean comes out near avg. desync, up to 1.0.4 at least, tests from the byte after min on and keeps d
 * below min: of chunks at its defaults, one in 49,535 ends otherwise.
 */
const WINDOW = 48;

export const casync: ChunkerMember = {
  name: 'casync',
  title: 'buzhash, window 48, modulo a discriminator',
  source: 'systemd/casync; table from folbricht/desync (BSD-3-Clause)',
  heldAgainst:
    'casync e6817a7 (2023-10): read; casync 2+20201210: equal cuts on 3 inputs by 6 sets, and by test. desync 1.0.4 at ff9ccfa (2026-08) never cuts at min, and lets d be less: another variant',
  parameters: sizeParameters({
    // Defaults of casync.
    min: { least: WINDOW, most: limits.chunkBytes, default: (avg) => avg / 4 },
    avg: {
      least: 64,
      most: 4 << 20,
      default: 65536,
      description: 'mean chunk that the discriminator aims at',
    },
    max: { least: WINDOW, most: limits.chunkBytes, default: (avg) => avg * 4 },
  }),
  check: disorder,
  contentDefined: true,
  algorithm: (values) => {
    const [min, avg, max] = [Number(values['min']), Number(values['avg']), Number(values['max'])];
    const divisor = discriminator(min, avg, max);
    const algorithm = buzhashAlgorithm({
      min,
      max,
      table: casyncTable,
      window: WINDOW,
      ahead: 0,
      addend: 1,
      divisor,
    });
    // The first one let it be below min or above max.
    return divisor === fitted(avg) ? algorithm : { ...algorithm, revision: 2 };
  },
};

/** casync's fit of the divisor to the mean chunk at its own ratios of min and max; 64 KiB → 49535. */
const fitted = (avg: number): number => Math.trunc(avg / (-1.42888852e-7 * avg + 1.33237515));

/** The fit, kept within min and max. */
export function discriminator(min: number, avg: number, max: number): number {
  return Math.min(max, Math.max(min, fitted(avg)));
}

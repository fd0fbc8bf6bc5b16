import { totalmem } from 'node:os';
import { SkippedError } from '../../../errors.ts';
import { formatSize } from '../../../ids.ts';
import { limits } from '../../../limits.ts';

/** Throws a SkippedError where one of two tars is longer than matchers with 32-bit windows reach. */
export function checkPatched(from: number, to: number): void {
  checkLongest(from, to, limits.patchedBytes);
}

/** bsdiff holds a suffix array of the old file in 64-bit numbers twice, and both files: 17 × old, 9 × old + new. */
export function checkBsdiff(from: number, to: number): void {
  checkLongest(from, to, limits.bsdiffBytes);
  const needed = Math.max(17 * from, 9 * from + to);
  if (needed <= totalmem()) return;
  throw new SkippedError(
    `bsdiff needs ${needed} bytes of memory, this machine has ${totalmem()}`,
    {},
    'use another delta',
  );
}

/** Operations that write a tar are hardly longer than it, and are compressed in one call. */
export function checkTarDiff(from: number, to: number): void {
  checkLongest(from, to, limits.tarDiffBytes);
}

function checkLongest(from: number, to: number, most: number): void {
  const longest = Math.max(from, to);
  if (longest <= most) return;
  throw new SkippedError(
    `a tar of ${longest} bytes is longer than ${formatSize(most)}`,
    {},
    'use another delta',
  );
}

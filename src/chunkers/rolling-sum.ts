/**
 * The two sums over the last 64 bytes that bup took from librsync, and Perkeep and zstd:chunked from bup. The tools roll them
 * byte by byte; here they are what they come to, a function of the window alone.
 */
export const SUM_WINDOW = 64;
const OFFSET = 31;

/** Sums after the byte at `at`; before the first byte there are zeros. */
export function rollingSums(
  bytes: Uint8Array,
  at: number,
): readonly [first: number, second: number] {
  let first = SUM_WINDOW * OFFSET;
  // What the tools start with, less what 64 zeros add up to here.
  let second =
    SUM_WINDOW * (SUM_WINDOW - 1) * OFFSET - (OFFSET * SUM_WINDOW * (SUM_WINDOW + 1)) / 2;
  for (let age = 0; age < SUM_WINDOW; age++) {
    const byte = bytes[at - age] ?? 0;
    first += byte;
    second += (age + 1) * (byte + OFFSET);
  }
  return [first, second];
}

import { remainder } from './gf2.ts';

/** The remainder of b · x^place for every byte b. */
export function remainders(place: number, polynomial: bigint): BigUint64Array {
  const table = new BigUint64Array(256);
  for (let byte = 1; byte < 256; byte++) {
    // Remainders add up: one for each bit is enough.
    const rest = byte & (byte - 1);
    table[byte] =
      rest === 0
        ? remainder(BigInt(byte) << BigInt(place), polynomial)
        : table[rest]! ^ table[byte ^ rest]!;
  }
  return table;
}

/**
 * 256 u64 that bring a digest shifted by one byte back below its degree, by its overflowing byte; then 256 u64 that take
 * the byte out that was the oldest before that shift.
 */
export function rabinTables(polynomial: bigint, degree: number, window: number): BigUint64Array {
  const both = new BigUint64Array(512);
  both.set(
    remainders(degree, polynomial).map((rest, byte) => rest | (BigInt(byte) << BigInt(degree))),
  );
  both.set(remainders(8 * window, polynomial), 256);
  return both;
}

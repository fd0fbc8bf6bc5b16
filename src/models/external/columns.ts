/** Columns of an object table: one row a chunk or an object. */

const DIGEST_BYTES = 32;

/** Where each piece starts when all are laid end to end: bytes. */
export function startsOf(lengths: Float64Array): Float64Array {
  const starts = new Float64Array(lengths.length);
  for (let index = 1; index < lengths.length; index++) {
    starts[index] = starts[index - 1]! + lengths[index - 1]!;
  }
  return starts;
}

/** A row of a column of SHA-256 digests, hexadecimal. */
export function hexAt(digests: Uint8Array, index: number): string {
  const start = DIGEST_BYTES * index;
  return Buffer.from(digests.subarray(start, start + DIGEST_BYTES)).toString('hex');
}

/** Rows of such a column; a fraction where it is damaged. */
export function rowsOf(digests: Uint8Array): number {
  return digests.length / DIGEST_BYTES;
}

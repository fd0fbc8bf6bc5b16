/** Longer columns lie in memory that can be shared, so that threads get them without a copy: bytes. */
const LONG = 1 << 16;
/** Few bytes are copied one by one: to make a view of them takes longer. */
const FEW = 64;

/** A column of zeros. A short one lies in the heap: a buffer of its own would take ten times as much. */
export function newNumbers(count: number): Float64Array {
  const bytes = Float64Array.BYTES_PER_ELEMENT * count;
  return bytes > LONG ? new Float64Array(new SharedArrayBuffer(bytes)) : new Float64Array(count);
}

export function newBytes(count: number): Uint8Array {
  return count > LONG ? new Uint8Array(new SharedArrayBuffer(count)) : new Uint8Array(count);
}

export function isShared({ buffer }: Uint8Array | Float64Array): boolean {
  return buffer instanceof SharedArrayBuffer;
}

/** The same bytes in memory that threads share: a copy where they lie elsewhere. */
export function shared(bytes: Uint8Array): Uint8Array {
  if (isShared(bytes)) return bytes;
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

/** Copies `count` bytes from `from` on to `start` of `into`. */
export function copyBytes(
  bytes: Uint8Array,
  from: number,
  into: Uint8Array,
  start: number,
  count: number,
): void {
  if (count > FEW) into.set(bytes.subarray(from, from + count), start);
  else for (let index = 0; index < count; index++) into[start + index] = bytes[from + index]!;
}

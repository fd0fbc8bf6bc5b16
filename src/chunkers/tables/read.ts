/** Words in hexadecimal, parted by white space → u32. */
export function readTable(text: string): Uint32Array {
  return Uint32Array.from(text.trim().split(/\s+/), (word) => Number.parseInt(word, 16));
}

/** Words in hexadecimal, parted by white space → u64. */
export function readLongTable(text: string): BigUint64Array {
  return BigUint64Array.from(text.trim().split(/\s+/), (word) => BigInt(`0x${word}`));
}

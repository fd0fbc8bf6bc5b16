/** 256 words in hexadecimal, eight a line → u32. */
export function readTable(text: string): Uint32Array {
  return Uint32Array.from(text.trim().split(/\s+/), (word) => Number.parseInt(word, 16));
}

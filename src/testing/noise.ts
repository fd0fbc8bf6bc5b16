/** The state of seed 0: xorshift keeps a state of zeros for ever. */
const SEED_0 = 0x9e3779b9;

/**
 * Bytes that look random and are the same everywhere: xorshift32 from a seed. Seeds below 2³¹ give different bytes.
 */
export function noise(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed || SEED_0;
  for (let index = 0; index < length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[index] = state >>> 11;
  }
  return bytes;
}

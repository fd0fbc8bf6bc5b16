/**
 * Where deflate keeps what it works on, and its output. An instance that compresses does nothing else: its tables take the place
 * of the block, with the input and the output behind them (src/codecs/deflate.ts).
 */

/** Of the window: zlib's, and what is compared beyond its end. */
export const WINDOW: usize = 3 << 16;
const WINDOW_BYTES: usize = (1 << 16) + 512;
/** First of the chain of each hash, and the position before each in its chain: u16. */
export const HEAD: usize = WINDOW + WINDOW_BYTES;
export const CHAIN: usize = HEAD + (1 << 16);
/** Symbols of the block: u32, distance above length or literal. */
export const SYMBOLS: usize = CHAIN + (1 << 16);
/** Trees and what they are made with. */
export const TREES: usize = SYMBOLS + (1 << 16);
/** The same of strings of four and of six bytes, and how many strings of a hash were entered before each position: u16. */
export const HEAD_4: usize = TREES + (1 << 14);
export const CHAIN_4: usize = HEAD_4 + (1 << 16);
export const HEAD_6: usize = CHAIN_4 + (1 << 16);
export const CHAIN_6: usize = HEAD_6 + (1 << 16);
export const ORDINALS: usize = CHAIN_6 + (1 << 16);
export const AFTER_DEFLATE: usize = ORDINALS + (1 << 16);

let buffer: u64 = 0;
let count: u64 = 0;
let place: usize = 0;

/** Begins a stream: no bit is left over. */
export function beginBits(): void {
  buffer = 0;
  count = 0;
}

export function writeTo(address: usize): void {
  place = address;
}

/** The address behind the last whole byte. */
export function written(): usize {
  return place;
}

/** Bits that wait for a whole word, and how many they are: fewer than 32. */
export function waitingBits(): u64 {
  return buffer;
}

export function waitingCount(): u64 {
  return count;
}

/** For who writes many bits at once, from {@link written}: what waits now. */
export function wroteTo(address: usize, bits: u64, length: u64): void {
  place = address;
  buffer = bits;
  count = length;
}

/** @param length at most 16 */
// @ts-ignore: decorator
@inline
export function put(value: u32, length: u32): void {
  buffer |= (<u64>value) << count;
  count += length;
  if (count >= 32) {
    store<u32>(place, <u32>buffer);
    place += 4;
    buffer >>= 32;
    count -= 32;
  }
}

/** To the next whole byte, which leaves nothing over. */
export function align(): void {
  while (count > 0) {
    store<u8>(place++, <u8>buffer);
    buffer >>= 8;
    count = count > 8 ? count - 8 : 0;
  }
  buffer = 0;
}

/** Whole bytes that wait: they may be read once a call is over. */
export function flushBytes(): void {
  while (count >= 8) {
    store<u8>(place++, <u8>buffer);
    buffer >>= 8;
    count -= 8;
  }
}

export function putBytes(from: usize, length: usize): void {
  memory.copy(place, from, length);
  place += length;
}

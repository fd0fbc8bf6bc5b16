/** CRC-32 as gzip has it (RFC 1952), eight bytes a step. */
import { AFTER_DEFLATE } from './deflate-bits';

const TABLE: usize = AFTER_DEFLATE;
let isReady: bool = false;

function makeTables(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >> 1) ^ 0xedb88320 : value >> 1;
    store<u32>(TABLE + (byte << 2), value);
  }
  for (let index: u32 = 256; index < 2048; index++) {
    const before = load<u32>(TABLE + ((index - 256) << 2));
    store<u32>(TABLE + (index << 2), (before >> 8) ^ load<u32>(TABLE + ((before & 0xff) << 2)));
  }
  isReady = true;
}

// @ts-ignore: decorator
@inline
function entry(table: u32, byte: u32): u32 {
  return load<u32>(TABLE + (((table << 8) | (byte & 0xff)) << 2));
}

/** @param before that of the bytes before; 0 of none */
export function crc32(before: u32, from: usize, bytes: usize): u32 {
  if (!isReady) makeTables();
  let crc = ~before;
  let at = from;
  const end = from + bytes;
  for (; at + 8 <= end; at += 8) {
    const low = load<u32>(at) ^ crc;
    const high = load<u32>(at, 4);
    crc =
      entry(7, low) ^
      entry(6, low >> 8) ^
      entry(5, low >> 16) ^
      entry(4, low >> 24) ^
      entry(3, high) ^
      entry(2, high >> 8) ^
      entry(1, high >> 16) ^
      entry(0, high >> 24);
  }
  for (; at < end; at++) crc = (crc >> 8) ^ entry(0, crc ^ <u32>load<u8>(at));
  return ~crc;
}

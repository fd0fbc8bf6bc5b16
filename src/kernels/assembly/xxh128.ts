/**
 * XXH3 with 128 bits, seed 0 and the secret of the specification (Collet, xxHash specification 0.2.0, "XXH3"), digest after
 * digest without a call from outside in between. Equal to hash-wasm's, byte for byte.
 */

const PRIME32_1: u64 = 0x9e3779b1;
const PRIME32_2: u64 = 0x85ebca77;
const PRIME32_3: u64 = 0xc2b2ae3d;
const PRIME64_1: u64 = 0x9e3779b185ebca87;
const PRIME64_2: u64 = 0xc2b2ae3d27d4eb4f;
const PRIME64_3: u64 = 0x165667b19e3779f9;
const PRIME64_4: u64 = 0x85ebca77c2b2ae63;
const PRIME64_5: u64 = 0x27d4eb2f165667c5;
const PRIME_MX1: u64 = 0x165667919e3779f9;
const PRIME_MX2: u64 = 0x9fb21c651e98df25;

/** 192 bytes, here as little-endian words. */
const SECRET: usize = memory.data<u64>([
  0xbe4ba423396cfeb8, 0x1cad21f72c81017c, 0xdb979083e96dd4de, 0x1f67b3b7a4a44072,
  0x78e5c0cc4ee679cb, 0x2172ffcc7dd05a82, 0x8e2443f7744608b8, 0x4c263a81e69035e0,
  0xcb00c391bb52283c, 0xa32e531b8b65d088, 0x4ef90da297486471, 0xd8acdea946ef1938,
  0x3f349ce33f76faa8, 0x1d4f0bc7c7bbdcf9, 0x3159b4cd4be0518a, 0x647378d9c97e9fc8,
  0xc3ebd33483acc5ea, 0xeb6313faffa081c5, 0x49daf0b751dd0d17, 0x9e68d429265516d3,
  0xfca1477d58be162b, 0xce31d07ad1b8f88f, 0x280416958f3acb45, 0x7e404bbbcafbd7af,
]);
const SECRET_BYTES: usize = 192;
const STRIPE: usize = 64;
/** Stripes until the secret is used up, 8 bytes a stripe. */
const STRIPES: usize = (SECRET_BYTES - STRIPE) / 8;

// @ts-ignore: decorator
@inline
function secret(at: usize): u64 {
  return load<u64>(SECRET + at);
}

/** Upper half of the last {@link multiply}. */
let high: u64 = 0;

/** 64 × 64 → 128 bits; returns the lower half. */
function multiply(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff;
  const aHigh = a >> 32;
  const bLow = b & 0xffffffff;
  const bHigh = b >> 32;
  const low = aLow * bLow;
  const middle = aHigh * bLow + (low >> 32);
  const cross = aLow * bHigh + (middle & 0xffffffff);
  high = aHigh * bHigh + (middle >> 32) + (cross >> 32);
  return (cross << 32) | (low & 0xffffffff);
}

function fold(a: u64, b: u64): u64 {
  const low = multiply(a, b);
  return low ^ high;
}

function avalanche(hash: u64): u64 {
  hash = (hash ^ (hash >> 37)) * PRIME_MX1;
  return hash ^ (hash >> 32);
}

function avalanche64(hash: u64): u64 {
  hash = (hash ^ (hash >> 33)) * PRIME64_2;
  hash = (hash ^ (hash >> 29)) * PRIME64_3;
  return hash ^ (hash >> 32);
}

/** Canonical form: big endian, upper half first. */
// @ts-ignore: decorator
@inline
function write(out: usize, upper: u64, lower: u64): void {
  store<u64>(out, bswap(upper));
  store<u64>(out, bswap(lower), 8);
}

/** Writes the digest of `bytes` bytes at `at`, 16 bytes, to `out`. */
export function xxh128(at: usize, bytes: usize, out: usize): void {
  if (bytes > 240) return long(at, bytes, out);
  if (bytes > 16) return middle(at, bytes, out);
  if (bytes > 8) return upTo16(at, bytes, out);
  if (bytes > 3) return upTo8(at, bytes, out);
  if (bytes > 0) return upTo3(at, bytes, out);
  write(out, avalanche64(secret(80) ^ secret(88)), avalanche64(secret(64) ^ secret(72)));
}

function upTo3(at: usize, bytes: usize, out: usize): void {
  const low: u32 =
    (<u32>load<u8>(at) << 16) | (<u32>load<u8>(at + (bytes >> 1)) << 24) | <u32>load<u8>(at + bytes - 1) | (<u32>bytes << 8);
  const flipLow = <u64>(load<u32>(SECRET) ^ load<u32>(SECRET, 4));
  const flipHigh = <u64>(load<u32>(SECRET, 8) ^ load<u32>(SECRET, 12));
  write(out, avalanche64(<u64>rotl<u32>(bswap<u32>(low), 13) ^ flipHigh), avalanche64(<u64>low ^ flipLow));
}

function upTo8(at: usize, bytes: usize, out: usize): void {
  const both = <u64>load<u32>(at) + (<u64>load<u32>(at + bytes - 4) << 32);
  let low = multiply(both ^ secret(16) ^ secret(24), PRIME64_1 + (<u64>bytes << 2));
  const upper = high + (low << 1);
  low ^= upper >> 3;
  low = (low ^ (low >> 35)) * PRIME_MX2;
  write(out, avalanche(upper), low ^ (low >> 28));
}

function upTo16(at: usize, bytes: usize, out: usize): void {
  const first = load<u64>(at);
  let last = load<u64>(at + bytes - 8);
  let low = multiply(first ^ last ^ secret(32) ^ secret(40), PRIME64_1);
  low += <u64>(bytes - 1) << 54;
  last ^= secret(48) ^ secret(56);
  const upper = high + last + (last & 0xffffffff) * (PRIME32_2 - 1);
  low = multiply(low ^ bswap(upper), PRIME64_2);
  write(out, avalanche(high + upper * PRIME64_2), avalanche(low));
}

let accumulatedLow: u64 = 0;
let accumulatedHigh: u64 = 0;

function mix(one: usize, other: usize, at: usize): void {
  const oneLow = load<u64>(one);
  const oneHigh = load<u64>(one, 8);
  const otherLow = load<u64>(other);
  const otherHigh = load<u64>(other, 8);
  accumulatedLow = (accumulatedLow + fold(oneLow ^ secret(at), oneHigh ^ secret(at + 8))) ^ (otherLow + otherHigh);
  accumulatedHigh =
    (accumulatedHigh + fold(otherLow ^ secret(at + 16), otherHigh ^ secret(at + 24))) ^ (oneLow + oneHigh);
}

/** 17 … 240 bytes. */
function middle(at: usize, bytes: usize, out: usize): void {
  const end = at + bytes;
  accumulatedLow = <u64>bytes * PRIME64_1;
  accumulatedHigh = 0;
  if (bytes <= 128) {
    if (bytes > 96) mix(at + 48, end - 64, 96);
    if (bytes > 64) mix(at + 32, end - 48, 64);
    if (bytes > 32) mix(at + 16, end - 32, 32);
    mix(at, end - 16, 0);
  } else {
    for (let done: usize = 0; done < 128; done += 32) mix(at + done, at + done + 16, done);
    accumulatedLow = avalanche(accumulatedLow);
    accumulatedHigh = avalanche(accumulatedHigh);
    for (let done: usize = 160; done <= bytes; done += 32) mix(at + done - 32, at + done - 16, done - 157);
    mix(end - 16, end - 32, 103);
  }
  const upper = accumulatedLow * PRIME64_1 + accumulatedHigh * PRIME64_4 + <u64>bytes * PRIME64_2;
  write(out, 0 - avalanche(upper), avalanche(accumulatedLow + accumulatedHigh));
}

/** Two of the eight accumulators of a stripe. */
// @ts-ignore: decorator
@inline
function accumulate(sum: v128, at: usize, key: usize): v128 {
  const data = v128.load(at);
  const keyed = v128.xor(data, v128.load(key));
  const lower = i32x4.shuffle(keyed, keyed, 0, 2, 0, 2);
  const upper = i32x4.shuffle(keyed, keyed, 1, 3, 1, 3);
  const product = i64x2.extmul_low_i32x4_u(lower, upper);
  return i64x2.add(i64x2.add(sum, product), i64x2.shuffle(data, data, 1, 0));
}

// @ts-ignore: decorator
@inline
function scramble(sum: v128, key: usize): v128 {
  const mixed = v128.xor(v128.xor(sum, i64x2.shr_u(sum, 47)), v128.load(key));
  return i64x2.mul(mixed, i64x2.splat(PRIME32_1));
}

// @ts-ignore: decorator
@inline
function merge(a: v128, b: v128, c: v128, d: v128, at: usize, start: u64): u64 {
  let sum = start;
  sum += fold(i64x2.extract_lane(a, 0) ^ secret(at), i64x2.extract_lane(a, 1) ^ secret(at + 8));
  sum += fold(i64x2.extract_lane(b, 0) ^ secret(at + 16), i64x2.extract_lane(b, 1) ^ secret(at + 24));
  sum += fold(i64x2.extract_lane(c, 0) ^ secret(at + 32), i64x2.extract_lane(c, 1) ^ secret(at + 40));
  sum += fold(i64x2.extract_lane(d, 0) ^ secret(at + 48), i64x2.extract_lane(d, 1) ^ secret(at + 56));
  return avalanche(sum);
}

/** More than 240 bytes. */
function long(at: usize, bytes: usize, out: usize): void {
  let a = i64x2(PRIME32_3, PRIME64_1);
  let b = i64x2(PRIME64_2, PRIME64_3);
  let c = i64x2(PRIME64_4, PRIME32_2);
  let d = i64x2(PRIME64_5, PRIME32_1);
  const end = at + bytes;
  let key: usize = SECRET;
  // The last stripe is the last 64 bytes, whatever is left of them: none of the loop may end there.
  for (let left: usize = (bytes - 1) / STRIPE; left > 0; left--) {
    a = accumulate(a, at, key);
    b = accumulate(b, at + 16, key + 16);
    c = accumulate(c, at + 32, key + 32);
    d = accumulate(d, at + 48, key + 48);
    at += STRIPE;
    key += 8;
    if (key == SECRET + 8 * STRIPES) {
      a = scramble(a, key);
      b = scramble(b, key + 16);
      c = scramble(c, key + 32);
      d = scramble(d, key + 48);
      key = SECRET;
    }
  }
  key = SECRET + SECRET_BYTES - STRIPE - 7;
  a = accumulate(a, end - 64, key);
  b = accumulate(b, end - 48, key + 16);
  c = accumulate(c, end - 32, key + 32);
  d = accumulate(d, end - 16, key + 48);
  const lower = merge(a, b, c, d, 11, <u64>bytes * PRIME64_1);
  write(out, merge(a, b, c, d, SECRET_BYTES - STRIPE - 11, ~(<u64>bytes * PRIME64_2)), lower);
}

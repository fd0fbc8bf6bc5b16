/** SipHash-2-4 (Aumasson and Bernstein, INDOCRYPT 2012) on 32-bit halves: BigInt would cost ten times as much. */

type Word = { high: number; low: number };

export interface SipKey {
  readonly k0: bigint;
  readonly k1: bigint;
}

/** 64-bit hash of the bytes of a latin1 string. */
export function sipHash(key: SipKey, text: string): bigint {
  const v0 = word(key.k0 ^ 0x736f6d6570736575n);
  const v1 = word(key.k1 ^ 0x646f72616e646f6dn);
  const v2 = word(key.k0 ^ 0x6c7967656e657261n);
  const v3 = word(key.k1 ^ 0x7465646279746573n);
  const round = (): void => {
    add(v0, v1);
    rotate(v1, 13);
    xor(v1, v0);
    swap(v0);
    add(v2, v3);
    rotate(v3, 16);
    xor(v3, v2);
    add(v0, v3);
    rotate(v3, 21);
    xor(v3, v0);
    add(v2, v1);
    rotate(v1, 17);
    xor(v1, v2);
    swap(v2);
  };
  const block: Word = { high: 0, low: 0 };
  const full = text.length & ~7;
  for (let offset = 0; offset <= full; offset += 8) {
    block.low = readWord(text, offset);
    block.high = readWord(text, offset + 4);
    if (offset === full) block.high = (block.high | (text.length << 24)) >>> 0;
    xor(v3, block);
    round();
    round();
    xor(v0, block);
  }
  v2.low = (v2.low ^ 0xff) >>> 0;
  for (let count = 0; count < 4; count++) round();
  xor(v0, v1);
  xor(v0, v2);
  xor(v0, v3);
  return (BigInt(v0.high) << 32n) | BigInt(v0.low);
}

/** Four bytes, little endian; what lies past the end is zero. */
function readWord(text: string, offset: number): number {
  let value = 0;
  for (let index = 3; index >= 0; index--) {
    const code = offset + index < text.length ? text.charCodeAt(offset + index) : 0;
    value = (value << 8) | code;
  }
  return value >>> 0;
}

function word(value: bigint): Word {
  const bits = BigInt.asUintN(64, value);
  return { high: Number(bits >> 32n), low: Number(bits & 0xffffffffn) };
}

function add(a: Word, b: Word): void {
  const low = a.low + b.low;
  a.high = (a.high + b.high + (low > 0xffffffff ? 1 : 0)) >>> 0;
  a.low = low >>> 0;
}

function xor(a: Word, b: Word): void {
  a.high = (a.high ^ b.high) >>> 0;
  a.low = (a.low ^ b.low) >>> 0;
}

/** Rotates left by less than 32 bits. */
function rotate(a: Word, bits: number): void {
  const { high, low } = a;
  a.high = ((high << bits) | (low >>> (32 - bits))) >>> 0;
  a.low = ((low << bits) | (high >>> (32 - bits))) >>> 0;
}

/** Rotates by 32 bits. */
function swap(a: Word): void {
  [a.high, a.low] = [a.low, a.high];
}

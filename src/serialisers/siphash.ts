/** SipHash-2-4 (Aumasson and Bernstein, INDOCRYPT 2012) on 32-bit halves: BigInt would cost ten times as much. */

export interface SipKey {
  readonly k0: bigint;
  readonly k1: bigint;
}

/** 64-bit hash of the bytes of a latin1 string. */
export function sipHash(key: SipKey, text: string): bigint {
  // Locals rather than objects: a name takes a third of the time.
  let [h0, l0, h1, l1, h2, l2, h3, l3] = startOf(key);
  const last = text.length >> 3;
  for (let block = 0; block <= last + 1; block++) {
    const isEnd = block > last;
    const low = isEnd ? 0 : readWord(text, 8 * block);
    const count = block === last ? text.length << 24 : 0;
    const high = isEnd ? 0 : readWord(text, 8 * block + 4) | count;
    h3 ^= high;
    l3 ^= low;
    if (isEnd) l2 ^= 0xff;
    for (let round = isEnd ? 4 : 2; round > 0; round--) {
      let sum = (l0 >>> 0) + (l1 >>> 0);
      h0 = (h0 + h1 + (sum > 0xffffffff ? 1 : 0)) | 0;
      l0 = sum | 0;
      let turned = (h1 << 13) | (l1 >>> 19);
      l1 = (l1 << 13) | (h1 >>> 19);
      h1 = turned;
      h1 ^= h0;
      l1 ^= l0;
      turned = h0;
      h0 = l0;
      l0 = turned;

      sum = (l2 >>> 0) + (l3 >>> 0);
      h2 = (h2 + h3 + (sum > 0xffffffff ? 1 : 0)) | 0;
      l2 = sum | 0;
      turned = (h3 << 16) | (l3 >>> 16);
      l3 = (l3 << 16) | (h3 >>> 16);
      h3 = turned;
      h3 ^= h2;
      l3 ^= l2;

      sum = (l0 >>> 0) + (l3 >>> 0);
      h0 = (h0 + h3 + (sum > 0xffffffff ? 1 : 0)) | 0;
      l0 = sum | 0;
      turned = (h3 << 21) | (l3 >>> 11);
      l3 = (l3 << 21) | (h3 >>> 11);
      h3 = turned;
      h3 ^= h0;
      l3 ^= l0;

      sum = (l2 >>> 0) + (l1 >>> 0);
      h2 = (h2 + h1 + (sum > 0xffffffff ? 1 : 0)) | 0;
      l2 = sum | 0;
      turned = (h1 << 17) | (l1 >>> 15);
      l1 = (l1 << 17) | (h1 >>> 15);
      h1 = turned;
      h1 ^= h2;
      l1 ^= l2;
      turned = h2;
      h2 = l2;
      l2 = turned;
    }
    h0 ^= high;
    l0 ^= low;
  }
  const high = (h0 ^ h1 ^ h2 ^ h3) >>> 0;
  return (BigInt(high) << 32n) | BigInt((l0 ^ l1 ^ l2 ^ l3) >>> 0);
}

/** High and low halves of four words. */
type State = readonly [number, number, number, number, number, number, number, number];

const starts = new WeakMap<SipKey, State>();

/** Before the first byte. */
function startOf(key: SipKey): State {
  const known = starts.get(key);
  if (known) return known;
  const start: State = [
    ...halves(key.k0 ^ 0x736f6d6570736575n),
    ...halves(key.k1 ^ 0x646f72616e646f6dn),
    ...halves(key.k0 ^ 0x6c7967656e657261n),
    ...halves(key.k1 ^ 0x7465646279746573n),
  ];
  starts.set(key, start);
  return start;
}

/** Four bytes, little endian; what lies past the end is zero. */
function readWord(text: string, offset: number): number {
  let value = 0;
  for (let index = Math.min(offset + 3, text.length - 1); index >= offset; index--) {
    value = (value << 8) | text.charCodeAt(index);
  }
  return value;
}

function halves(value: bigint): [high: number, low: number] {
  const bits = BigInt.asUintN(64, value);
  return [Number(bits >> 32n) | 0, Number(bits & 0xffffffffn) | 0];
}

/**
 * Huffman trees of deflate as zlib 1.2.13 makes them (trees.c): where several are best, its choice decides the bytes. A node is two
 * u16: frequency or code, parent or length.
 */
import { TREES } from './deflate-bits';

/** Nodes that a tree may have. */
const HEAP_SIZE: i32 = 2 * 286 + 1;
const MAX_BITS: i32 = 15;

const HEAP: usize = TREES;
const DEPTH: usize = HEAP + 4 * 576;
const BL_COUNT: usize = DEPTH + 576;
const NEXT_CODE: usize = BL_COUNT + 32;
export const AFTER_TREES: usize = NEXT_CODE + 32;

/** Bits of the block by trees of its own, and by the fixed ones. */
let optLength: i32 = 0;
let staticLength: i32 = 0;
let heapLength: i32 = 0;
let heapMost: i32 = 0;

/** Codes of each length: none. */
export function clearCounts(): void {
  memory.fill(BL_COUNT, 0, 32);
}

export function beginLengths(): void {
  optLength = staticLength = 0;
}

export function addLength(bits: i32): void {
  optLength += bits;
}

export function ownLength(): i32 {
  return optLength;
}

export function fixedLength(): i32 {
  return staticLength;
}

// @ts-ignore: decorator
@inline
export function low(tree: usize, n: i32): i32 {
  return <i32>load<u16>(tree + (<usize>n << 2));
}
// @ts-ignore: decorator
@inline
export function setLow(tree: usize, n: i32, value: i32): void {
  store<u16>(tree + (<usize>n << 2), <u16>value);
}
// @ts-ignore: decorator
@inline
export function high(tree: usize, n: i32): i32 {
  return <i32>load<u16>(tree + (<usize>n << 2), 2);
}
// @ts-ignore: decorator
@inline
export function setHigh(tree: usize, n: i32, value: i32): void {
  store<u16>(tree + (<usize>n << 2), <u16>value, 2);
}
// @ts-ignore: decorator
@inline
function heap(n: i32): i32 {
  return load<i32>(HEAP + (<usize>n << 2));
}
// @ts-ignore: decorator
@inline
function setHeap(n: i32, value: i32): void {
  store<i32>(HEAP + (<usize>n << 2), value);
}
// @ts-ignore: decorator
@inline
export function blCount(n: i32): i32 {
  return <i32>load<u16>(BL_COUNT + (<usize>n << 1));
}
// @ts-ignore: decorator
@inline
export function setBlCount(n: i32, value: i32): void {
  store<u16>(BL_COUNT + (<usize>n << 1), <u16>value);
}

export function reversed(code: i32, length: i32): i32 {
  let result = 0;
  for (; length > 0; length--) {
    result = (result << 1) | (code & 1);
    code >>= 1;
  }
  return result;
}

// @ts-ignore: decorator
@inline
function isSmaller(tree: usize, n: i32, m: i32): bool {
  const a = low(tree, n);
  const b = low(tree, m);
  return a < b || (a == b && load<u8>(DEPTH + n) <= load<u8>(DEPTH + m));
}

function sink(tree: usize, from: i32): void {
  let k = from;
  const v = heap(k);
  for (let j = k << 1; j <= heapLength; j <<= 1) {
    if (j < heapLength && isSmaller(tree, heap(j + 1), heap(j))) j++;
    if (isSmaller(tree, v, heap(j))) break;
    setHeap(k, heap(j));
    k = j;
  }
  setHeap(k, v);
}

function genBitLengths(
  tree: usize,
  maxCode: i32,
  fixed: usize,
  extra: usize,
  base: i32,
  most: i32,
): void {
  let overflow = 0;
  clearCounts();
  setHigh(tree, heap(heapMost), 0);
  let h = heapMost + 1;
  for (; h < HEAP_SIZE; h++) {
    const n = heap(h);
    let bits = high(tree, high(tree, n)) + 1;
    if (bits > most) {
      bits = most;
      overflow++;
    }
    setHigh(tree, n, bits);
    if (n > maxCode) continue;
    setBlCount(bits, blCount(bits) + 1);
    const more = n >= base ? <i32>load<u8>(extra + (n - base)) : 0;
    const f = low(tree, n);
    optLength += f * (bits + more);
    if (fixed != 0) staticLength += f * (high(fixed, n) + more);
  }
  if (overflow == 0) return;
  do {
    let bits = most - 1;
    while (blCount(bits) == 0) bits--;
    setBlCount(bits, blCount(bits) - 1);
    setBlCount(bits + 1, blCount(bits + 1) + 2);
    setBlCount(most, blCount(most) - 1);
    overflow -= 2;
  } while (overflow > 0);
  for (let bits = most; bits != 0; bits--) {
    for (let n = blCount(bits); n != 0; ) {
      const m = heap(--h);
      if (m > maxCode) continue;
      if (high(tree, m) != bits) {
        optLength += (bits - high(tree, m)) * low(tree, m);
        setHigh(tree, m, bits);
      }
      n--;
    }
  }
}

export function genCodes(tree: usize, maxCode: i32): void {
  let code = 0;
  for (let bits = 1; bits <= MAX_BITS; bits++) {
    code = (code + blCount(bits - 1)) << 1;
    store<u16>(NEXT_CODE + (<usize>bits << 1), <u16>code);
  }
  for (let n = 0; n <= maxCode; n++) {
    const length = high(tree, n);
    if (length == 0) continue;
    const at = NEXT_CODE + (<usize>length << 1);
    const next = <i32>load<u16>(at);
    store<u16>(at, <u16>(next + 1));
    setLow(tree, n, reversed(next, length));
  }
}

/** Returns the greatest code that has a length. */
export function buildTree(
  tree: usize,
  elements: i32,
  fixed: usize,
  extra: usize,
  base: i32,
  most: i32,
): i32 {
  let maxCode = -1;
  heapLength = 0;
  heapMost = HEAP_SIZE;
  for (let n = 0; n < elements; n++) {
    if (low(tree, n) != 0) {
      maxCode = n;
      setHeap(++heapLength, n);
      store<u8>(DEPTH + n, 0);
    } else setHigh(tree, n, 0);
  }
  while (heapLength < 2) {
    const node = maxCode < 2 ? ++maxCode : 0;
    setHeap(++heapLength, node);
    setLow(tree, node, 1);
    store<u8>(DEPTH + node, 0);
    optLength--;
    if (fixed != 0) staticLength -= high(fixed, node);
  }
  for (let n = heapLength / 2; n >= 1; n--) sink(tree, n);
  let node = elements;
  do {
    const n = heap(1);
    setHeap(1, heap(heapLength--));
    sink(tree, 1);
    const m = heap(1);
    setHeap(--heapMost, n);
    setHeap(--heapMost, m);
    setLow(tree, node, low(tree, n) + low(tree, m));
    store<u8>(DEPTH + node, max(load<u8>(DEPTH + n), load<u8>(DEPTH + m)) + 1);
    setHigh(tree, n, node);
    setHigh(tree, m, node);
    setHeap(1, node++);
    sink(tree, 1);
  } while (heapLength >= 2);
  setHeap(--heapMost, heap(1));
  genBitLengths(tree, maxCode, fixed, extra, base, most);
  genCodes(tree, maxCode);
  return maxCode;
}

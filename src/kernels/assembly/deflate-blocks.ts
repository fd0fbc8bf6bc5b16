/** Symbols of deflate, and blocks of them as zlib 1.2.13 writes them (trees.c). */
import {
  align,
  put,
  putBytes,
  SYMBOLS,
  waitingBits,
  waitingCount,
  written,
  wroteTo,
} from './deflate-bits';
import {
  AFTER_TREES,
  addLength,
  beginLengths,
  blCount,
  buildTree,
  clearCounts,
  fixedLength,
  genCodes,
  high,
  low,
  ownLength,
  reversed,
  setBlCount,
  setHigh,
  setLow,
} from './deflate-trees';

const LITERALS: i32 = 256;
const END_BLOCK: i32 = 256;
const L_CODES: i32 = 286;
const D_CODES: i32 = 30;
const BL_CODES: i32 = 19;
const MAX_BITS: i32 = 15;
const REP_3_6: i32 = 16;
const REPZ_3_10: i32 = 17;
const REPZ_11_138: i32 = 18;
/** Symbols after which a block ends. */
const LAST_SYMBOL: usize = (1 << 14) - 1;

const L_TREE: usize = AFTER_TREES;
const D_TREE: usize = L_TREE + 4 * 576;
const BL_TREE: usize = D_TREE + 4 * 64;
const STATIC_L: usize = BL_TREE + 4 * 40;
const STATIC_D: usize = STATIC_L + 4 * 288;
const DIST_CODE: usize = STATIC_D + 4 * 32;
const LENGTH_CODE: usize = DIST_CODE + 512;
const BASE_LENGTH: usize = LENGTH_CODE + 256;
const BASE_DIST: usize = BASE_LENGTH + 4 * 32;

const EXTRA_L: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
]);
const EXTRA_D: usize = memory.data<u8>([
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
]);
const EXTRA_BL: usize = memory.data<u8>([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 7]);
const BL_ORDER: usize = memory.data<u8>([
  16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
]);

let isReady: bool = false;
let symbol: usize = 0;

// @ts-ignore: decorator
@inline
function distanceCode(distance: u32): i32 {
  return <i32>(distance < 256
    ? load<u8>(DIST_CODE + distance)
    : load<u8>(DIST_CODE + 256 + (distance >> 7)));
}

function makeStatic(): void {
  let length = 0;
  for (let code = 0; code < 28; code++) {
    store<i32>(BASE_LENGTH + (<usize>code << 2), length);
    for (let n = 1 << <i32>load<u8>(EXTRA_L + code); n > 0; n--) {
      store<u8>(LENGTH_CODE + length++, <u8>code);
    }
  }
  store<u8>(LENGTH_CODE + 255, 28);
  store<i32>(BASE_LENGTH + (28 << 2), 255);
  let distance = 0;
  for (let code = 0; code < 16; code++) {
    store<i32>(BASE_DIST + (<usize>code << 2), distance);
    for (let n = 1 << <i32>load<u8>(EXTRA_D + code); n > 0; n--) {
      store<u8>(DIST_CODE + distance++, <u8>code);
    }
  }
  distance >>= 7;
  for (let code = 16; code < D_CODES; code++) {
    store<i32>(BASE_DIST + (<usize>code << 2), distance << 7);
    for (let n = 1 << (<i32>load<u8>(EXTRA_D + code) - 7); n > 0; n--) {
      store<u8>(DIST_CODE + 256 + distance++, <u8>code);
    }
  }
  clearCounts();
  for (let n = 0; n < 288; n++) {
    const bits = n < 144 ? 8 : n < 256 ? 9 : n < 280 ? 7 : 8;
    setHigh(STATIC_L, n, bits);
    setBlCount(bits, blCount(bits) + 1);
  }
  genCodes(STATIC_L, L_CODES + 1);
  for (let n = 0; n < D_CODES; n++) {
    setHigh(STATIC_D, n, 5);
    setLow(STATIC_D, n, reversed(n, 5));
  }
  isReady = true;
}

export function beginBlock(): void {
  if (!isReady) makeStatic();
  for (let n = 0; n < L_CODES; n++) setLow(L_TREE, n, 0);
  for (let n = 0; n < D_CODES; n++) setLow(D_TREE, n, 0);
  for (let n = 0; n < BL_CODES; n++) setLow(BL_TREE, n, 0);
  setLow(L_TREE, END_BLOCK, 1);
  beginLengths();
  symbol = 0;
}

/** True where the block must end. */
// @ts-ignore: decorator
@inline
export function tallyLiteral(byte: u32): bool {
  store<u32>(SYMBOLS + (symbol << 2), byte);
  const at = L_TREE + (<usize>byte << 2);
  store<u16>(at, load<u16>(at) + 1);
  return ++symbol == LAST_SYMBOL;
}

/** @param length less 3 */
// @ts-ignore: decorator
@inline
export function tallyMatch(distance: u32, length: u32): bool {
  store<u32>(SYMBOLS + (symbol << 2), (distance << 16) | length);
  const l = L_TREE + (<usize>(<i32>load<u8>(LENGTH_CODE + length) + LITERALS + 1) << 2);
  store<u16>(l, load<u16>(l) + 1);
  const d = D_TREE + (<usize>distanceCode(distance - 1) << 2);
  store<u16>(d, load<u16>(d) + 1);
  return ++symbol == LAST_SYMBOL;
}

// @ts-ignore: decorator
@inline
function putCode(tree: usize, n: i32): void {
  put(low(tree, n), high(tree, n));
}

/** The lengths of a tree run by run: counted, or written. */
function takeLengths(tree: usize, maxCode: i32, isWritten: bool): void {
  let before = -1;
  let next = high(tree, 0);
  let count = 0;
  let most = next == 0 ? 138 : 7;
  let least = next == 0 ? 3 : 4;
  if (!isWritten) setHigh(tree, maxCode + 1, 0xffff);
  for (let n = 0; n <= maxCode; n++) {
    const length = next;
    next = high(tree, n + 1);
    if (++count < most && length == next) continue;
    if (count < least) {
      if (isWritten) for (; count != 0; count--) putCode(BL_TREE, length);
      else setLow(BL_TREE, length, low(BL_TREE, length) + count);
    } else if (length != 0) {
      if (length != before) {
        takeCode(length, isWritten);
        count--;
      }
      takeCode(REP_3_6, isWritten);
      if (isWritten) put(count - 3, 2);
    } else if (count <= 10) {
      takeCode(REPZ_3_10, isWritten);
      if (isWritten) put(count - 3, 3);
    } else {
      takeCode(REPZ_11_138, isWritten);
      if (isWritten) put(count - 11, 7);
    }
    count = 0;
    before = length;
    most = next == 0 ? 138 : length == next ? 6 : 7;
    least = next == 0 || length == next ? 3 : 4;
  }
}

function takeCode(code: i32, isWritten: bool): void {
  if (isWritten) putCode(BL_TREE, code);
  else setLow(BL_TREE, code, low(BL_TREE, code) + 1);
}

/** Bits are kept in local variables: globals lie in memory, and this writes nearly all there are. */
function putSymbols(literals: usize, distances: usize): void {
  let at = written();
  let bits = waitingBits();
  let count = waitingCount();
  const end = SYMBOLS + (symbol << 2);
  for (let next = SYMBOLS; next < end; next += 4) {
    const both = load<u32>(next);
    const distance = both >> 16;
    if (distance == 0) {
      const node = load<u32>(literals + (<usize>both << 2));
      bits |= (<u64>(node & 0xffff)) << count;
      count += node >> 16;
    } else {
      const length = both & 0xffff;
      let code = <u32>load<u8>(LENGTH_CODE + length);
      let node = load<u32>(literals + (<usize>(code + LITERALS + 1) << 2));
      bits |= (<u64>(node & 0xffff)) << count;
      count += node >> 16;
      bits |= (<u64>(length - load<u32>(BASE_LENGTH + (<usize>code << 2)))) << count;
      count += load<u8>(EXTRA_L + code);
      if (count >= 32) {
        store<u32>(at, <u32>bits);
        at += 4;
        bits >>= 32;
        count -= 32;
      }
      code = <u32>distanceCode(distance - 1);
      node = load<u32>(distances + (<usize>code << 2));
      bits |= (<u64>(node & 0xffff)) << count;
      count += node >> 16;
      bits |= (<u64>(distance - 1 - load<u32>(BASE_DIST + (<usize>code << 2)))) << count;
      count += load<u8>(EXTRA_D + code);
    }
    if (count < 32) continue;
    store<u32>(at, <u32>bits);
    at += 4;
    bits >>= 32;
    count -= 32;
  }
  wroteTo(at, bits, count);
  putCode(literals, END_BLOCK);
}

/** Ends the block. @param bytes its content; 0 where that has left the window */
export function flushBlock(bytes: usize, length: u32, isLast: bool): void {
  const maxL = buildTree(L_TREE, L_CODES, STATIC_L, EXTRA_L, LITERALS + 1, MAX_BITS);
  const maxD = buildTree(D_TREE, D_CODES, STATIC_D, EXTRA_D, 0, MAX_BITS);
  takeLengths(L_TREE, maxL, false);
  takeLengths(D_TREE, maxD, false);
  buildTree(BL_TREE, BL_CODES, 0, EXTRA_BL, 0, 7);
  let maxBl = BL_CODES - 1;
  while (maxBl >= 3 && high(BL_TREE, load<u8>(BL_ORDER + maxBl)) == 0) maxBl--;
  addLength(3 * (maxBl + 1) + 14);
  const ofStatic = <u32>(fixedLength() + 10) >> 3;
  const best = min(<u32>(ownLength() + 10) >> 3, ofStatic);
  const last: u32 = isLast ? 1 : 0;
  if (length + 4 <= best && bytes != 0) {
    put(last, 3);
    align();
    put(length, 16);
    put(~length & 0xffff, 16);
    align();
    putBytes(bytes, length);
  } else if (ofStatic == best) {
    put(2 + last, 3);
    putSymbols(STATIC_L, STATIC_D);
  } else {
    put(4 + last, 3);
    put(maxL + 1 - 257, 5);
    put(maxD + 1 - 1, 5);
    put(maxBl + 1 - 4, 4);
    for (let rank = 0; rank <= maxBl; rank++) put(high(BL_TREE, load<u8>(BL_ORDER + rank)), 3);
    takeLengths(L_TREE, maxL, true);
    takeLengths(D_TREE, maxD, true);
    putSymbols(L_TREE, D_TREE);
  }
  beginBlock();
  if (isLast) align();
}

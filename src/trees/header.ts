import { InputError, type Where } from '../errors.ts';
import { bufferOf } from './buffer.ts';
import { checkSize } from './ranges.ts';
import { pathFromBytes } from './tree.ts';
import { isBodiless } from './typeflags.ts';

/** The 512-byte header of POSIX ustar, GNU and v7 archives. Text stays bytes, as latin1 strings. */

export const BLOCK = 512;

/** The next multiple of a block. */
export function roundUp(length: number): number {
  return Math.ceil(length / BLOCK) * BLOCK;
}

export interface Header {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes in the archive; of what has none there any number, also a negative one. */
  readonly size: number;
  /** Seconds. */
  readonly mtime: number;
  /** One character; of v7 archives NUL. */
  readonly type: string;
  readonly linkTarget: string;
  readonly userName: string;
  readonly groupName: string;
  readonly major: number;
  readonly minor: number;
  readonly isGnu: boolean;
  /** Where the path begins with what Go before 1.8 wrote where GNU tar has times. */
  readonly isPrefixMisplaced: boolean;
  /** The block itself, for fields that only some types have. */
  readonly block: Uint8Array;
}

/** @returns undefined for a block of zeros. Throws an InputError where the checksum or a number is wrong. */
export function readHeader(block: Uint8Array, where: Where): Header | undefined {
  if (block[0] === 0 && block.every((byte) => byte === 0)) return undefined;
  checkSum(block, where);
  const dialect = dialectOf(block);
  const prefix = readPrefix(block, dialect);
  const name = text(block, 0, 100);
  const number = (offset: number, length: number, field: string): number =>
    readNumber(block, offset, length, field, where);
  const type = String.fromCharCode(block[156]!);
  const size = number(124, 12, 'size');
  const hasDevice = dialect !== 'v7';
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    mode: number(100, 8, 'mode'),
    uid: number(108, 8, 'uid'),
    gid: number(116, 8, 'gid'),
    size: isBodiless(type) ? size : checkSize(size, where),
    mtime: number(136, 12, 'mtime'),
    type,
    linkTarget: text(block, 157, 100),
    userName: hasDevice ? ownerName(block, 265) : '',
    groupName: hasDevice ? ownerName(block, 297) : '',
    major: hasDevice ? number(329, 8, 'devmajor') : 0,
    minor: hasDevice ? number(337, 8, 'devminor') : 0,
    isGnu: dialect === 'gnu',
    isPrefixMisplaced: dialect === 'gnu' && prefix !== '',
    block,
  };
}

type Dialect = 'v7' | 'ustar' | 'star' | 'gnu';

/** By magic and version, and star's trailer, as Go and GNU tar tell them apart. */
function dialectOf(block: Uint8Array): Dialect {
  if (!isAt(block, 257, USTAR)) return 'v7';
  if (isAt(block, 262, GNU)) return 'gnu';
  if (block[262] !== 0) return 'v7';
  return isAt(block, 508, STAR) ? 'star' : 'ustar';
}

const [USTAR, GNU, STAR] = ['ustar', '  \0', 'tar\0'].map((text) =>
  new TextEncoder().encode(text),
) as [Uint8Array, Uint8Array, Uint8Array];

function isAt(block: Uint8Array, offset: number, wanted: Uint8Array): boolean {
  for (let index = 0; index < wanted.length; index++) {
    if (block[offset + index] !== wanted[index]) return false;
  }
  return true;
}

/** What stands before the name; star's is shorter, for its times. */
function readPrefix(block: Uint8Array, dialect: Dialect): string {
  if (dialect === 'ustar') return text(block, 345, 155);
  if (dialect === 'star') return text(block, 345, 131);
  return dialect === 'gnu' ? misplacedPrefix(block) : '';
}

/**
 * Go before 1.8 wrote the prefix of ustar under GNU's magic, over the times of GNU tar (golang/go#12594). As later
 * versions do, it is believed where those are no numbers and it is ASCII.
 */
function misplacedPrefix(block: Uint8Array): string {
  if ([345, 357].every((offset) => block[offset] === 0 || isNumber(block, offset, 12))) return '';
  const prefix = text(block, 345, 155);
  return /^[\x01-\x7f]*$/.test(prefix) ? prefix : '';
}

function isNumber(block: Uint8Array, offset: number, length: number): boolean {
  try {
    readNumber(block, offset, length, '', {});
    return true;
  } catch {
    return false;
  }
}

function bytesAt(block: Uint8Array, offset: number, length: number): string {
  return pathFromBytes(block.subarray(offset, offset + length));
}

/** Bytes up to the first NUL. */
function text(block: Uint8Array, offset: number, length: number): string {
  let end = offset;
  while (end < offset + length && block[end] !== 0) end++;
  return end === offset ? '' : bufferOf(block).toString('latin1', offset, end);
}

const OWNER_BYTES = 32;
/** The name that was read last: in most archives one owns nearly all, and entries share its text. */
let lastOwner = '';

function ownerName(block: Uint8Array, offset: number): string {
  const { length } = lastOwner;
  let same = 0;
  while (same < length && block[offset + same] === lastOwner.charCodeAt(same)) same++;
  if (same < length || (length < OWNER_BYTES && block[offset + length] !== 0)) {
    lastOwner = text(block, offset, OWNER_BYTES);
  }
  return lastOwner;
}

/**
 * Octal digits between spaces, up to the first NUL behind them, or GNU's base 256 where the first bit is set. One NUL at
 * the beginning is passed over, as in GNU tar and Go: some old tar left it there where the field before overflowed. Of more
 * than one GNU tar, libarchive and Python make 0, and Go alone does not.
 */
export function readNumber(
  block: Uint8Array,
  offset: number,
  length: number,
  field: string,
  where: Where,
): number {
  const end = offset + length;
  if (block[offset]! & 0x80) return readBase256(block.subarray(offset, end), field, where);
  let at = offset;
  if (block[at] === 0) at++;
  while (at < end && block[at] === 0x20) at++;
  let value = 0;
  for (; at < end && block[at]! >= 0x30 && block[at]! <= 0x37; at++) {
    value = value * 8 + block[at]! - 0x30;
  }
  while (at < end && block[at] === 0x20) at++;
  // What follows the next NUL is never looked at, as in Go, GNU tar and libarchive.
  if (at === end || block[at] === 0) return value;
  const digits = bytesAt(block, offset, length).replace(/[ \0]+/g, ' ');
  throw new InputError(
    `'${digits.trim()}' is no octal number`,
    { ...where, field },
    'the archive is damaged',
  );
}

function readBase256(bytes: Uint8Array, field: string, where: Where): number {
  let value = BigInt(bytes[0]! & 0x7f);
  if (bytes[0]! & 0x40) value -= 0x80n;
  for (const byte of bytes.subarray(1)) value = value * 256n + BigInt(byte);
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new InputError(`${field} is ${value}`, { ...where, field }, 'the archive is malformed');
}

/** Sum of all bytes with the checksum's own taken as spaces; some old archives summed signed bytes. */
function checkSum(block: Uint8Array, where: Where): void {
  const stated = readNumber(block, 148, 8, 'chksum', where);
  let unsigned = 8 * 0x20 + sumOf(block);
  for (let index = 148; index < 156; index++) unsigned -= block[index]!;
  if (stated === unsigned) return;
  let high = 0;
  for (let index = 0; index < BLOCK; index++) {
    if (index < 148 || index >= 156) high += block[index]! >> 7;
  }
  if (stated === unsigned - 256 * high) return;
  throw new InputError(
    `header checksum is ${stated}, should be ${unsigned}`,
    where,
    'this is no tar archive, or it is damaged',
  );
}

/** Of all bytes of a block: four at a time where they lie so, since this is a good part of the time that a tar takes. */
function sumOf(block: Uint8Array): number {
  let sum = 0;
  if (block.byteOffset % 4 !== 0) {
    for (let index = 0; index < BLOCK; index++) sum += block[index]!;
    return sum;
  }
  const words = new Uint32Array(block.buffer, block.byteOffset, BLOCK / 4);
  // Pairs of sums side by side: 256 bytes fit into 16 bits.
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    sum += (word & 0x00ff00ff) + ((word >>> 8) & 0x00ff00ff);
  }
  return (sum % 0x10000) + Math.floor(sum / 0x10000);
}

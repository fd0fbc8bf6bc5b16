import { InputError, type Where } from '../errors.ts';
import { pathFromBytes } from './tree.ts';

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
  /** Bytes in the archive. */
  readonly size: number;
  /** Seconds. */
  readonly mtime: bigint;
  readonly type: string;
  readonly linkTarget: string;
  readonly userName: string;
  readonly groupName: string;
  readonly major: number;
  readonly minor: number;
  readonly isGnu: boolean;
  /** The block itself, for fields that only some types have. */
  readonly block: Uint8Array;
}

/** @returns undefined for a block of zeros. Throws an InputError where the checksum or a number is wrong. */
export function readHeader(block: Uint8Array, where: Where): Header | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  checkSum(block, where);
  const magic = text(block, 257, 6);
  const isGnu = magic === 'ustar ';
  const isUstar = magic === 'ustar';
  const prefix = isUstar ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  const number = (offset: number, length: number, field: string): number =>
    readNumber(block, offset, length, field, where);
  const hasDevice = isGnu || isUstar;
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    mode: number(100, 8, 'mode'),
    uid: number(108, 8, 'uid'),
    gid: number(116, 8, 'gid'),
    size: checkSize(number(124, 12, 'size'), where),
    mtime: BigInt(number(136, 12, 'mtime')),
    type: String.fromCharCode(block[156]! || 0x30),
    linkTarget: text(block, 157, 100),
    userName: hasDevice ? text(block, 265, 32) : '',
    groupName: hasDevice ? text(block, 297, 32) : '',
    major: hasDevice ? number(329, 8, 'devmajor') : 0,
    minor: hasDevice ? number(337, 8, 'devminor') : 0,
    isGnu,
    block,
  };
}

export function checkSize(size: number, where: Where): number {
  if (Number.isSafeInteger(size) && size >= 0) return size;
  throw new InputError(`size is ${size}`, where, 'the archive is damaged or hostile');
}

/** Linux has owners of 32 bits; what lies outside is no owner, and no format could restore it. */
export function checkOwner(id: number, field: string, where: Where): number {
  if (id >= 0 && id < 2 ** 32) return id;
  throw new InputError(`${field} is ${id}`, { ...where, field }, 'owners are 0 to 4294967295');
}

/** Bytes up to the first NUL. */
function text(block: Uint8Array, offset: number, length: number): string {
  if (block[offset] === 0) return '';
  const field = block.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return pathFromBytes(end < 0 ? field : field.subarray(0, end));
}

/** Octal digits between spaces and NULs, or GNU's base 256 where the first bit is set. */
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
  while (at < end && block[at] === 0x20) at++;
  let value = 0;
  for (; at < end && block[at] !== 0x20 && block[at] !== 0; at++) {
    const digit = block[at]! - 0x30;
    if (digit < 0 || digit > 7) {
      const digits = pathFromBytes(block.subarray(offset, end)).replace(/[ \0]+/g, ' ');
      throw new InputError(
        `'${digits.trim()}' is no octal number`,
        { ...where, field },
        'the archive is damaged',
      );
    }
    value = value * 8 + digit;
  }
  return value;
}

function readBase256(bytes: Uint8Array, field: string, where: Where): number {
  let value = BigInt(bytes[0]! & 0x7f);
  if (bytes[0]! & 0x40) value -= 0x80n;
  for (const byte of bytes.subarray(1)) value = value * 256n + BigInt(byte);
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new InputError(
    `${field} is ${value}`,
    { ...where, field },
    'the archive is damaged or hostile',
  );
}

/** Sum of all bytes with the checksum's own taken as spaces; some old archives summed signed bytes. */
function checkSum(block: Uint8Array, where: Where): void {
  let unsigned = 8 * 0x20;
  let high = 0;
  for (let index = 0; index < BLOCK; index++) {
    if (index === 148) index = 156;
    const byte = block[index]!;
    unsigned += byte;
    high += byte >> 7;
  }
  const stated = readNumber(block, 148, 8, 'chksum', where);
  if (stated === unsigned || stated === unsigned - 256 * high) return;
  throw new InputError(
    `header checksum is ${stated}, should be ${unsigned}`,
    where,
    'this is no tar archive, or it is damaged',
  );
}

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
    Number(readNumber(block, offset, length, { ...where, field }));
  const hasDevice = isGnu || isUstar;
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    mode: number(100, 8, 'mode'),
    uid: number(108, 8, 'uid'),
    gid: number(116, 8, 'gid'),
    size: checkSize(number(124, 12, 'size'), where),
    mtime: readNumber(block, 136, 12, { ...where, field: 'mtime' }),
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

/** Bytes up to the first NUL. */
function text(block: Uint8Array, offset: number, length: number): string {
  const field = block.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return pathFromBytes(end < 0 ? field : field.subarray(0, end));
}

/** Octal digits between spaces and NULs, or GNU's base 256 where the first bit is set. */
export function readNumber(
  block: Uint8Array,
  offset: number,
  length: number,
  where: Where,
): bigint {
  const first = block[offset]!;
  if (first & 0x80) {
    let value = BigInt(first & 0x7f);
    if (first & 0x40) value -= 0x80n;
    for (let index = 1; index < length; index++)
      value = value * 256n + BigInt(block[offset + index]!);
    return value;
  }
  const digits = pathFromBytes(block.subarray(offset, offset + length)).replace(
    /^ +|[ \0].*$/gs,
    '',
  );
  if (/^[0-7]*$/.test(digits)) return digits === '' ? 0n : BigInt(`0o${digits}`);
  throw new InputError(`'${digits}' is no octal number`, where, 'the archive is damaged');
}

/** Sum of all bytes with the checksum's own taken as spaces; some old archives summed signed bytes. */
function checkSum(block: Uint8Array, where: Where): void {
  let unsigned = 0;
  let signed = 0;
  for (let index = 0; index < BLOCK; index++) {
    const byte = index >= 148 && index < 156 ? 0x20 : block[index]!;
    unsigned += byte;
    signed += byte < 128 ? byte : byte - 256;
  }
  const stated = Number(readNumber(block, 148, 8, { ...where, field: 'chksum' }));
  if (stated === unsigned || stated === signed) return;
  throw new InputError(
    `header checksum is ${stated}, should be ${unsigned}`,
    where,
    'this is no tar archive, or it is damaged',
  );
}

import { InputError, type Where } from '../errors.ts';

/**
 * Numbers that Linux and every format here can hold. Readers of what others wrote check them once; who writes a tree out
 * relies on it, and checks nothing again.
 */

const REMEDY = 'the archive is malformed';

/** Bytes of a member. */
export function checkSize(size: number, where: Where): number {
  if (Number.isSafeInteger(size) && size >= 0) return size;
  throw new InputError(`size is ${size}`, where, REMEDY);
}

/** Linux has owners of 32 bits; what lies outside is no owner, and no format could restore it. */
export function checkOwner(id: number, field: string, where: Where): number {
  if (id >= 0 && id < 2 ** 32) return id;
  throw new InputError(`${field} is ${id}`, { ...where, field }, 'owners are 0 to 4294967295');
}

/** Linux has device numbers of 12 and 20 bits, glibc of 32 each (makedev(3)). */
export function checkDevice(number: number, field: string, where: Where): number {
  if (number >= 0 && number < 2 ** 32) return number;
  const remedy = 'device numbers are 0 to 4294967295';
  throw new InputError(`${field} is ${number}`, { ...where, field }, remedy);
}

const TIME_END = 2n ** 63n;

/** Nanoseconds since the epoch in 64 bits: from 1677 to 2262. casync's format has no more. */
export function isTime(mtime: bigint): boolean {
  return mtime >= -TIME_END && mtime < TIME_END;
}

export function checkTime(mtime: bigint, where: Where): bigint {
  if (isTime(mtime)) return mtime;
  throw new InputError(
    `mtime is ${mtime} ns`,
    { ...where, field: 'mtime' },
    'times are -9223372036.854775808 to 9223372036.854775807 s: set a time in between',
  );
}

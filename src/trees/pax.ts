import { InputError, type Where } from '../errors.ts';
import { pathFromBytes } from './tree.ts';

/** Keyword → value of POSIX.1-2001 extended headers, both as latin1 strings; binary values stay exact. */
export type PaxRecords = ReadonlyMap<string, string>;

export const XATTR_PREFIX = 'SCHILY.xattr.';

/** Values in which a NUL is content and not an attempt to cut a path short. */
const BINARY = /^(SCHILY\.xattr\.|LIBARCHIVE\.xattr\.|SCHILY\.acl\.|RHT\.security\.)/;

/** POSIX: a record without a value takes back what was said before; then the header's own field counts. */
export function forgetEmpty(records: PaxRecords): PaxRecords {
  for (const value of records.values()) {
    if (value === '') return new Map([...records].filter(isKept));
  }
  return records;
}

/** An empty attribute is an attribute, and the map of a file that is one hole is empty. */
function isKept([keyword, value]: readonly [string, string]): boolean {
  return value !== '' || BINARY.test(keyword) || keyword === 'GNU.sparse.map';
}

/** Reads `length keyword=value\n` records. Throws an InputError where one is malformed. */
export function readPax(bytes: Uint8Array, where: Where): PaxRecords {
  const records = new Map<string, string>();
  for (let offset = 0; offset < bytes.length; ) {
    const fault = (what: string): InputError =>
      new InputError(`extended header: ${what}`, where, 'the archive is damaged or hostile');
    const space = bytes.indexOf(0x20, offset);
    const digits = space < 0 ? '' : pathFromBytes(bytes.subarray(offset, space));
    if (!/^\d{1,10}$/.test(digits)) {
      // Some writers pad the last record with NULs.
      if (bytes.subarray(offset).every((byte) => byte === 0)) break;
      throw fault('a record has no length');
    }
    const end = offset + Number(digits);
    if (end > bytes.length || end <= space + 1) throw fault('a record is longer than the header');
    if (bytes[end - 1] !== 0x0a) throw fault('a record does not end in a newline');
    const equals = bytes.indexOf(0x3d, space);
    if (equals < 0 || equals >= end - 1) {
      throw fault("a record has no '='");
    }
    const keyword = pathFromBytes(bytes.subarray(space + 1, equals));
    const value = pathFromBytes(bytes.subarray(equals + 1, end - 1));
    if (keyword === '') throw fault('a record has no keyword');
    if (value.includes('\0') && !BINARY.test(keyword))
      throw fault(`NUL in the value of ${keyword}`);
    if (keyword === 'GNU.sparse.offset' || keyword === 'GNU.sparse.numbytes') {
      // Version 0.0 repeats these two for every extent; 0.1 has them as one list.
      const known = records.get('GNU.sparse.map');
      records.set('GNU.sparse.map', known ? `${known},${value}` : value);
    } else {
      records.set(keyword, value);
    }
    offset = end;
  }
  return records;
}

/** Decimal seconds with an optional fraction → nanoseconds. */
export function readPaxTime(value: string, where: Where): bigint {
  const match = /^(-?)(\d{1,18})(?:\.(\d*))?$/.exec(value);
  if (!match) {
    throw new InputError(
      `'${value}' is no time`,
      { ...where, field: 'mtime' },
      'the archive is damaged',
    );
  }
  const fraction = BigInt((match[3] ?? '').padEnd(9, '0').slice(0, 9));
  const total = BigInt(match[2]!) * 1_000_000_000n + fraction;
  return match[1] === '-' ? -total : total;
}

export function readPaxNumber(
  records: PaxRecords,
  keyword: string,
  where: Where,
): number | undefined {
  const value = records.get(keyword);
  if (value === undefined || value === '') return undefined;
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw new InputError(
    `'${value}' is no number`,
    { ...where, field: keyword },
    'the archive is damaged or hostile',
  );
}

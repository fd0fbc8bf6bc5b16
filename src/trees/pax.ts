import { InputError, type Where } from '../errors.ts';
import { bufferOf } from './buffer.ts';
import { checkTime } from './ranges.ts';

/** Keyword → value of POSIX.1-2001 extended headers, both as latin1 strings; binary values stay exact. */
export type PaxRecords = ReadonlyMap<string, string>;

export const XATTR_PREFIX = 'SCHILY.xattr.';

/** Values that may be binary, and of which an empty one is one. */
const BINARY = /^(SCHILY\.xattr\.|LIBARCHIVE\.xattr\.|SCHILY\.acl\.|RHT\.security\.)/;

/**
 * Names, numbers and times, of which readers make something: a NUL would cut them short in some. In all else it is content:
 * GNU tar lists what is in a directory with it (GNU.dumpdir).
 */
const TEXT =
  /^(path|linkpath|[ug]name|[ug]id|size|[amc]time|GNU\.sparse\..*|SCHILY\.(devmajor|devminor|realsize)|SUN\.holesdata)$/;

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

const [SPACE, NEWLINE, EQUALS, ZERO] = [0x20, 0x0a, 0x3d, 0x30] as const;
/** Most that the length of a record has, leading zeros aside. */
const LENGTH_DIGITS = 10;

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
}

const TWO_MAPS = 'GNU.sparse.map and GNU.sparse.offset, two maps of one file';

/** Reads `length keyword=value\n` records. Throws an InputError where one is malformed. */
export function readPax(bytes: Uint8Array, where: Where): PaxRecords {
  const records = new Map<string, string>();
  const text = bufferOf(bytes);
  const fault = (what: string): InputError =>
    new InputError(`extended header: ${what}`, where, 'the archive is malformed');
  let isOffsetSaid = false;
  // Which of the two ways to say a map was taken: 0.0, or 0.1.
  let form: 'in turns' | 'as a list' | undefined;
  for (let offset = 0; offset < bytes.length; ) {
    let [space, length] = [offset, 0];
    while (isDigit(bytes[space])) length = 10 * length + bytes[space++]! - ZERO;
    if (space === offset || bytes[space] !== SPACE || length >= 10 ** LENGTH_DIGITS) {
      // Some writers pad the last record with NULs.
      if (bytes.subarray(offset).every((byte) => byte === 0)) break;
      throw fault('a record has no length');
    }
    const end = offset + length;
    if (end > bytes.length || end <= space + 1) throw fault('a record is longer than the header');
    if (bytes[end - 1] !== NEWLINE) throw fault('a record does not end in a newline');
    let equals = space + 1;
    while (equals < end - 1 && bytes[equals] !== EQUALS) equals++;
    if (equals === end - 1) throw fault("a record has no '='");
    const keyword = text.toString('latin1', space + 1, equals);
    const value = text.toString('latin1', equals + 1, end - 1);
    if (keyword === '') throw fault('a record has no keyword');
    if (keyword.includes('\0')) throw fault('NUL in a keyword');
    if (value.includes('\0') && TEXT.test(keyword)) throw fault(`NUL in the value of ${keyword}`);
    if (keyword === 'GNU.sparse.offset' || keyword === 'GNU.sparse.numbytes') {
      // Version 0.0 repeats these two for every extent, in turns; 0.1 has them as one list.
      if (isOffsetSaid !== (keyword === 'GNU.sparse.numbytes') || !/^\d+$/.test(value)) {
        throw fault(`${keyword} is not where one can be, or no number`);
      }
      if (form === 'as a list') throw fault(TWO_MAPS);
      form = 'in turns';
      isOffsetSaid = !isOffsetSaid;
      const known = records.get('GNU.sparse.map');
      records.set('GNU.sparse.map', known ? `${known},${value}` : value);
    } else {
      if (keyword === 'GNU.sparse.map') {
        if (form === 'in turns') throw fault(TWO_MAPS);
        form = 'as a list';
      }
      records.set(keyword, value);
    }
    offset = end;
  }
  if (form === 'in turns' && !records.get('GNU.sparse.numblocks')) {
    const what = 'GNU.sparse.offset without GNU.sparse.numblocks';
    throw new InputError(`extended header: ${what}`, where, 'the archive is malformed');
  }
  return records;
}

/** Digits beyond which a number is out of every range; leading zeros do not count. */
const DIGITS = 15;

/** Decimal seconds with an optional fraction → nanoseconds; digits beyond are cut off, as in Go and libarchive. */
export function readPaxTime(value: string, where: Where): bigint {
  const match = /^(-?)(\d+)(?:\.(\d*))?$/.exec(value);
  const seconds = significant(match?.[2] ?? '');
  if (!match || seconds.length > DIGITS) {
    throw new InputError(
      `'${shown(value)}' is no time`,
      { ...where, field: 'mtime' },
      'the archive is malformed',
    );
  }
  // Both are exact as numbers, and a BigInt of one is made in half the time that one of digits takes.
  const fraction = BigInt(Number((match[3] ?? '').slice(0, 9).padEnd(9, '0')));
  const total = BigInt(Number(seconds)) * 1_000_000_000n + fraction;
  return checkTime(match[1] === '-' ? -total : total, where);
}

/** Digits alone, with any number of leading zeros. About signs, spaces and fractions readers disagree: they are refused. */
export function readPaxNumber(
  records: PaxRecords,
  keyword: string,
  where: Where,
): number | undefined {
  const value = records.get(keyword);
  if (value === undefined || value === '') return undefined;
  const digits = /^\d+$/.test(value) ? significant(value) : '';
  if (digits !== '' && digits.length <= DIGITS) return Number(digits);
  throw new InputError(
    `'${shown(value)}' is no number${digits === '' ? '' : ' in range'}`,
    { ...where, field: keyword },
    'the archive is malformed',
  );
}

/** Digits without leading zeros. */
function significant(digits: string): string {
  return digits.startsWith('0') ? digits.replace(/^0+(?=\d)/, '') : digits;
}

/** A value may have a megabyte; a message has a line. */
function shown(value: string): string {
  return value.length > 40 ? `${value.slice(0, 40)}…` : value;
}

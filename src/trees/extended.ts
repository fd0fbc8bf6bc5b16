import { InputError, type Where } from '../errors.ts';
import { limits } from '../limits.ts';
import { type ByteSource, readRange } from '../streams/source.ts';
import { BlockReader } from './blocks.ts';
import type { Header } from './header.ts';
import { type PaxRecords, readPax } from './pax.ts';

/** Headers that describe the entry after them (PAX `x`, Solaris `X`, GNU `L` and `K`) or all that follow (PAX `g`). */

/** A name from a GNU header. */
interface LongName {
  readonly text: string;
  /** True where no PAX header of the entry stands before it. */
  readonly isFirst: boolean;
}

/** What headers before an entry said about it. */
export interface Extended {
  pax: PaxRecords | undefined;
  longPath: LongName | undefined;
  longTarget: LongName | undefined;
  count: number;
  offset: number | undefined;
  /** What is odd about the entry, each once. */
  readonly warnings: Set<string>;
}

export function nothingExtended(): Extended {
  return {
    pax: undefined,
    longPath: undefined,
    longTarget: undefined,
    count: 0,
    offset: undefined,
    warnings: new Set(),
  };
}

/** For the next entry. */
export function forgetExtended(extended: Extended): void {
  extended.pax = undefined;
  extended.longPath = undefined;
  extended.longTarget = undefined;
  extended.count = 0;
  extended.offset = undefined;
  if (extended.warnings.size > 0) extended.warnings.clear();
}

/** Of two headers of one kind the later counts, and nothing of the earlier, as in GNU tar, libarchive and Go. */
export function extend(extended: Extended, type: string, body: Uint8Array, where: Where): void {
  if (++extended.count > limits.extendedHeaders) {
    throw new InputError('too many extended headers in a row', where, 'the archive is hostile');
  }
  extended.offset ??= where.offset;
  if (type === 'x' || type === 'X') {
    const records = type === 'x' ? readPax(body, where) : readSolaris(extended, body, where);
    if (!records) return;
    if (extended.pax) extended.warnings.add('has two PAX headers, the later counts');
    extended.pax = records;
    return;
  }
  // squashfs-tools-ng leaves out the NUL that GNU tar ends a name with; GNU tar and libarchive read both.
  const end = body.indexOf(0);
  const length = end < 0 ? body.length : end;
  const text = Buffer.from(body.buffer, body.byteOffset, length).toString('latin1');
  const name = { text, isFirst: extended.pax === undefined };
  if (type === 'L') extended.longPath = name;
  else extended.longTarget = name;
}

/** Solaris had `X` before POSIX had `x`, mostly with the same records: GNU tar, libarchive and Python read them so. */
function readSolaris(extended: Extended, body: Uint8Array, where: Where): PaxRecords | undefined {
  try {
    const records = readPax(body, where);
    extended.warnings.add('has an extended header of Solaris (type X), read as one of PAX');
    return records;
  } catch {
    extended.warnings.add('has an extended header of Solaris (type X), skipped: it is not of PAX');
    return undefined;
  }
}

/**
 * What an entry is called, or links to, by all that is said of it. Where a PAX and a GNU header both say it, the first does:
 * readers disagree, and three of GNU tar, libarchive, Python and Go do so in either order.
 */
export function nameOf(
  keyword: 'path' | 'linkpath',
  { pax, longPath, longTarget, warnings }: Extended,
  /** Own and global ones. */
  records: PaxRecords,
): string | undefined {
  const long = keyword === 'path' ? longPath : longTarget;
  const own = pax?.get(keyword) ?? '';
  if (!long || long.text === '') return records.get(keyword);
  if (own !== '' && own !== long.text) {
    warnings.add(`has a ${keyword} in a PAX header and another in a GNU one, the first counts`);
  }
  return own === '' || long.isFirst ? long.text : own;
}

/** Every entry looks through the global records, so there may be few. */
export function mergeGlobal(global: PaxRecords, more: PaxRecords, where: Where): PaxRecords {
  const merged = new Map(global);
  for (const [keyword, value] of more) merged.set(keyword, value);
  if (merged.size <= limits.globalRecords) return merged;
  throw new InputError(
    `${merged.size} records in global extended headers`,
    where,
    'the archive is hostile',
  );
}

/** @returns what holds until the source is read again */
export function readBody(
  source: ByteSource,
  header: Header,
  start: number,
  where: Where,
): Uint8Array {
  const limit = 'xgX'.includes(header.type) ? limits.paxBytes : limits.pathBytes + 1;
  if (header.size > limit) {
    throw new InputError(
      `an extended header has ${header.size} bytes`,
      where,
      'the archive is hostile',
    );
  }
  if (start + header.size > source.length) throw cut(where, source.length);
  return source instanceof BlockReader
    ? source.view(start, header.size)
    : readRange(source, start, header.size);
}

export function cut(where: Where, offset: number): InputError {
  return new InputError('the archive is cut short', { ...where, offset }, 'copy or fetch it again');
}

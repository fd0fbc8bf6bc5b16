import { InputError, type Where } from '../errors.ts';
import { limits } from '../limits.ts';
import { type ByteSource, readRange } from '../streams/source.ts';
import type { Header } from './header.ts';
import { type PaxRecords, readPax } from './pax.ts';

/** Headers that describe the entry after them (PAX `x`, GNU `L` and `K`) or all that follow (PAX `g`). */

/** What headers before an entry said about it. */
export interface Extended {
  pax: PaxRecords;
  longPath: string | undefined;
  longTarget: string | undefined;
  count: number;
  offset: number | undefined;
}

export function nothingExtended(): Extended {
  return {
    pax: new Map(),
    longPath: undefined,
    longTarget: undefined,
    count: 0,
    offset: undefined,
  };
}

export function extend(extended: Extended, type: string, body: Uint8Array, where: Where): void {
  if (++extended.count > limits.extendedHeaders) {
    throw new InputError('too many extended headers in a row', where, 'the archive is hostile');
  }
  if (type === 'x') {
    extended.pax = new Map([...extended.pax, ...readPax(body, where)]);
    return;
  }
  // squashfs-tools-ng leaves out the NUL that GNU tar ends a name with; GNU tar and libarchive read both.
  const end = body.indexOf(0);
  const length = end < 0 ? body.length : end;
  const name = Buffer.from(body.buffer, body.byteOffset, length).toString('latin1');
  if (type === 'L') extended.longPath = name;
  else extended.longTarget = name;
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

export function readBody(
  source: ByteSource,
  header: Header,
  start: number,
  where: Where,
): Uint8Array {
  const limit = header.type === 'x' || header.type === 'g' ? limits.paxBytes : limits.pathBytes + 1;
  if (header.size > limit) {
    throw new InputError(
      `an extended header has ${header.size} bytes`,
      where,
      'the archive is hostile',
    );
  }
  if (start + header.size > source.length) throw cut(where, source.length);
  return readRange(source, start, header.size);
}

export function cut(where: Where, offset: number): InputError {
  return new InputError('the archive is cut short', { ...where, offset }, 'fetch it again');
}

import { InputError, type Where } from '../errors.ts';
import { limits } from '../limits.ts';
import { type ByteSource, readRange } from '../streams/source.ts';
import { BLOCK, checkSize, type Header, readHeader, roundUp } from './header.ts';
import { type PaxRecords, readPax, readPaxNumber, readPaxTime, XATTR_PREFIX } from './pax.ts';
import { readGnuSparse, readPaxSparse } from './sparse.ts';
import { type EntryType, pathBytes, type Segment } from './tree.ts';

/** One member of an archive as the archive gives it: nothing is resolved or normalised yet. */
export interface TarEntry {
  /** latin1: one character a byte. */
  readonly path: string;
  readonly type: EntryType | 'hardlink';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly userName: string;
  readonly groupName: string;
  /** Nanoseconds since the epoch. */
  readonly mtime: bigint;
  readonly xattrs: ReadonlyMap<string, Uint8Array>;
  /** Of a symlink or hardlink; latin1. */
  readonly linkTarget: string;
  readonly major: number;
  readonly minor: number;
  /** Content in the archive; `source` 0 is the archive itself. */
  readonly segments: readonly Segment[];
  readonly size: number;
  /** Where the first header that belongs to the member starts: bytes. */
  readonly offset: number;
}

export interface TarArchive {
  readonly entries: readonly TarEntry[];
  readonly warnings: readonly string[];
}

/** What headers before an entry said about it. */
interface Extended {
  pax: PaxRecords;
  longPath: string | undefined;
  longTarget: string | undefined;
  count: number;
  offset: number | undefined;
}

const TYPES: Readonly<Record<string, EntryType | 'hardlink'>> = {
  '0': 'file',
  '7': 'file',
  S: 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
};

const NO_XATTRS: ReadonlyMap<string, Uint8Array> = new Map();

/**
 * Reads the headers of a tar archive (POSIX.1-2001 pax, ustar, GNU, v7) and skips over the contents. Throws an
 * InputError that names entry and offset.
 */
export function readTar(source: ByteSource, where: Where = {}): TarArchive {
  const entries: TarEntry[] = [];
  const warnings: string[] = [];
  const headers = new BlockReader(source);
  let global: PaxRecords = new Map();
  let extended = nothingExtended();
  let offset = 0;
  for (;;) {
    if (offset + BLOCK > source.length) {
      if (offset < source.length) throw cut(where, offset);
      warnings.push('the archive has no end marker');
      break;
    }
    const here = { ...where, offset };
    const header = readHeader(headers.at(offset), here);
    if (!header) {
      const trailing = trailingBytes(source, offset);
      if (trailing > 0) warnings.push(`${trailing} bytes after the end of the archive are ignored`);
      break;
    }
    const start = offset + BLOCK;
    if ('xgLK'.includes(header.type)) {
      const body = readBody(source, header, start, here);
      if (header.type === 'g') {
        global = new Map([...global, ...readPax(body, here)]);
      } else {
        extend(extended, header.type, body, here);
        extended.offset ??= offset;
      }
      offset = start + roundUp(header.size);
      continue;
    }
    const { entry, end } = readEntry(source, header, start, extended, global, here);
    entries.push(entry);
    if (entries.length > limits.entries) {
      throw new InputError(`more than ${limits.entries} entries`, here, 'raise limits.entries');
    }
    extended = nothingExtended();
    offset = roundUp(end);
  }
  if (extended.count > 0) {
    throw new InputError(
      'an extended header describes no entry',
      { ...where, offset },
      'the archive is cut',
    );
  }
  return { entries, warnings };
}

function readEntry(
  source: ByteSource,
  header: Header,
  start: number,
  extended: Extended,
  global: PaxRecords,
  where: Where,
): { readonly entry: TarEntry; readonly end: number } {
  const pax = global.size > 0 ? new Map([...global, ...extended.pax]) : extended.pax;
  const path = pax.get('GNU.sparse.name') ?? pax.get('path') ?? extended.longPath ?? header.path;
  const here = { ...where, entry: path };
  if (path.length > limits.pathBytes) {
    throw new InputError(`path has ${path.length} bytes`, where, 'raise limits.pathBytes');
  }
  const type = entryType(header, path, here);
  const stored = checkSize(readPaxNumber(pax, 'size', here) ?? header.size, here);
  const hasBody = type === 'file' || stored > 0;
  // POSIX: the size of a link says nothing about the archive; GNU and libarchive skip no body either.
  const end = hasBody && type !== 'hardlink' && type !== 'symlink' ? start + stored : start;
  if (end > source.length) throw cut(here, source.length);

  const sparse =
    header.type === 'S'
      ? readGnuSparse(source, header, start, here)
      : readPaxSparse(source, pax, start, stored, here);
  const isFile = type === 'file';
  const plain: readonly Segment[] =
    isFile && stored > 0 ? [{ source: 0, offset: start, length: stored }] : [];
  if (sparse && roundUp(sparse.end) > source.length + BLOCK) throw cut(here, source.length);
  const time = pax.get('mtime');
  return {
    end: sparse?.end ?? end,
    entry: {
      path,
      type,
      mode: header.mode & 0o7777,
      uid: readPaxNumber(pax, 'uid', here) ?? header.uid,
      gid: readPaxNumber(pax, 'gid', here) ?? header.gid,
      userName: pax.get('uname') ?? header.userName,
      groupName: pax.get('gname') ?? header.groupName,
      mtime: time === undefined ? header.mtime * 1_000_000_000n : readPaxTime(time, here),
      xattrs: readXattrs(pax),
      linkTarget: pax.get('linkpath') ?? extended.longTarget ?? header.linkTarget,
      major: header.major,
      minor: header.minor,
      segments: sparse?.segments ?? plain,
      size: sparse?.size ?? (isFile ? stored : 0),
      offset: extended.offset ?? where.offset!,
    },
  };
}

/** v7 archives had no directories: a trailing slash says so. */
function entryType(header: Header, path: string, where: Where): EntryType | 'hardlink' {
  const type = TYPES[header.type];
  if (type === 'file' && header.type === '0' && path.endsWith('/')) return 'directory';
  if (type) return type;
  throw new InputError(
    `unknown type '${header.type}'`,
    where,
    'write the archive in pax or GNU format, without multi-volume parts',
  );
}

function extend(extended: Extended, type: string, body: Uint8Array, where: Where): void {
  if (++extended.count > limits.extendedHeaders) {
    throw new InputError('too many extended headers in a row', where, 'the archive is hostile');
  }
  if (type === 'x') {
    extended.pax = new Map([...extended.pax, ...readPax(body, where)]);
    return;
  }
  const end = body.indexOf(0);
  if (end < 0) throw new InputError('a long name does not end', where, 'the archive is damaged');
  const name = Buffer.from(body.buffer, body.byteOffset, end).toString('latin1');
  if (type === 'L') extended.longPath = name;
  else extended.longTarget = name;
}

function readBody(source: ByteSource, header: Header, start: number, where: Where): Uint8Array {
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

function readXattrs(pax: PaxRecords): ReadonlyMap<string, Uint8Array> {
  if (pax.size === 0) return NO_XATTRS;
  const xattrs = new Map<string, Uint8Array>();
  for (const [keyword, value] of pax) {
    if (!keyword.startsWith(XATTR_PREFIX)) continue;
    xattrs.set(keyword.slice(XATTR_PREFIX.length), pathBytes(value));
  }
  return xattrs.size > 0 ? xattrs : NO_XATTRS;
}

function nothingExtended(): Extended {
  return {
    pax: new Map(),
    longPath: undefined,
    longTarget: undefined,
    count: 0,
    offset: undefined,
  };
}

function cut(where: Where, offset: number): InputError {
  return new InputError('the archive is cut short', { ...where, offset }, 'fetch it again');
}

/** Bytes from here to the end that are not zero padding. */
function trailingBytes(source: ByteSource, offset: number): number {
  const step = new Uint8Array(1 << 16);
  for (let at = offset; at < source.length; at += step.length) {
    const part = step.subarray(0, Math.min(step.length, source.length - at));
    source.read(at, part);
    const index = part.findIndex((byte) => byte !== 0);
    if (index >= 0) return source.length - at - index;
  }
  return 0;
}

/** Headers of small files lie close together: one read serves many. */
class BlockReader {
  readonly #source: ByteSource;
  readonly #window = new Uint8Array(1 << 15);
  #start = 0;
  #end = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** A copy of the block at `offset`. */
  at(offset: number): Uint8Array {
    if (offset < this.#start || offset + BLOCK > this.#end) {
      const length = Math.min(this.#window.length, this.#source.length - offset);
      this.#source.read(offset, this.#window.subarray(0, length));
      this.#start = offset;
      this.#end = offset + length;
    }
    return this.#window.slice(offset - this.#start, offset - this.#start + BLOCK);
  }
}

import { InputError, type Where } from '../errors.ts';
import { limits } from '../limits.ts';
import type { ByteSource } from '../streams/source.ts';
import { BlockReader } from './blocks.ts';
import { cut, type Extended, extend, mergeGlobal, nothingExtended, readBody } from './extended.ts';
import { BLOCK, checkOwner, checkSize, type Header, readHeader, roundUp } from './header.ts';
import {
  forgetEmpty,
  type PaxRecords,
  readPax,
  readPaxNumber,
  readPaxTime,
  XATTR_PREFIX,
} from './pax.ts';
import { readGnuSparse, readPaxSparse, type SparseFile } from './sparse.ts';
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
  let contentBytes = 0;
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
        global = mergeGlobal(global, readPax(body, here), here);
      } else {
        extend(extended, header.type, body, here);
        extended.offset ??= offset;
      }
      offset = start + roundUp(header.size);
      continue;
    }
    const { entry, end } = readEntry(source, header, start, extended, global, warnings, here);
    entries.push(entry);
    if (entries.length > limits.entries) {
      throw new InputError(`more than ${limits.entries} entries`, here, 'raise limits.entries');
    }
    contentBytes += entry.size;
    // Holes take no space in the archive, but every measure has to walk through them.
    if (contentBytes > limits.layerBytes) {
      throw new InputError(
        `files of more than ${limits.layerBytes} bytes`,
        here,
        'split the layer, or raise limits.layerBytes',
      );
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
  warnings: string[],
  where: Where,
): { readonly entry: TarEntry; readonly end: number } {
  const pax = forgetEmpty(global.size > 0 ? new Map([...global, ...extended.pax]) : extended.pax);
  const path = pax.get('GNU.sparse.name') ?? pax.get('path') ?? extended.longPath ?? header.path;
  const here = { ...where, entry: path };
  if (path.length > limits.pathBytes) {
    throw new InputError(`path has ${path.length} bytes`, where, 'raise limits.pathBytes');
  }
  const linkTarget = pax.get('linkpath') ?? extended.longTarget ?? header.linkTarget;
  if (linkTarget.length > limits.pathBytes) {
    throw new InputError(
      `link target has ${linkTarget.length} bytes`,
      here,
      'raise limits.pathBytes',
    );
  }
  const type = entryType(header, path, here);
  const stored = checkSize(readPaxNumber(pax, 'size', here) ?? header.size, here);
  const isFile = type === 'file';
  // POSIX: the size of a link says nothing about the archive; GNU and libarchive skip no body either.
  const isLink = type === 'hardlink' || type === 'symlink';
  const body = isLink ? 0 : stored;
  const sparse = isFile ? readSparse(source, header, pax, start, stored, here) : undefined;
  const end = sparse?.end ?? start + body;
  if (roundUp(end) > source.length) throw cut(here, source.length);
  if (!isFile && stored > 0) {
    const fate = isLink ? 'read as if it had none' : 'skipped';
    warnings.push(`entry ${path}: a ${type} with ${stored} bytes of content, ${fate}`);
  }
  const plain: readonly Segment[] =
    isFile && stored > 0 ? [{ source: 0, offset: start, length: stored }] : [];
  const time = pax.get('mtime');
  return {
    end,
    entry: {
      path,
      type,
      mode: header.mode & 0o7777,
      uid: checkOwner(readPaxNumber(pax, 'uid', here) ?? header.uid, 'uid', here),
      gid: checkOwner(readPaxNumber(pax, 'gid', here) ?? header.gid, 'gid', here),
      userName: pax.get('uname') ?? header.userName,
      groupName: pax.get('gname') ?? header.groupName,
      mtime: time === undefined ? header.mtime * 1_000_000_000n : readPaxTime(time, here),
      xattrs: readXattrs(pax),
      linkTarget,
      major: header.major,
      minor: header.minor,
      segments: sparse?.segments ?? plain,
      size: sparse?.size ?? (isFile ? stored : 0),
      offset: extended.offset ?? where.offset!,
    },
  };
}

function readSparse(
  source: ByteSource,
  header: Header,
  pax: PaxRecords,
  start: number,
  stored: number,
  where: Where,
): SparseFile | undefined {
  if (header.type === 'S') return readGnuSparse(source, header, start, stored, where);
  return readPaxSparse(source, pax, start, stored, where);
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

function readXattrs(pax: PaxRecords): ReadonlyMap<string, Uint8Array> {
  if (pax.size === 0) return NO_XATTRS;
  const xattrs = new Map<string, Uint8Array>();
  for (const [keyword, value] of pax) {
    if (!keyword.startsWith(XATTR_PREFIX)) continue;
    xattrs.set(keyword.slice(XATTR_PREFIX.length), pathBytes(value));
  }
  return xattrs.size > 0 ? xattrs : NO_XATTRS;
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

import { InputError, type Where } from '../errors.ts';
import { limits } from '../limits.ts';
import type { ByteSource } from '../streams/source.ts';
import type { Budget } from './budget.ts';
import { cut, type Extended, nameOf } from './extended.ts';
import { type Header, roundUp } from './header.ts';
import { forgetEmpty, type PaxRecords, readPaxNumber, readPaxTime } from './pax.ts';
import { checkDevice, checkOwner, checkTime } from './ranges.ts';
import { readGnuSparse, readPaxSparse, type SparseFile } from './sparse.ts';
import type { EntryType, Segment, Segments } from './tree.ts';
import { type MemberType, memberType } from './typeflags.ts';
import { readXattrs } from './xattrs.ts';

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
  readonly segments: Segments;
  readonly size: number;
  /** Where the first header that belongs to the member starts: bytes. */
  readonly offset: number;
}

const NO_RECORDS: PaxRecords = new Map();

/**
 * The member whose own header starts at `where.offset`; what is odd about it goes to the warnings of `extended`. The budget is
 * charged for what is not the same for every member.
 */
export function readEntry(
  source: ByteSource,
  header: Header,
  start: number,
  extended: Extended,
  global: PaxRecords,
  budget: Budget,
  where: Where,
): { readonly entry: TarEntry; readonly end: number } {
  const { pax, path, here } = named(header, extended, global, where);
  const linkTarget = nameOf('linkpath', extended, pax) ?? header.linkTarget;
  checkLength('link target', linkTarget, here);
  const member = typeOf(header, path, here);
  const { type, hasBody } = member;
  const stored = readPaxNumber(pax, 'size', here) ?? header.size;
  const isFile = type === 'file';
  const sparse = isFile ? readSparse(source, header, pax, start, stored, here) : undefined;
  const end = sparse?.end ?? start + (hasBody ? stored : 0);
  if (roundUp(end) > source.length) throw cut(here, source.length);
  if (!isFile && stored !== 0) extended.warnings.add(unusedSize(member, stored));
  const plain: readonly Segment[] =
    isFile && stored > 0 ? [{ source: 0, offset: start, length: stored }] : [];
  const segments = sparse?.segments ?? plain;
  const userName = pax.get('uname') ?? header.userName;
  const groupName = pax.get('gname') ?? header.groupName;
  budget.charge(path.length + linkTarget.length + userName.length + groupName.length, here);
  budget.chargeSegments(segments, here);
  return {
    end,
    entry: {
      path,
      type,
      mode: header.mode & 0o7777,
      uid: checkOwner(readPaxNumber(pax, 'uid', here) ?? header.uid, 'uid', here),
      gid: checkOwner(readPaxNumber(pax, 'gid', here) ?? header.gid, 'gid', here),
      userName,
      groupName,
      mtime: readTime(header, pax, here),
      xattrs: readXattrs(pax, extended.warnings, budget, here),
      linkTarget,
      ...readDevice(header, type, pax, here),
      segments,
      size: sparse?.size ?? (isFile ? stored : 0),
      offset: extended.offset ?? where.offset!,
    },
  };
}

/** What the headers before a member say of it, its path, and where it stands for errors. */
function named(
  header: Header,
  extended: Extended,
  global: PaxRecords,
  where: Where,
): { readonly pax: PaxRecords; readonly path: string; readonly here: Where } {
  const pax = recordsOf(extended, global);
  const path = readPath(header, extended, pax, where);
  return { pax, path, here: { ...where, entry: path } };
}

/** What a member that is passed over is called, and where it ends: that much is said of it as of any other. */
export function readPassedOver(
  source: ByteSource,
  header: Header,
  start: number,
  extended: Extended,
  global: PaxRecords,
  where: Where,
): { readonly path: string; readonly end: number } {
  const { pax, path, here } = named(header, extended, global, where);
  const end = start + (readPaxNumber(pax, 'size', here) ?? header.size);
  if (roundUp(end) > source.length) throw cut(here, source.length);
  return { path, end };
}

/** Own and global ones. */
function recordsOf({ pax = NO_RECORDS }: Extended, global: PaxRecords): PaxRecords {
  return forgetEmpty(global.size > 0 ? new Map([...global, ...pax]) : pax);
}

function readPath(header: Header, extended: Extended, pax: PaxRecords, where: Where): string {
  const named = pax.get('GNU.sparse.name') ?? nameOf('path', extended, pax);
  const path = named ?? header.path;
  checkLength('path', path, where);
  if (named === undefined && header.isPrefixMisplaced) {
    extended.warnings.add(
      'the beginning of its path stands where GNU tar has times (Go before 1.8)',
    );
  }
  return path;
}

function checkLength(what: string, name: string, where: Where): void {
  if (name.length <= limits.pathBytes) return;
  throw new InputError(`${what} has ${name.length} bytes`, where, 'raise limits.pathBytes');
}

function typeOf(header: Header, path: string, where: Where): MemberType {
  const member = memberType(header.type, path);
  if (member) return member;
  throw new InputError(
    `unknown type '${header.type}'`,
    where,
    'write the archive in pax or GNU format, without multi-volume parts',
  );
}

function unusedSize({ type, hasBody }: MemberType, stored: number): string {
  return hasBody
    ? `a ${type} with ${stored} bytes of content, skipped`
    : `a ${type} with a size of ${stored} bytes, which has no content`;
}

function readTime(header: Header, pax: PaxRecords, where: Where): bigint {
  const time = pax.get('mtime');
  if (time !== undefined) return readPaxTime(time, where);
  return checkTime(BigInt(header.mtime) * 1_000_000_000n, where);
}

/** Numbers that no field holds stand in records of star, which libarchive writes too. */
function readDevice(
  header: Header,
  type: TarEntry['type'],
  pax: PaxRecords,
  where: Where,
): Pick<TarEntry, 'major' | 'minor'> {
  // Of other members they are what the writer left there: tables of contents repeat it, and no tree has it.
  if (!type.endsWith('-device')) return { major: header.major, minor: header.minor };
  const major = readPaxNumber(pax, 'SCHILY.devmajor', where) ?? header.major;
  const minor = readPaxNumber(pax, 'SCHILY.devminor', where) ?? header.minor;
  return {
    major: checkDevice(major, 'devmajor', where),
    minor: checkDevice(minor, 'devminor', where),
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

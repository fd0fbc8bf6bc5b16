import type { ByteSource } from '../streams/source.ts';
import { bufferOf } from './buffer.ts';

export type EntryType =
  | 'file'
  | 'directory'
  | 'symlink'
  | 'character-device'
  | 'block-device'
  | 'fifo';

/** A run of a file's content: `length` bytes at `offset` of source number `source`, or a hole (`source` −1). */
export interface Segment {
  readonly source: number;
  readonly offset: number;
  readonly length: number;
}

export const HOLE = -1;

/** Of nearly all inodes: a map and an array of their own would take more memory than all else of an inode. */
export const NO_XATTRS: ReadonlyMap<string, Uint8Array> = new Map();
export const NO_TARGET: Uint8Array = new Uint8Array(0);

/** A file's segments in order: an array where they are few; see segments.ts for millions. */
export interface Segments extends Iterable<Segment> {
  readonly length: number;
}

/**
 * What paths share when they are hardlinks of one another: one inode, held by reference. Two entries are hardlinked
 * exactly when their `inode` is the same object.
 */
export interface Inode {
  readonly type: EntryType;
  /** Permission bits including setuid, setgid, sticky (07777). */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Owner names as the archive gave them, latin1-encoded bytes; '' where it gave none. */
  readonly userName: string;
  readonly groupName: string;
  /** Modification time: nanoseconds since the epoch. */
  readonly mtime: bigint;
  /** Extended attributes: name → value, names as latin1-encoded bytes. */
  readonly xattrs: ReadonlyMap<string, Uint8Array>;
  /** Target of a symlink, bytes; empty otherwise. */
  readonly target: Uint8Array;
  /** Device numbers; 0 otherwise. */
  readonly major: number;
  readonly minor: number;
  /** Content of a regular file, in order, without gaps (holes are segments). */
  readonly segments: Segments;
  /** Sum of the segments' lengths: bytes. */
  readonly size: number;
}

export interface Entry {
  /**
   * Path below the root without leading or trailing slash, '' for the root itself. A latin1 string: one character per
   * byte, so that every byte sequence is a distinct path and comparing strings compares bytes.
   */
  readonly path: string;
  readonly inode: Inode;
}

/**
 * A merged root file system in memory. Entries are sorted by path, component by component ({@link comparePaths}), every
 * parent directory before its children; contents are segments of `sources`, nothing is extracted.
 */
export interface Tree {
  readonly entries: readonly Entry[];
  readonly sources: readonly ByteSource[];
  /** What in the layers was read with a meaning that their writer may not have meant. */
  readonly warnings?: readonly string[];
}

/** Orders paths by their components, as a depth-first walk over sorted directories visits them ('a/b' before 'a.b'). */
export function comparePaths(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length);
  for (let index = 0; index < shorter; index++) {
    const x = a.charCodeAt(index);
    const y = b.charCodeAt(index);
    if (x !== y) return (x === SLASH ? -1 : x) - (y === SLASH ? -1 : y);
  }
  return a.length - b.length;
}

const SLASH = 0x2f;

/** latin1 ↔ bytes; text that comes from JavaScript source must be ASCII. */
export function pathBytes(path: string): Uint8Array {
  return putLatin1(new Uint8Array(path.length), 0, path);
}

/** Writes text into bytes that are there already: long values are not held twice. */
export function putLatin1(bytes: Uint8Array, offset: number, text: string): Uint8Array {
  if (text !== '')
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).write(text, offset, 'latin1');
  return bytes;
}

export function pathFromBytes(bytes: Uint8Array): string {
  return bufferOf(bytes).toString('latin1');
}

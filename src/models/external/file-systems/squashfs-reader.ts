import { inflateSync } from 'node:zlib';
import { InputError } from '../../../errors.ts';
import { limits } from '../../../limits.ts';
import { type ByteSource, readRange } from '../../../streams/source.ts';
import { pathFromBytes } from '../../../trees/tree.ts';

/**
 * Where things lie in a squashfs image compressed by gzip: Linux, fs/squashfs/squashfs_fs.h and
 * Documentation/filesystems/squashfs.rst, version 4.0. Contents are not read.
 */

/** Content of a file that is stored together, or with the ends of other files. */
export interface SquashfsBlock {
  /** Where in the file it starts, and how much of it there is: bytes. */
  readonly contentOffset: number;
  readonly contentLength: number;
  /** Where in the image it is stored, and in how many bytes; none of a hole. */
  readonly offset: number;
  readonly length: number;
}

export interface SquashfsLayout {
  /** Bytes of the superblock, from the start. */
  readonly superBytes: number;
  /** Where the tables of inodes, directories, fragments, owners and attributes lie, one behind the other: bytes. */
  readonly tables: { readonly offset: number; readonly length: number };
  /** Path of everything, latin1, '' for the root → blocks of a regular file in order; none of anything else. */
  readonly paths: ReadonlyMap<string, readonly SquashfsBlock[]>;
}

const SUPER = 96;
const MAGIC = 0x73717368;
const GZIP = 1;
/** Most that a metadata block holds: bytes. */
const METADATA = 8192;
/** Set in the length of a metadata block, and of a data block, that is not compressed. */
const PLAIN_METADATA = 0x8000;
const PLAIN_DATA = 1 << 24;
const NO_FRAGMENT = 0xffffffff;
const FRAGMENTS_PER_BLOCK = 512;
const DIRECTORY = 1;
const FILE = 2;
const LONG_DIRECTORY = 8;
const LONG_FILE = 9;

/** Throws an InputError where the bytes are no such image. */
export function readSquashfs(image: ByteSource): SquashfsLayout {
  try {
    return new SquashfsReader(image).read();
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError('the squashfs image is damaged', {}, 'pack the image again', {
      cause: error,
    });
  }
}

class SquashfsReader {
  readonly #image: ByteSource;
  readonly #super: Buffer;
  /** By where it starts. */
  readonly #blocks = new Map<number, { readonly content: Buffer; readonly next: number }>();
  readonly #paths = new Map<string, readonly SquashfsBlock[]>();

  constructor(image: ByteSource) {
    this.#image = image;
    this.#super = Buffer.from(readRange(image, 0, SUPER));
    if (this.#super.readUInt32LE(0) !== MAGIC || this.#super.readUInt16LE(28) !== 4) {
      throw new InputError('this is no squashfs image of version 4', {}, 'pack the image again');
    }
    if (this.#super.readUInt16LE(20) !== GZIP) {
      throw new InputError('the squashfs image is not compressed by gzip', {}, 'use codec=gzip');
    }
  }

  read(): SquashfsLayout {
    this.#visit('', this.#number(32));
    const [offset, end] = [this.#number(64), this.#number(40)];
    return { superBytes: SUPER, tables: { offset, length: end - offset }, paths: this.#paths };
  }

  /** Of the superblock. */
  #number(at: number): number {
    return Number(this.#super.readBigUInt64LE(at));
  }

  /** @param reference block of the table of inodes, and place in it */
  #visit(path: string, reference: number): void {
    if (path.length > limits.pathBytes || this.#paths.size >= limits.entries) {
      throw new RangeError(path);
    }
    const start = this.#number(64) + Math.floor(reference / 0x10000);
    const place = reference % 0x10000;
    const inode = (length: number): Buffer => this.#metadata(start, place, length);
    const type = inode(2).readUInt16LE(0);
    if (type === DIRECTORY) {
      const own = inode(32);
      this.#paths.set(path, []);
      this.#list(path, own.readUInt32LE(16), own.readUInt16LE(26), own.readUInt16LE(24));
    } else if (type === LONG_DIRECTORY) {
      const own = inode(40);
      this.#paths.set(path, []);
      this.#list(path, own.readUInt32LE(24), own.readUInt16LE(34), own.readUInt32LE(20));
    } else if (type === FILE) {
      const own = inode(32);
      const at = (offset: number): number => own.readUInt32LE(offset);
      this.#paths.set(path, this.#contents(at(16), at(28), at(20), 32, inode));
    } else if (type === LONG_FILE) {
      const own = inode(56);
      const at = (offset: number): number => Number(own.readBigUInt64LE(offset));
      this.#paths.set(path, this.#contents(at(16), at(24), own.readUInt32LE(44), 56, inode));
    } else this.#paths.set(path, []);
  }

  /** @param stated three more than the listing has bytes */
  #list(path: string, block: number, place: number, stated: number): void {
    const listing = this.#metadata(this.#number(72) + block, place, Math.max(0, stated - 3));
    for (let at = 0; at < listing.length; ) {
      const count = listing.readUInt32LE(at) + 1;
      const inodes = listing.readUInt32LE(at + 4);
      at += 12;
      for (let index = 0; index < count; index++) {
        const length = listing.readUInt16LE(at + 6) + 1;
        const name = pathFromBytes(listing.subarray(at + 8, at + 8 + length));
        this.#visit(
          path === '' ? name : `${path}/${name}`,
          inodes * 0x10000 + listing.readUInt16LE(at),
        );
        at += 8 + length;
      }
    }
  }

  /** @param sizesAt where in the inode the stored lengths of its blocks begin */
  #contents(
    start: number,
    size: number,
    fragment: number,
    sizesAt: number,
    inode: (length: number) => Buffer,
  ): readonly SquashfsBlock[] {
    const blockBytes = this.#super.readUInt32LE(12);
    const whole = size / blockBytes;
    const count = fragment === NO_FRAGMENT ? Math.ceil(whole) : Math.floor(whole);
    const sizes = inode(sizesAt + 4 * count);
    const blocks: SquashfsBlock[] = [];
    let offset = start;
    for (let number = 0; number < count; number++) {
      const contentOffset = number * blockBytes;
      const length = sizes.readUInt32LE(sizesAt + 4 * number) & ~PLAIN_DATA;
      const contentLength = Math.min(blockBytes, size - contentOffset);
      blocks.push({ contentOffset, contentLength, offset, length });
      offset += length;
    }
    if (fragment === NO_FRAGMENT || size === count * blockBytes) return blocks;
    const row = this.#fragment(fragment);
    const contentOffset = count * blockBytes;
    return [...blocks, { contentOffset, contentLength: size - contentOffset, ...row }];
  }

  /** Where a block of several files' ends lies. */
  #fragment(number: number): { readonly offset: number; readonly length: number } {
    const pointer = this.#number(80) + 8 * Math.floor(number / FRAGMENTS_PER_BLOCK);
    const start = Number(Buffer.from(readRange(this.#image, pointer, 8)).readBigUInt64LE(0));
    const row = this.#metadata(start, 16 * (number % FRAGMENTS_PER_BLOCK), 16);
    return {
      offset: Number(row.readBigUInt64LE(0)),
      length: row.readUInt32LE(8) & ~PLAIN_DATA,
    };
  }

  /** Bytes of the metadata blocks from one on, as if they lay end to end uncompressed. */
  #metadata(start: number, place: number, length: number): Buffer {
    const parts: Buffer[] = [];
    let [missing, skipped] = [length, place];
    for (let at = start; missing > 0; ) {
      const { content, next } = this.#block(at);
      const part = content.subarray(skipped, skipped + missing);
      if (part.length === 0 && skipped === 0) throw new RangeError('an empty block');
      parts.push(part);
      missing -= part.length;
      skipped = 0;
      at = next;
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  #block(start: number): { readonly content: Buffer; readonly next: number } {
    const known = this.#blocks.get(start);
    if (known) return known;
    const head = Buffer.from(readRange(this.#image, start, 2)).readUInt16LE(0);
    const length = head & ~PLAIN_METADATA;
    const stored = readRange(this.#image, start + 2, length);
    const content =
      (head & PLAIN_METADATA) === 0
        ? inflateSync(stored, { maxOutputLength: METADATA })
        : Buffer.from(stored);
    const block = { content, next: start + 2 + length };
    this.#blocks.set(start, block);
    return block;
  }
}

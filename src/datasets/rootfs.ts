import { createHash } from 'node:crypto';
import {
  createReadStream,
  lstatSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { type Compression, decompressStream } from '../codecs/read.ts';
import { InputError, storageError } from '../errors.ts';
import { digestFile } from '../images/cache.ts';
import { imageDigest } from '../images/digest.ts';
import { fileCompression } from '../images/files.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { limits } from '../limits.ts';
import { checkLayerNames } from '../serialisers/check.ts';
import { changed, isInState, settledState } from '../streams/file-state.ts';
import { type ByteSource, FileSource, hashSource } from '../streams/source.ts';
import { Budget } from '../trees/budget.ts';
import { checkTime } from '../trees/ranges.ts';
import { type Entry, type EntryType, type Inode, pathFromBytes, type Tree } from '../trees/tree.ts';
import { storeLayers } from './layer.ts';
import type { FetchContext, Outlook, Provider } from './provider.ts';

export interface RootfsSource {
  readonly type: 'rootfs';
  /** A tar, plain or compressed by gzip, zstd or xz, or a directory. */
  readonly path: string;
}

const schema: z.ZodType<RootfsSource> = z.strictObject({
  type: z.literal('rootfs'),
  path: z.string().min(1),
});

const CONFIG = { architecture: 'unknown', os: 'linux', config: {} };

export const rootfs: Provider<RootfsSource> = {
  type: 'rootfs',
  title: 'a root file system as a tar or a directory',
  schema,

  async identity({ path }, baseDirectory) {
    const place = resolve(baseDirectory, path);
    const digest = isDirectory(place)
      ? digestDirectory(readDirectory(place))
      : (await verifiedTar(place)).digest.slice('sha256:'.length);
    identified.set(place, digest);
    return `rootfs ${digest}`;
  },

  async fetch({ path }, { id }, _pins, context): Promise<ImageDescriptor> {
    const place = resolve(context.baseDirectory, path);
    if (!isDirectory(place)) return storeTar(id, place, context);
    const tree = readDirectory(place);
    checkLayerNames(tree);
    const image = await storeLayers(id, [tree], context.cache, CONFIG);
    checkIdentified(place, digestDirectory(readDirectory(place)));
    return image;
  },

  async outlook({ path }, { id }, _pins, { baseDirectory }): Promise<Outlook> {
    const place = resolve(baseDirectory, path);
    if (isDirectory(place)) {
      const { sources } = readDirectory(place);
      return { missing: [], layerBytes: sources.reduce((sum, { length }) => sum + length, 0) };
    }
    if (fileCompression(place) !== 'none') return { missing: [] };
    return { missing: [], image: imageOf(id, await ownLayer(place)) };
  },
};

/** Digests of what datasets were identified by, by path: what is fetched must be the same. */
const identified = new Map<string, string>();

function checkIdentified(place: string, digest: string): void {
  if ((identified.get(place) ?? digest) !== digest) throw changed(place);
}

function digestDirectory(tree: Tree): string {
  const hash = createHash('sha256');
  for (const { path: name, inode } of tree.entries) {
    const { segments: _segments, xattrs: _xattrs, target, ...facts } = inode;
    hash.update(JSON.stringify([name, { ...facts, mtime: String(facts.mtime) }, [...target]]));
    for (const { source } of inode.segments) hashSource(tree.sources[source]!, hash);
  }
  return hash.digest('hex');
}

interface VerifiedTar {
  /** Of the file, however it is compressed: `sha256:…`. */
  readonly digest: string;
  /** In which it has that digest. */
  readonly state: string;
}

/** By path: who asks for the identity of a dataset asks for its images next. */
const verified = new Map<string, VerifiedTar>();

async function verifiedTar(path: string): Promise<VerifiedTar> {
  try {
    const known = verified.get(path);
    if (known && isInState(statSync(path), known.state)) return known;
    const state = await settledState(path);
    const digest = await digestFile(path);
    if (!isInState(statSync(path), state)) throw changed(path);
    verified.set(path, { digest, state });
    return { digest, state };
  } catch (error) {
    throw storageError(error, path);
  }
}

/** The tar as it is becomes the layer: it stays where it is, and is copied into the cache only where it is compressed. */
async function storeTar(id: string, path: string, context: FetchContext): Promise<ImageDescriptor> {
  const compression = fileCompression(path);
  const isOwn = compression === 'none';
  return imageOf(id, isOwn ? await ownLayer(path) : await unpackTar(path, compression, context));
}

function imageOf(id: string, layer: ImageDescriptor['layers'][number]): ImageDescriptor {
  const config = { ...CONFIG, rootfs: { type: 'layers', diff_ids: [layer.diffId] } };
  return {
    id,
    digest: imageDigest([layer.diffId]),
    layers: [layer],
    config: JSON.stringify(config),
  };
}

async function ownLayer(path: string): Promise<ImageDescriptor['layers'][number]> {
  const { digest, state } = await verifiedTar(path);
  checkIdentified(path, digest.slice('sha256:'.length));
  return { diffId: digest, path, state };
}

async function unpackTar(
  path: string,
  compression: Compression,
  { cache }: FetchContext,
): Promise<ImageDescriptor['layers'][number]> {
  const { digest, state } = await verifiedTar(path);
  checkIdentified(path, digest.slice('sha256:'.length));
  // A decompressor may still hold a chunk when it asks for the next.
  const bytes = createReadStream(path, { highWaterMark: 1 << 20 });
  const tar = await cache.store(decompressStream(bytes, compression, { file: path }));
  if (!isInState(statSync(path), state)) throw changed(path);
  return { diffId: tar.digest, path: tar.path };
}

export function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw storageError(error, path);
  }
}

/**
 * A directory as a tree: hardlinks are found by device and inode number, times are whole milliseconds, sockets are left
 * out, extended attributes cannot be read from JavaScript. Throws an InputError for names that are not UTF-8.
 */
export function readDirectory(root: string): Tree {
  const entries: Entry[] = [];
  const sources: ByteSource[] = [];
  const links = new Map<string, Inode>();
  const budget = new Budget();
  const visit = (place: string, path: string): void => {
    try {
      const facts = lstatSync(place, { bigint: true });
      const type = typeOf(facts);
      if (!type) return;
      const where = { file: place };
      budget.charge(path.length, where);
      if (entries.length >= limits.entries) {
        throw new InputError(`more than ${limits.entries} entries`, where, 'raise limits.entries');
      }
      const key = `${facts.dev}:${facts.ino}`;
      const known = facts.nlink > 1n && type !== 'directory' ? links.get(key) : undefined;
      if (known) {
        entries.push({ path, inode: known });
        return;
      }
      const isFile = type === 'file' && facts.size > 0n;
      const size = isFile ? Number(facts.size) : 0;
      const source = isFile ? sources.push(new LazyFile(place, size)) - 1 : 0;
      const [major, minor] = type.endsWith('-device') ? deviceNumbers(facts.rdev) : [0, 0];
      const inode: Inode = {
        type,
        mode: Number(facts.mode & 0o7777n),
        uid: Number(facts.uid),
        gid: Number(facts.gid),
        userName: '',
        groupName: '',
        mtime: checkTime(wholeMilliseconds(facts.mtimeNs), { file: place }),
        xattrs: new Map(),
        target: type === 'symlink' ? utf8Bytes(readlinkSync(place), place) : new Uint8Array(0),
        major,
        minor,
        segments: isFile ? [{ source, offset: 0, length: size }] : [],
        size,
      };
      budget.charge(inode.target.length, where);
      links.set(key, inode);
      entries.push({ path, inode });
      if (type !== 'directory') return;
      for (const name of readdirSync(place).sort()) {
        const latin1 = pathFromBytes(utf8Bytes(name, place));
        visit(join(place, name), path === '' ? latin1 : `${path}/${latin1}`);
      }
    } catch (error) {
      throw storageError(error, place);
    }
  };
  visit(realpathSync(root), '');
  return { entries, sources };
}

/** Text of the file system as the bytes it was read from. Not both runtimes give bytes themselves. */
function utf8Bytes(text: string, place: string): Uint8Array {
  if (!text.includes('\ufffd')) return new TextEncoder().encode(text);
  throw new InputError(
    `a file name or link in ${place} is not UTF-8`,
    { file: place },
    'pack the directory with tar and give the tar',
  );
}

/** Deno knows no finer times; an image must be the same on both runtimes. */
function wholeMilliseconds(nanoseconds: bigint): bigint {
  return nanoseconds - (((nanoseconds % 1_000_000n) + 1_000_000n) % 1_000_000n);
}

/** Opened for one read at a time: a tree has more files than a process may hold open. */
class LazyFile implements ByteSource {
  readonly path: string;
  readonly length: number;

  constructor(path: string, length: number) {
    this.path = path;
    this.length = length;
  }

  read(offset: number, into: Uint8Array): void {
    const file = new FileSource(this.path);
    try {
      file.read(offset, into);
    } finally {
      file.close();
    }
  }
}

interface Facts {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
  isCharacterDevice(): boolean;
  isBlockDevice(): boolean;
  isFIFO(): boolean;
}

/** undefined for a socket: it has no meaning in an image. */
function typeOf(facts: Facts): EntryType | undefined {
  if (facts.isFile()) return 'file';
  if (facts.isDirectory()) return 'directory';
  if (facts.isSymbolicLink()) return 'symlink';
  if (facts.isCharacterDevice()) return 'character-device';
  if (facts.isBlockDevice()) return 'block-device';
  return facts.isFIFO() ? 'fifo' : undefined;
}

/** Linux packs both numbers into one (makedev(3)). */
function deviceNumbers(device: bigint): readonly [major: number, minor: number] {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xfffff000n);
  const minor = (device & 0xffn) | ((device >> 12n) & 0xffffff00n);
  return [Number(major), Number(minor)];
}

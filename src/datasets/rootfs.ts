import { createHash } from 'node:crypto';
import { createReadStream, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { decompressStream, detectCompression } from '../codecs/read.ts';
import { InputError, storageError } from '../errors.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { type ByteSource, FileSource } from '../streams/source.ts';
import type { Entry, EntryType, Inode, Tree } from '../trees/tree.ts';
import { imageDigest, storeLayer } from './layer.ts';
import type { FetchContext, Provider } from './provider.ts';

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
    const hash = createHash('sha256');
    if (isDirectory(place)) {
      const tree = readDirectory(place);
      for (const { path: name, inode } of tree.entries) {
        const { segments: _segments, xattrs: _xattrs, target, ...facts } = inode;
        hash.update(JSON.stringify([name, { ...facts, mtime: String(facts.mtime) }, [...target]]));
        for (const { source } of inode.segments) {
          hash.update(readFileSync((tree.sources[source] as LazyFile).path));
        }
      }
    } else {
      for await (const chunk of createReadStream(place)) hash.update(chunk as Uint8Array);
    }
    return `rootfs ${hash.digest('hex')}`;
  },

  async fetch({ path }, { id }, _pins, context): Promise<ImageDescriptor> {
    const place = resolve(context.baseDirectory, path);
    if (isDirectory(place)) return storeLayer(id, readDirectory(place), context.cache, CONFIG);
    return storeTar(id, place, context);
  },
};

/** The tar as it is becomes the layer. */
async function storeTar(id: string, path: string, context: FetchContext): Promise<ImageDescriptor> {
  const source = new FileSource(path);
  const first = new Uint8Array(Math.min(8, source.length));
  source.read(0, first);
  source.close();
  const compressed = createReadStream(path, { highWaterMark: 1 << 20 });
  const tar = decompressStream(compressed, detectCompression(first), { file: path });
  const { digest, path: layer } = await context.cache.store(tar);
  const config = { ...CONFIG, rootfs: { type: 'layers', diff_ids: [digest] } };
  return {
    id,
    digest: imageDigest([digest]),
    layers: [{ diffId: digest, path: layer }],
    config: JSON.stringify(config),
  };
}

export function isDirectory(path: string): boolean {
  try {
    return lstatSync(path).isDirectory();
  } catch (error) {
    throw storageError(error, path);
  }
}

/**
 * A directory as a tree: names are bytes, hardlinks are found by device and inode number, sockets are left out, extended
 * attributes cannot be read from JavaScript.
 */
export function readDirectory(root: string): Tree {
  const entries: Entry[] = [];
  const sources: ByteSource[] = [];
  const links = new Map<string, Inode>();
  const visit = (place: string, path: string): void => {
    try {
      const facts = lstatSync(place, { bigint: true });
      const type = typeOf(facts);
      if (!type) return;
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
        mtime: facts.mtimeNs,
        xattrs: new Map(),
        target:
          type === 'symlink' ? Uint8Array.from(readlinkSync(place, 'buffer')) : new Uint8Array(0),
        major,
        minor,
        segments: isFile ? [{ source, offset: 0, length: size }] : [],
        size,
      };
      links.set(key, inode);
      entries.push({ path, inode });
      if (type !== 'directory') return;
      for (const name of readdirSync(place).sort()) {
        if (name.includes('\ufffd')) {
          throw new InputError(
            `a file name in ${place} is not UTF-8`,
            { file: place },
            'pack the directory with tar and give the tar',
          );
        }
        const latin1 = Buffer.from(name, 'utf8').toString('latin1');
        visit(join(place, name), path === '' ? latin1 : `${path}/${latin1}`);
      }
    } catch (error) {
      throw storageError(error, place);
    }
  };
  visit(root, '');
  return { entries, sources };
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

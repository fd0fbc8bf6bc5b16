import { createHash } from 'node:crypto';
import { PluginError, reasonOf } from '../errors.ts';
import type { Image } from '../images/image.ts';
import { MemorySource, readAll } from '../streams/source.ts';
import { differences } from '../trees/compare.ts';
import { disorder } from '../trees/disorder.ts';
import { applyLayers } from '../trees/layers.ts';
import type { EntryType, Inode } from '../trees/tree.ts';
import { flatRoot, metadataOf, restorable } from './alone.ts';
import type { Metadata, Serialised, Serialiser } from './serialiser.ts';
import { treeToTar } from './tar.ts';

/** The laws of every serialiser, on one image. Returns what is broken, in words. */
export function serialiserFaults(serialiser: Serialiser, image: Image): readonly string[] {
  const faults: string[] = [];
  const serialised = serialiser.serialise(image);
  const metadata = metadataOf(serialised);
  const streams = restorable(serialised).map((bytes) => new MemorySource(bytes));
  const restored = serialiser.restore(streams, flatRoot(serialiser, metadata));
  const lost = differences(image.tree, restored, serialiser.fidelity, 1);
  if (lost.length > 0) faults.push(`does not restore the tree: ${lost[0]}`);
  const digest = digestOf(serialised, metadata);
  const others = [1, 2, 3].map((seed) => ({ ...image, tree: disorder(image.tree, seed) }));
  for (const other of others) {
    const again = serialiser.serialise(other);
    if (digestOf(again, metadataOf(again)) === digest) continue;
    faults.push('depends on the order of entries in memory');
    break;
  }
  return faults;
}

/** Throws a PluginError that names the broken rules of a serialiser. For those that the suite does not hold to them. */
export function holdToContract(serialiser: Serialiser): void {
  let faults: readonly string[];
  try {
    faults = serialiserFaults(serialiser, sample());
  } catch (cause) {
    throw fault(serialiser, `fails: ${reasonOf(cause)}`, cause);
  }
  if (faults.length > 0) throw fault(serialiser, faults.join(', '));
}

function fault({ id }: Serialiser, what: string, cause?: unknown): PluginError {
  return new PluginError(
    `serialiser '${id}' breaks its contract: ${what}`,
    {},
    'fix the member: src/serialisers/serialiser.ts states what it promises',
    { cause },
  );
}

/** Of streams and metadata. */
export function digestOf({ streams }: Serialised, metadata: Metadata | undefined): string {
  const hash = createHash('sha256');
  for (const { bytes } of streams) hash.update(readAll(bytes));
  for (const { bytes } of metadata?.objects ?? []) hash.update(bytes);
  return hash.update(metadata?.root ?? '').digest('hex');
}

/** An image of one layer: directories, files, one of them empty, a hard link and a symlink. */
function sample(): Image {
  const file = inodeOf('file', 0o644, 11);
  const inodes: readonly (readonly [path: string, inode: Inode])[] = [
    ['', inodeOf('directory', 0o755)],
    ['a', inodeOf('directory', 0o700)],
    ['a/empty', inodeOf('file', 0o600)],
    ['a/file', file],
    ['b', inodeOf('symlink', 0o777)],
    ['c', file],
  ];
  const sources = [new MemorySource(new TextEncoder().encode('the content'))];
  const entries = inodes.map(([path, inode]) => ({ path, inode }));
  const tar = new MemorySource(readAll(treeToTar({ entries, sources })));
  return {
    descriptor: { id: 'sample', digest: '', layers: [], config: '{}' },
    layers: [{ diffId: '', tar: Object.assign(tar, { path: '' }) }],
    tree: applyLayers([tar]),
  };
}

function inodeOf(type: EntryType, mode: number, size = 0): Inode {
  return {
    type,
    mode,
    uid: 0,
    gid: 0,
    userName: '',
    groupName: '',
    mtime: 1_700_000_000_000_000_000n,
    xattrs: new Map(),
    target: type === 'symlink' ? new TextEncoder().encode('a/file') : new Uint8Array(0),
    major: 0,
    minor: 0,
    segments: size > 0 ? [{ source: 0, offset: 0, length: size }] : [],
    size,
  };
}

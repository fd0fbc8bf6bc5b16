import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createChunker } from '../../src/chunkers/mod.ts';
import { readDirectory } from '../../src/datasets/directory.ts';
import { Rope } from '../../src/streams/rope.ts';
import { type ByteSource, readRange } from '../../src/streams/source.ts';
import { contentSource } from '../../src/trees/content.ts';
import type { Entry, Inode, Tree } from '../../src/trees/tree.ts';
import { objectNames, packOurs, storedBytes, sum } from './ours.ts';
import type { Comparison, Peer, Place } from './peer.ts';
import { binary, run } from './tools.ts';
import { compareTrees } from './trees.ts';

const VERSION = '0.2.0';
const CHUNKER = 'fastcdc:avg=64KiB';
const ROOTFS = 'application/vnd.puzzlefs.image.rootfs.v1';

interface Layer {
  readonly digest: string;
  readonly mediaType: string;
}

interface Built {
  readonly layout: string;
  readonly manifestBytes: number;
  readonly layers: readonly Layer[];
  /** Bytes of the blob of a layer. */
  sizeOf(layer: Layer): number;
}

export const puzzlefs: Peer = {
  name: 'puzzlefs',
  title: 'puzzlefs',
  follows: ['puzzlefs', 'fastcdc'],
  version: () => VERSION,

  build(place) {
    if (existsSync(binary(place, 'puzzlefs'))) return;
    const target = join(place.folder, 'cargo/puzzlefs');
    const words = ['install', 'puzzlefs', '--version', VERSION, '--locked', '--target-dir', target];
    run('cargo', [...words, '--root', place.folder]);
  },

  async compare(place, { tree: directory, image }) {
    const { tree } = image;
    const plain = build(place, directory, 'plain');
    const theirs = new Set(contentsOf(plain).map(({ digest }) => digest.slice('sha256:'.length)));
    const lexicographic = await packOurs(
      image,
      `stream:order=lexicographic|${CHUNKER}|none|manifest|get`,
      join(place.work, 'lexicographic'),
    );
    const ours = objectNames(lexicographic);
    const shared = ours.filter((name) => theirs.has(name)).length;
    const expected = new Set(namesIn(directoryByDirectory(tree)));
    const isOrder =
      expected.size === theirs.size && [...expected].every((name) => theirs.has(name));
    const zstd = build(place, directory, 'zstd', '--compression');
    const packed = await packOurs(image, 'puzzlefs', join(place.work, 'ours'));
    const rows: Comparison[] = [
      {
        parameters: 'defaults: no compression',
        what: 'distinct chunks',
        theirs: theirs.size,
        ours: ours.length,
        isSame: shared === ours.length && shared === theirs.size,
        why: isOrder
          ? `it writes the files of a directory before what lies in directories below; in that order our cuts give the same names, in ours ${shared} of them`
          : `not explained: ${shared} names are the same`,
      },
      {
        parameters: '--compression',
        what: 'bytes of chunks',
        theirs: sum(contentsOf(zstd).map((layer) => zstd.sizeOf(layer))),
        ours: storedBytes(packed),
        isSame: false,
        why: 'frames of 4 KiB at level 3 in both; chunks that do not shrink are stored as they are there',
      },
      {
        parameters: '--compression',
        what: 'bytes of the manifest and of the metadata blob',
        theirs:
          zstd.manifestBytes + sum(zstd.layers.filter(isRoot).map((layer) => zstd.sizeOf(layer))),
        ours:
          packed.inventory.manifestBytes +
          sum(
            packed.inventory.layers
              .filter(({ role }) => role === 'metadata')
              .map(({ size }) => size),
          ),
        isSame: false,
        why: "its metadata is Cap'n Proto, not compressed, with the fs-verity digest of every chunk",
      },
    ];
    const extracted = join(place.work, 'extracted');
    run(binary(place, 'puzzlefs'), ['extract', `${zstd.layout}:x`, extracted]);
    const kept = { ownerNames: false, sparse: false };
    const parameters = 'what it extracts of its own image';
    return [...rows, compareTrees(parameters, tree, readDirectory(extracted), kept)];
  },
};

function build(place: Place, directory: string, name: string, ...words: readonly string[]): Built {
  const layout = join(place.work, name);
  mkdirSync(layout);
  run(binary(place, 'puzzlefs'), ['build', directory, `${layout}:x`, ...words]);
  const blob = (digest: string): string =>
    join(layout, 'blobs/sha256', digest.slice('sha256:'.length));
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as {
    manifests: readonly { digest: string }[];
  };
  const manifest = readFileSync(blob(index.manifests[0]!.digest));
  const { layers } = JSON.parse(manifest.toString()) as { layers: readonly Layer[] };
  const distinct = new Map(layers.map((layer) => [layer.digest, layer]));
  return {
    layout,
    manifestBytes: manifest.length,
    layers: [...distinct.values()],
    sizeOf: ({ digest }) => statSync(blob(digest)).size,
  };
}

function isRoot({ mediaType }: Layer): boolean {
  return mediaType.startsWith(ROOTFS);
}

function contentsOf({ layers }: Built): readonly Layer[] {
  return layers.filter((layer) => !isRoot(layer));
}

/** Contents as puzzlefs lays them: directories depth first, of each its files, then what is below. */
function directoryByDirectory(tree: Tree): ByteSource {
  const files = new Map<string, Entry[]>();
  for (const entry of tree.entries) {
    if (entry.inode.type === 'directory') files.set(entry.path, []);
  }
  for (const entry of tree.entries) {
    if (entry.inode.type !== 'file') continue;
    files.get(entry.path.slice(0, Math.max(0, entry.path.lastIndexOf('/'))))!.push(entry);
  }
  const seen = new Set<Inode>();
  const contents = new Rope();
  for (const { inode } of [...files.values()].flat()) {
    if (seen.has(inode)) continue;
    seen.add(inode);
    contents.append(contentSource(tree, inode));
  }
  return contents;
}

/** SHA-256 of each chunk, hexadecimal. */
function namesIn(source: ByteSource): readonly string[] {
  let end = 0;
  return [...createChunker(CHUNKER).lengths(source)].map((length) => {
    end += length;
    return createHash('sha256')
      .update(readRange(source, end - length, length))
      .digest('hex');
  });
}

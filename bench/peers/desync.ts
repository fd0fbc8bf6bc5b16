import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeFile } from '../../src/write-whole.ts';
import { differencesOf, objectNames, packOurs, storedBytes, sum } from './ours.ts';
import type { Comparison, Input, Peer, Place } from './peer.ts';
import { binary, buildGoProgram, filesBelow, run } from './tools.ts';

const VERSION = '1.1.0';

interface Chunk {
  readonly id: string;
  readonly length: number;
}

interface Made {
  readonly chunks: readonly Chunk[];
  readonly store: string;
  /** Bytes of all its files. */
  readonly bytes: number;
}

export const desync: Peer = {
  name: 'desync',
  title: 'desync',
  follows: ['casync', 'chunk-per-blob'],
  version: () => VERSION,

  build(place) {
    buildGoProgram(
      place,
      `github.com/folbricht/desync@v${VERSION}`,
      './cmd/desync',
      'h1:2cUpurc9/ZhBksMTZbmqYXD3TBujjCf4XFHsFSYkHd0=',
    );
  },

  async compare(place, input) {
    const ours = await packOurs(input.image, 'casync', join(place.work, 'ours'));
    const catar = readFileSync(input.catar);
    const known = new Set(objectNames(ours));
    const same = make(place, input, ['--digest', 'sha256', '-m', '16:64:256']);
    const distinct = new Set(same.chunks.map(({ id }) => id));
    const hasSameNames = known.size === distinct.size && [...known].every((id) => distinct.has(id));
    const rows: Comparison[] = [
      {
        parameters: '--digest sha256 -m 16:64:256',
        what: 'distinct chunks of the catar',
        theirs: distinct.size,
        ours: known.size,
        isSame: hasSameNames,
        why: hasSameNames ? 'the same names, so the same cuts' : 'names differ',
      },
      {
        parameters: '--digest sha256 -m 16:64:256',
        what: 'bytes of the store',
        theirs: same.bytes,
        ours: storedBytes(ours),
        isSame: false,
        why: hasSameNames
          ? 'the chunks are the same; its encoder is klauspost/compress at its default level, ours libzstd 1.5.7 at level 3'
          : 'other chunks',
      },
    ];
    const plain = make(place, input, []);
    const names = namesBySha512(catar, same.chunks);
    const isSame = plain.chunks.every(({ id }, index) => id === names[index]);
    rows.push({
      parameters: 'defaults',
      what: 'chunks of the catar',
      theirs: plain.chunks.length,
      ours: names.length,
      isSame: isSame && plain.chunks.length === names.length,
      why: isSame
        ? 'the same cuts, named by SHA-512/256 where ours are named by SHA-256'
        : 'other cuts',
    });
    const index = ours.manifest.layers[0]!.digest;
    rows.push(extracted(place, input, ours.directory, index));
    // Their store in the place of ours: what we unpack comes out of it alone.
    rmSync(join(ours.directory, 'objects'), { recursive: true });
    renameSync(same.store, join(ours.directory, 'objects'));
    const found = await differencesOf(ours, input.image);
    rows.push({
      parameters: '--digest sha256 -m 16:64:256',
      what: 'paths that we unpack from its store',
      theirs: input.image.tree.entries.length,
      ours: input.image.tree.entries.length - found.length,
      isSame: found.length === 0,
      why: found[0] ?? 'the tree is equal',
    });
    return rows;
  },
};

function make({ folder, work }: Place, { catar }: Input, words: readonly string[]): Made {
  const name = words.length === 0 ? 'default' : 'same';
  const [store, index] = [join(work, name), join(work, `${name}.caibx`)];
  mkdirSync(store);
  run(binary({ folder, work }, 'desync'), ['make', ...words, '-s', store, index, catar]);
  return {
    chunks: readChunks(readFileSync(index)),
    store,
    bytes: sum(filesBelow(store, '.cacnk')),
  };
}

/** Rows of a casync index, whatever names its chunks have: after two headers u64 of the end and 32 bytes of name. */
function readChunks(bytes: Buffer): readonly Chunk[] {
  const [HEADERS, ROW] = [64, 40];
  const chunks: Chunk[] = [];
  let start = 0;
  for (let at = HEADERS; at + ROW < bytes.length; at += ROW) {
    const end = Number(bytes.readBigUInt64LE(at));
    chunks.push({ id: bytes.toString('hex', at + 8, at + ROW), length: end - start });
    start = end;
  }
  return chunks;
}

function namesBySha512(bytes: Buffer, chunks: readonly Chunk[]): readonly string[] {
  let end = 0;
  return chunks.map(({ length }) => {
    end += length;
    return createHash('sha512-256')
      .update(bytes.subarray(end - length, end))
      .digest('hex');
  });
}

function extracted(place: Place, input: Input, directory: string, index: string): Comparison {
  const [name, output] = [join(place.work, 'ours.caibx'), join(place.work, 'extracted')];
  // It tells an index by the suffix of its name.
  writeFile(name, readFileSync(join(directory, 'blobs/sha256', index.slice('sha256:'.length))));
  const words = ['extract', '--digest', 'sha256', '-s', join(directory, 'objects'), name, output];
  run(binary(place, 'desync'), words);
  const [theirs, ours] = [readFileSync(output), readFileSync(input.catar)];
  return {
    parameters: '--digest sha256',
    what: 'bytes of the catar that it extracts from our store',
    theirs: theirs.length,
    ours: ours.length,
    isSame: theirs.equals(ours),
    why: theirs.equals(ours) ? 'it reads our index and chunks' : 'it extracts other bytes',
  };
}

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createModel } from '../models/mod.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { readAll } from '../streams/source.ts';
import { imageOfTars } from '../testing/images.ts';
import { noise } from '../testing/noise.ts';
import { sketchTree } from '../testing/trees.ts';
import { digestOf } from './content-digest.ts';
import { withInline } from './executor.ts';
import { createPieceMemory, type PieceMemory, RememberedPieces } from './piece-memory.ts';

const found = (memory: PieceMemory, codec: string, digest: Uint8Array): Uint8Array | undefined => {
  const place = new RememberedPieces(memory, codec).find(digest);
  return place && memory.bytes.slice(place.offset, place.offset + place.length);
};

test('a piece is found by the codec that made it, in any thread, and by no other', () => {
  const memory = createPieceMemory(1 << 20);
  const gzip = new RememberedPieces(memory, 'gzip:level=6');
  const digest = digestOf(noise(100, 1));
  assert.is(gzip.find(digest), undefined);
  const kept = gzip.keep(digest, noise(50, 2));
  assert.equal(found(memory, 'gzip:level=6', digest), noise(50, 2));
  assert.equal(gzip.find(digest), kept);
  assert.is(found(memory, 'zstd:level=3', digest), undefined);
  assert.is(gzip.find(digestOf(noise(100, 3))), undefined);
});

test('restored is the very piece that somebody decompressed, of that content by that codec', () => {
  const memory = createPieceMemory(1 << 20);
  const pieces = new RememberedPieces(memory, 'gzip:level=6');
  const [digest, piece] = [digestOf(noise(100, 1)), noise(50, 5)];
  const isRestored = (bytes: Uint8Array, by = pieces): boolean =>
    by.isRestored(digest, () => bytes);
  pieces.tellRestored(digest, () => piece);
  pieces.keep(digest, piece);
  assert.is(isRestored(piece), false);
  pieces.tellRestored(digest, () => noise(50, 3));
  assert.is(isRestored(piece), false);
  pieces.tellRestored(digest, () => piece);
  assert.is(isRestored(piece), true);
  assert.is(isRestored(piece, new RememberedPieces(memory, 'gzip:level=6')), true);
  assert.is(isRestored(noise(50, 3)), false);
  assert.is(isRestored(noise(49, 2)), false);
  assert.is(isRestored(piece, new RememberedPieces(memory, 'zstd:level=3')), false);
  assert.equal(found(memory, 'gzip:level=6', digest), piece);
});

test('what finds no room is not kept, and takes nothing away: bytes and rows', () => {
  const memory = createPieceMemory(1 << 20);
  const pieces = new RememberedPieces(memory, 'x');
  const digests = Array.from({ length: 40 }, (_, seed) => digestOf(Uint8Array.of(seed)));
  // One may take a thirty-second part.
  const longest = 1 << 15;
  assert.is(pieces.keep(digests[39]!, noise(longest + 1, 1)), undefined);
  assert.is(pieces.find(digests[39]!), undefined);
  for (const digest of digests.slice(0, 31)) pieces.keep(digest, noise(longest, 1));
  pieces.keep(digests[31]!, noise(longest - 100, 2));
  assert.is(pieces.keep(digests[32]!, noise(101, 3)), undefined);
  assert.is(pieces.find(digests[32]!), undefined);
  pieces.keep(digests[33]!, noise(100, 3));
  assert.equal(found(memory, 'x', digests[31]!), noise(longest - 100, 2));
  assert.equal(found(memory, 'x', digests[33]!), noise(100, 3));
  // 16 rows, of which half are used.
  const short = createPieceMemory(4096);
  const many = new RememberedPieces(short, 'x');
  for (const digest of digests) many.keep(digest, noise(1, 1));
  assert.is(digests.filter((digest) => many.find(digest)).length, 8);
});

test('models pack the same with a memory that others filled, however little it holds', async () => {
  const image = (seed: number): ReturnType<typeof imageOfTars> =>
    imageOfTars(
      readAll(
        treeToTar(
          sketchTree({
            common: { content: noise(200_000, 1) },
            own: { content: noise(90_000, seed) },
          }),
        ),
      ),
    );
  const images = [image(3), image(5)];
  for (const bytes of [1 << 22, 50_000, 0]) {
    const memory = createPieceMemory(bytes);
    for (const alias of ['per-file', 'catar', 'catar-blob', 'nydus', 'ostree', 'puzzlefs']) {
      const model = await createModel(alias);
      for (const one of images) {
        const [alone, shared] = await Promise.all(
          [undefined, memory].map((given) =>
            withInline(async (executor) => {
              const { manifest, stored } = await model.pack(one, executor);
              return { manifest, bytes: Buffer.from(readAll(stored.bytes)).toString('hex') };
            }, given),
          ),
        );
        assert.equal(shared, alone, `${alias}, ${bytes} bytes`);
      }
    }
  }
});

test.run();

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createChunker } from '../chunkers/mod.ts';
import { expandGrid } from '../ids.ts';
import { type ByteSource, MemorySource } from '../streams/source.ts';
import { noise } from '../testing/noise.ts';
import { anchorsOf } from './anchors.ts';
import { SweepAccounting } from './mod.ts';

const SETS = [
  ...expandGrid('fastcdc:avg=1KiB..16KiB,nc={0,2}'),
  'fastcdc:min=65,avg=725,max=1025,nc=2',
  'rabin:avg=4KiB',
  'casync:avg=4KiB',
  'fixed:size=1000',
  'whole',
];

/** The definition: each chunker on its own, each distinct chunk by its SHA-256. */
function plainBooks(id: string, images: readonly (readonly Uint8Array[])[]): readonly number[][] {
  const chunker = createChunker(id);
  const seen = new Set<string>();
  let unique = 0;
  return images.map((streams) => {
    let added = 0;
    let count = 0;
    for (const bytes of streams) {
      const lengths = chunker.lengths(new MemorySource(bytes));
      let at = 0;
      for (const length of lengths.length > 0 ? lengths : [0]) {
        const digest = createHash('sha256')
          .update(bytes.subarray(at, at + length))
          .digest('hex');
        if (!seen.has(digest)) added += length;
        seen.add(digest);
        at += length;
        count++;
      }
    }
    unique += added;
    return [added, unique, seen.size, count];
  });
}

async function isPlain(images: readonly (readonly Uint8Array[])[], ids = SETS): Promise<void> {
  const accounting = await SweepAccounting.create(ids);
  const swept = images.map((streams) =>
    accounting.add(streams.map((bytes) => new MemorySource(bytes))),
  );
  for (const [number, id] of ids.entries()) {
    const books = swept.map((image) => {
      const { newBytes, uniqueBytes, distinctChunks, chunks } = image[number]!;
      return [newBytes, uniqueBytes, distinctChunks, chunks.count];
    });
    assert.equal(books, plainBooks(id, images), id);
  }
}

/** The same contents again with bytes put in, taken out, repeated: chunks recur at other places among other cuts. */
function edited(bytes: Uint8Array, at: number, seed: number): Uint8Array {
  const cut = Math.min(at, bytes.length);
  return Buffer.concat([
    bytes.subarray(0, cut),
    noise(seed % 3000, seed),
    bytes.subarray(cut),
    bytes.subarray(cut >> 1, cut),
  ]);
}

test('books equal those by SHA-256 over random contents that recur at other places', async () => {
  const first = noise(600_000, 1);
  await isPlain([[first], [edited(first, 100_001, 7)], [edited(first, 1, 1), first.subarray(77)]]);
});

test('books equal those by SHA-256 over runs, short periods and empty streams', async () => {
  const period = Uint8Array.from({ length: 90_000 }, (_, index) => (index * index) % 97);
  const runs = Uint8Array.from({ length: 200_000 }, (_, index) => (index / 700) & 0xff);
  const zeros = new Uint8Array(100_000);
  await isPlain([
    [zeros, new Uint8Array(0)],
    [period, runs],
    [edited(runs, 5000, 9), zeros],
  ]);
});

test('books equal those by SHA-256 over a real file', async () => {
  const path = '../shared/vectors/SekienAkashita.jpg';
  if (!existsSync(path)) return console.log(`skipped: ${path} is not here`);
  const bytes = readFileSync(path);
  await isPlain([[bytes], [edited(bytes, 50_000, 500)]]);
});

test('a chunk is the same after any other: no anchor of it depends on bytes before it', async () => {
  const blocks = Array.from({ length: 400 }, (_, index) => noise(4000, 1 + index));
  // 7 and 400 share no factor: every block comes after another one than before.
  const reordered = blocks.map((_, index) => blocks[(7 * index) % 400]!);
  const images = [[Buffer.concat(blocks)], [Buffer.concat(reordered)]];
  await isPlain(images, ['fixed:size=4000', 'fixed:size=1000', 'fastcdc:avg=4KiB']);
});

test('any sets on any edits', async () => {
  const set = fc
    .tuple(fc.integer({ min: 64, max: 2000 }), fc.nat(3000), fc.nat(3))
    .map(([min, more, nc]) => {
      const avg = Math.max(256, min + more);
      return `fastcdc:min=${min},avg=${avg},max=${4 * Math.max(1024, avg)},nc=${nc}`;
    });
  await fc.assert(
    fc.asyncProperty(
      fc.array(set, { minLength: 1, maxLength: 4 }),
      fc.nat(40_000),
      fc.nat(40_000),
      fc.nat(1e6),
      async (ids, length, at, seed) => {
        const bytes = noise(length, seed);
        bytes.fill(seed & 255, length >> 2, length >> 1);
        await isPlain([[bytes], [edited(bytes, at, seed)]], ids);
      },
    ),
    { numRuns: 60, seed: 3 },
  );
});

test('streams too long to hold are accounted alike', async () => {
  const memory = new MemorySource(noise(300_000, 4));
  const unheld: ByteSource = { length: memory.length, read: (at, into) => memory.read(at, into) };
  const [one, other] = [
    await SweepAccounting.create(SETS),
    await SweepAccounting.create(SETS, { heldBytes: 1000 }),
  ];
  assert.equal(one.add([memory]), other.add([unheld]));
});

test('anchors depend on contents, not on where they lie', () => {
  const bytes = noise(200_000, 5);
  const moved = new Uint8Array(bytes.length + 12_345);
  moved.set(bytes, 12_345);
  const own = anchorsOf(new MemorySource(bytes));
  const later = anchorsOf(new MemorySource(moved)).filter((at) => at >= 12_345 + 127);
  assert.ok(own.length > 100);
  assert.equal(
    [...later].map((at) => at - 12_345),
    [...own],
  );
});

test.run();

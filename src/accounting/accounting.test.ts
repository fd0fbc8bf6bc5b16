import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createChunker } from '../chunkers/mod.ts';
import { expandGrid } from '../grids.ts';
import { MemorySource } from '../streams/source.ts';
import { hasAll, lackOfFile } from '../testing/needs.ts';
import { noise } from '../testing/noise.ts';
import { ChunkDigests } from './chunk-digests.ts';
import { Divider } from './divide.ts';
import { type Found, SweepAccounting } from './mod.ts';

const SETS = [
  ...expandGrid('fastcdc:avg=1KiB..16KiB,nc={0,2}'),
  'fastcdc:min=65,avg=725,max=1025,nc=2',
  'rabin:avg=4KiB',
  'casync:avg=4KiB',
  'fixed:size=1000',
  'whole',
];

/** The definition: each chunker on its own, each distinct chunk by its SHA-256. */
function plainCounts(id: string, images: readonly (readonly Uint8Array[])[]): readonly number[][] {
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

async function sweep(
  images: readonly (readonly Uint8Array[])[],
  ids: readonly string[],
  windowBytes?: number,
): Promise<readonly (readonly Found[])[]> {
  const digests = windowBytes ? await ChunkDigests.create({ windowBytes }) : undefined;
  const divider = await Divider.create(ids, digests);
  const accounting = new SweepAccounting(ids);
  return images.map((streams) =>
    accounting.enter(divider.divide(streams.map((bytes) => new MemorySource(bytes)))),
  );
}

async function isPlain(images: readonly (readonly Uint8Array[])[], ids = SETS): Promise<void> {
  const swept = await sweep(images, ids);
  for (const [number, id] of ids.entries()) {
    let [unique, distinct] = [0, 0];
    const counts = swept.map((image) => {
      const { newBytes = Number.NaN, newObjects, chunks } = image[number]!;
      unique += newBytes;
      distinct += newObjects;
      return [newBytes, unique, distinct, chunks.count];
    });
    assert.equal(counts, plainCounts(id, images), id);
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

test('counts equal those by SHA-256 over random contents that recur at other places', async () => {
  const first = noise(600_000, 1);
  await isPlain([[first], [edited(first, 100_001, 7)], [edited(first, 1, 1), first.subarray(77)]]);
});

test('counts equal those by SHA-256 over runs, short periods and empty streams', async () => {
  const period = Uint8Array.from({ length: 90_000 }, (_, index) => (index * index) % 97);
  const runs = Uint8Array.from({ length: 200_000 }, (_, index) => (index / 700) & 0xff);
  const zeros = new Uint8Array(100_000);
  await isPlain([
    [zeros, new Uint8Array(0)],
    [period, runs],
    [edited(runs, 5000, 9), zeros],
  ]);
});

test('counts equal those by SHA-256 over a real file', async () => {
  const path = '../shared/vectors/SekienAkashita.jpg';
  if (!hasAll(lackOfFile(path))) return;
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

test('counts do not depend on how much of a stream is in the window', async () => {
  const images = [[noise(300_000, 4)], [edited(noise(300_000, 4), 70_000, 5)]];
  const whole = await sweep(images, SETS);
  // A chunk longer than an eighth of the window is digested whole.
  for (const windowBytes of [300_001, 100_000, 20_000, 8191]) {
    assert.equal(await sweep(images, SETS, windowBytes), whole, String(windowBytes));
  }
});

test('a digest depends on the bytes of the chunk alone', async () => {
  const digests = await ChunkDigests.create({ windowBytes: 1 << 16 });
  const bytes = noise(40_000, 5);
  const divided = (before: number, after: number, lengths: readonly number[]): Uint8Array => {
    const stream = Buffer.concat([noise(before, 6), bytes, noise(after, 7)]);
    const all = Float64Array.of(...(before ? [before] : []), ...lengths, ...(after ? [after] : []));
    const [found] = digests.digests(new MemorySource(stream), [all]);
    const first = before ? 16 : 0;
    return found!.slice(first, first + 16 * lengths.length);
  };
  for (const lengths of [[40_000], [8000, 8000, 8000, 8000, 8000], [1, 67, 68, 39_864]]) {
    const alone = divided(0, 0, lengths);
    for (const [before, after] of [
      [1, 0],
      [63, 1],
      [64, 70_000],
      [70_001, 3],
    ] as const) {
      assert.equal(divided(before, after, lengths), alone, `${before} ${lengths}`);
    }
  }
});

test('chunks that differ in one byte have different digests', async () => {
  const digests = await ChunkDigests.create();
  const bytes = noise(20_000, 8);
  const of = (): string => {
    const [found] = digests.digests(new MemorySource(bytes), [Float64Array.of(20_000)]);
    return Buffer.from(found!).toString('hex');
  };
  const seen = new Set([of()]);
  for (let at = 0; at < bytes.length; at += 97) {
    bytes[at]! ^= 1 << (at % 8);
    seen.add(of());
  }
  assert.is(seen.size, 1 + Math.ceil(bytes.length / 97));
});

test.run();

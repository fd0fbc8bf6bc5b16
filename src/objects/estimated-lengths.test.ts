import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { seeded } from '../stats/mod.ts';
import { MemorySource } from '../streams/source.ts';
import { EstimatedLengths, type Surveyed } from './estimated-lengths.ts';
import { StoredLengths } from './stored-lengths.ts';
import { startsOf } from './work.ts';

/** Contents of 30 to 600 bytes, each compressible by another share; so many of them again in every image. */
function image(seed: number, count: number, kept: number): Surveyed {
  const lengths = new Float64Array(count);
  const digests = new Uint8Array(32 * count);
  const parts: Uint8Array[] = [];
  for (let number = 0; number < count; number++) {
    const random = seeded(number < kept ? number : seed * 100_000 + number);
    const values = 2 ** (1 + 7 * random());
    const part = Uint8Array.from(
      { length: 30 + Math.floor(570 * random() ** 2) },
      () => random() * values,
    );
    lengths[number] = part.length;
    digests.set(createHash('sha256').update(part).digest(), 32 * number);
    parts.push(part);
  }
  const source = new MemorySource(new Uint8Array(Buffer.concat(parts)));
  return { source, objects: { count, digests, lengths, offsets: startsOf(lengths) } };
}

const sum = (lengths: Float64Array): number => lengths.reduce((total, one) => total + one, 0);

test('of the class of all contents, and of few contents, every length is exact', async () => {
  const images = [image(1, 400, 200), image(2, 400, 200)];
  const few = [image(3, 40, 0)];
  for (const [series, power] of [
    [images, 0],
    [few, 3],
  ] as const) {
    const estimated = await EstimatedLengths.of(series, 'zstd:level=1', power);
    for (const { source, objects } of series) {
      const exact = await new StoredLengths('zstd:level=1').of(source, objects);
      assert.equal(estimated.lengths(objects), exact);
      assert.equal(estimated.lengths(objects, 5), exact);
    }
  }
});

test('contents of the class, and the longest, are exact; the same content has one length in all images and draws', async () => {
  const images = [image(1, 2000, 1500), image(2, 2000, 1500)];
  const estimated = await EstimatedLengths.of(images, 'zstd:level=1', 3);
  const [first, second] = images;
  const exact = await new StoredLengths('zstd:level=1').of(first!.source, first!.objects);
  const found = estimated.lengths(first!.objects);
  let sampled = 0;
  for (let number = 0; number < 2000; number++) {
    if ((first!.objects.digests[32 * number + 31]! & 7) > 0) continue;
    sampled++;
    assert.is(found[number], exact[number]);
  }
  assert.ok(sampled > 150 && sampled < 350);
  assert.not.equal(found, exact);
  for (const draw of [0, 1, 7]) {
    const [one, other] = [
      estimated.lengths(first!.objects, draw),
      estimated.lengths(second!.objects, draw),
    ];
    assert.equal(one.slice(0, 1500), other.slice(0, 1500));
    assert.equal(one, estimated.lengths(first!.objects, draw));
  }
});

test('sums lie in the intervals of the draws as often as 95 % say', async () => {
  let [inside, cells] = [0, 0];
  for (let seed = 1; seed <= 60; seed++) {
    const surveyed = image(seed, 1200, 0);
    const estimated = await EstimatedLengths.of([surveyed], 'zstd:level=1', 3);
    const exact = await new StoredLengths('zstd:level=1').of(surveyed.source, surveyed.objects);
    // All of it, and parts as an update has them.
    for (const [from, to] of [
      [0, 1200],
      [0, 300],
      [300, 1200],
      [500, 600],
    ] as const) {
      const part = (lengths: Float64Array): number => sum(lengths.subarray(from, to));
      const value = part(estimated.lengths(surveyed.objects));
      const squares = Array.from(
        { length: 12 },
        (_, draw) => (part(estimated.lengths(surveyed.objects, draw + 1)) - value) ** 2,
      );
      const half = 3.055 * Math.sqrt(squares.reduce((total, one) => total + one, 0) / 12);
      cells++;
      if (Math.abs(part(exact) - value) <= half) inside++;
      assert.ok(half < 0.3 * value);
    }
  }
  assert.is(cells, 240);
  assert.ok(inside >= 0.95 * cells, `${inside} of ${cells}`);
});

test.run();

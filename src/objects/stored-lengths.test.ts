import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256 } from '../packers/blobs.ts';
import { seeded } from '../stats/mod.ts';
import { Rope } from '../streams/rope.ts';
import { MemorySource } from '../streams/source.ts';
import { inline } from './executor.ts';
import { type Distinct, distinctObjects } from './objects.ts';
import { StoredLengths, standIns } from './stored-lengths.ts';
import { startsOf } from './work.ts';

/** Chunks of a few contents, some of them compressible, some repeated, one empty. */
function sample(seed: number): { readonly source: MemorySource; readonly lengths: Float64Array } {
  const random = seeded(seed);
  const lengths = Float64Array.from({ length: 60 }, (_, index) =>
    index === 7 ? 0 : Math.floor(random() * 5000),
  );
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  for (let at = 0; at < bytes.length; at++) {
    bytes[at] = random() * (at % 9000 < 4000 ? 4 : 256);
  }
  return { source: new MemorySource(bytes), lengths };
}

async function objectsOf(source: MemorySource, lengths: Float64Array): Promise<Distinct> {
  const ranges = { lengths, offsets: startsOf(lengths) };
  return distinctObjects(lengths, await inline.digest(source, ranges));
}

for (const codec of ['none', 'gzip:level=6', 'zstd:level=3']) {
  test(`lengths by ${codec} are those of the packed pieces, remembered or not`, async () => {
    for (const most of [0, 5000, 1 << 20]) {
      const known = new StoredLengths(codec, most);
      // The second image is new to it, the third is the first again.
      for (const seed of [1, 2, 1]) {
        const { source, lengths } = sample(seed);
        const { objects } = await objectsOf(source, lengths);
        const { stored } = await inline.pack(source, lengths, codec);
        assert.equal(await known.of(source, objects), stored.lengths);
      }
    }
  });
}

test('a long piece that is compressed in steps has its length', async () => {
  const bytes = new Uint8Array((64 << 20) + 5).fill(1);
  const source = new MemorySource(bytes);
  const lengths = Float64Array.of(bytes.length);
  const { objects } = await objectsOf(source, lengths);
  const { stored } = await inline.pack(source, lengths, 'zstd:level=1');
  assert.equal(await new StoredLengths('zstd:level=1').of(source, objects), stored.lengths);
});

test('stand-ins are named alike exactly where the contents are', async () => {
  const { source, lengths } = sample(1);
  const { objects } = await objectsOf(source, lengths);
  const stored = Float64Array.from(objects.lengths, (length) => 9 + Math.ceil(length / 2));
  const one = standIns(objects, stored);
  const starts = startsOf(stored);
  const nameOf = (number: number, count: number): string => {
    const last = number + count - 1;
    const end = starts[last]! + stored[last]!;
    return sha256(new Rope().append(one.bytes, starts[number]!, end - starts[number]!));
  };
  const names = new Set<string>();
  for (let number = 0; number + 3 < objects.count; number++) {
    for (const count of [1, 2, 3]) names.add(nameOf(number, count));
  }
  assert.is(names.size, 3 * (objects.count - 3));
  assert.is(nameOf(3, 2), nameOf(3, 2));
  const withTail = (tail: string): string =>
    sha256(new Rope().append(one.bytes).literal(Buffer.from(tail)));
  assert.is.not(withTail('index'), withTail('other'));
  assert.is(withTail('index'), withTail('index'));
  assert.throws(() => one.bytes.read(0, new Uint8Array(1)), /readsStored/);
});

test.run();

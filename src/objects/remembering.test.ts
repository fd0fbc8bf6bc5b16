import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Rope } from '../streams/rope.ts';
import { MemorySource, readAll } from '../streams/source.ts';
import { noise } from '../testing/noise.ts';
import { type Executor, inline } from './executor.ts';
import { CompressedContents, createRemembering } from './remembering.ts';

const source = new MemorySource(noise(20_000));

/** A header and a part of the source, as often as it is told. */
function stream(header: string, offset: number): Rope {
  const literal = new TextEncoder().encode(header);
  return new Rope().literal(literal).slice(source, offset, 5000).zeros(100).slice(source, 0, 3000);
}

async function packed(executor: Executor, bytes: Rope): Promise<readonly unknown[]> {
  const lengths = Float64Array.of(2000, 3000, 100, bytes.length - 8100, 3000);
  const { objects, sequence, stored } = await executor.pack(bytes, lengths, 'zstd:level=3');
  const { digests, lengths: contents, offsets } = objects;
  return [digests, contents, offsets, sequence, stored.lengths, readAll(stored.bytes)];
}

for (const mostBytes of [undefined, 0, 4000]) {
  test(`what is packed is what any executor packs, if ${mostBytes ?? 'all'} bytes are remembered`, async () => {
    const remembering = createRemembering(inline, mostBytes);
    for (const [header, offset] of [
      ['one', 0],
      ['one', 0],
      ['other', 0],
      ['one', 7000],
      ['on', 0],
      ['one', 0],
    ] as const) {
      const bytes = stream(header, offset);
      assert.equal(await packed(remembering, bytes), await packed(inline, bytes));
    }
  });
}

test('nothing is compressed or digested twice', async () => {
  const asked = { digest: 0, compress: 0 };
  const counting: Executor = {
    ...inline,
    digest(from, ranges) {
      asked.digest += ranges.lengths.length;
      return inline.digest(from, ranges);
    },
    compress(from, ranges, codec) {
      asked.compress += ranges.lengths.length;
      return inline.compress(from, ranges, codec);
    },
  };
  const remembering = createRemembering(counting);
  await packed(remembering, stream('one', 0));
  assert.equal(asked, { digest: 5, compress: 5 });
  await packed(remembering, stream('one', 0));
  assert.equal(asked, { digest: 5, compress: 5 });
  // Another header of the same length: the first chunk alone.
  await packed(remembering, stream('two', 0));
  assert.equal(asked, { digest: 6, compress: 6 });
});

test('what is longer than the longest is compressed again, shorter contents are not', async () => {
  let compressed = 0;
  const counting: Executor = {
    ...inline,
    compress(from, ranges, codec) {
      compressed += ranges.lengths.length;
      return inline.compress(from, ranges, codec);
    },
  };
  const known = new CompressedContents(100_000, 2500);
  const by: Executor = {
    ...inline,
    pack: (source, lengths, codec) => known.pack(counting, source, lengths, codec),
  };
  const bytes = stream('one', 0);
  const expected = await packed(inline, bytes);
  assert.equal(await packed(by, bytes), expected);
  assert.is(compressed, 5);
  assert.equal(await packed(by, bytes), expected);
  // Noise of 3000 bytes, twice; the others are shorter.
  assert.is(compressed, 7);
});

test.run();

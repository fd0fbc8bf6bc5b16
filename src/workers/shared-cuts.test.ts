import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createChunker } from '../chunkers/mod.ts';
import { inline } from '../objects/executor.ts';
import { startsOf } from '../objects/work.ts';
import { Rope } from '../streams/rope.ts';
import { noise } from '../testing/noise.ts';
import { pooled } from './pooled.ts';

test('threads cut many streams as one does, one by one', async () => {
  // Nothing, what length alone cuts, what is sent together, and what is divided.
  const lengths = Float64Array.of(
    ...[0, 1, 63, 300_000, 0, 70_000, 2_500_000, 20_000_000, 4096, 3_000_000, 17],
  );
  const source = new Rope();
  for (const [index, length] of lengths.entries()) source.literal(noise(length, index));
  const streams = { lengths, offsets: startsOf(lengths) };
  const executor = pooled(2);
  try {
    for (const id of [
      'rabin:min=16KiB,avg=64KiB,max=256KiB',
      'fastcdc:avg=64KiB',
      'borg:min=16KiB,avg=64KiB,max=256KiB',
      'fixed:size=4KiB',
      'whole',
    ]) {
      const chunker = createChunker(id);
      const cuts = await executor.cutEach(source, streams, chunker);
      assert.equal(cuts, await inline.cutEach(source, streams, chunker), id);
      assert.equal(
        cuts.map((own) => own.reduce((sum, length) => sum + length, 0)),
        [...lengths],
        id,
      );
    }
  } finally {
    await executor.close();
  }
});

test.run();

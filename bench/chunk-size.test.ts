import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../src/models/mod.ts';
import { chunkSize } from './chunk-size.ts';
import { madeRecords } from './made-records.ts';
import type { Records } from './records.ts';
import { textsOf } from './verdict.ts';

const models = resolveModels([...chunkSize.swept, ...chunkSize.packed]);

/** The smallest chunks save the most bytes; an update has as many objects as chunks of 32 MB. */
function records(images: readonly string[]): Records {
  return madeRecords({
    images,
    models,
    number(image, model, measure) {
      const average = averageOf(model);
      const objects = (32 << 20) / average;
      if (measure === 'chunks.count') return objects;
      if (measure === 'dedup.objects') return objects * (1 + images.indexOf(image));
      if (measure === 'transfer.metadata_bytes') return 40 * objects;
      return 10e6 + 100 * average;
    },
  });
}

function averageOf(model: string): number {
  const [, count, unit] = /avg=(\d+)([KM])iB/.exec(model)!;
  return Number(count) * (unit === 'K' ? 1024 : 1 << 20);
}

test('requests cost what the time model says: waiting and carrying overlap', async () => {
  const [raw, compressed] = textsOf(await chunkSize.verdict(records(['one', 'two', 'three'])));
  // 512 objects over six connections: 86 × (20.5 ms + 2.6 ms for the 32 KB of one) + 65 ms for the index = 2.05 s.
  assert.match(raw!, /\*\*depends on the cost of a request\*\*/);
  assert.match(raw!, /requests are free: 4 KiB, 10\.74 MB/);
  assert.match(raw!, /at 100 Mb\/s, 20 ms: 128 KiB, 1\.9\d s/);
  assert.match(compressed!, /at 100 Mb\/s, 20 ms: 64 KiB, 2\.06 s/);
});

test('one image is no update', async () => {
  assert.equal(textsOf(await chunkSize.verdict(records(['one']))), [
    'C08 the best average chunk is 4 KiB to 16 KiB without compression, 64 KiB with zstd: undecided: a series of at least two images is needed.',
  ]);
});

test.run();

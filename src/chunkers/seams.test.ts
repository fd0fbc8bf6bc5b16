import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { seeded, shuffled } from '../stats/random.ts';
import { MemorySource } from '../streams/source.ts';
import { createChunker } from './mod.ts';

/** As METHODS.md states it: the share of a stream of noise that is found again when its own chunks follow in another order. */
function foundAgain(id: string): number {
  const random = seeded(3);
  const bytes = Uint8Array.from({ length: 1_000_000 }, () => 256 * random());
  const chunker = createChunker(id);
  const cut = (stream: Uint8Array): readonly Uint8Array[] => {
    let end = 0;
    return [...chunker.lengths(new MemorySource(stream))].map((length) => {
      end += length;
      return stream.subarray(end - length, end);
    });
  };
  const digest = (chunk: Uint8Array): string => createHash('sha256').update(chunk).digest('hex');
  const chunks = cut(bytes);
  const known = new Set(chunks.map(digest));
  const again = cut(new Uint8Array(Buffer.concat(shuffled(chunks, 1))));
  const found = again.filter((chunk) => known.has(digest(chunk)));
  return found.reduce((sum, { length }) => sum + length, 0) / bytes.length;
}

for (const id of ['fastcdc:avg=4KiB', 'fastcdc2016:avg=4KiB', 'zchunk:avg=4KiB']) {
  test(`${id} finds none of its chunks again in another order: each ends by the next one's byte`, () => {
    assert.is(foundAgain(id), 0);
  });
}

for (const id of ['casync:avg=4KiB', 'xet:avg=4KiB', 'rabin:avg=4KiB', 'ronomon:avg=4KiB']) {
  test(`${id} finds nearly all of its chunks again in another order`, () => {
    assert.ok(foundAgain(id) > 0.97, String(foundAgain(id)));
  });
}

test.run();

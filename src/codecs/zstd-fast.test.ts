import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { noise } from '../testing/noise.ts';
import { zstdEngine } from './zstd-engine.ts';
import { loadFastZstd } from './zstd-fast.ts';
import { nativeZstd, sampleBytes } from './zstd-native.ts';

/** Of each size class that libzstd has tables for, one after another, so that each finds what those before left. */
const pieces = [1, 100, 3000, 15_000, 40_000, 120_000, 290_000, 7].flatMap((length) => [
  sampleBytes().subarray(0, length),
  noise(length, length),
  new Uint8Array(length),
]);

for (const level of [1, 3, 9]) {
  test(`engines of zstd that are chosen by speed give one engine's bytes at level ${level}`, async () => {
    const engine = await zstdEngine();
    const reference = (bytes: Uint8Array): Uint8Array => engine.compressPortably(bytes, level);
    const fast = (await loadFastZstd(level, reference))!;
    const native = nativeZstd(level, reference);
    for (const [number, piece] of pieces.entries()) {
      const wanted = reference(piece);
      const what = `piece ${number} of ${piece.length} bytes`;
      assert.equal(fast(piece, level), wanted, what);
      if (native) assert.equal(native(piece), wanted, what);
    }
  });
}

test('an engine that gives other bytes is not taken', async () => {
  assert.is(await loadFastZstd(3, (bytes) => bytes), undefined);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { noise } from './noise.ts';

test('noise is xorshift32 of 13, 17 and 5 (Marsaglia 2003)', () => {
  const states = [270_369, 67_634_689, 2_647_435_461, 307_599_695];
  assert.equal(
    [...noise(4, 1)],
    states.map((state) => (state >>> 11) & 0xff),
  );
});

test('no two seeds give the same bytes: a test of different contents has different contents', () => {
  const seeds = Array.from({ length: 2000 }, (_, seed) => seed);
  assert.is(new Set(seeds.map((seed) => noise(16, seed).join())).size, seeds.length);
});

test.run();

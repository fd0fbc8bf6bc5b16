import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { expandGrid } from '../ids.ts';
import { MemorySource } from '../streams/source.ts';
import { noise } from '../testing/noise.ts';
import { createChunker, lengthsOfMany } from './mod.ts';

/** One scan must cut exactly where the plain chunkers cut, whatever the bytes, the sets and the blocks. */
function isPlain(ids: readonly string[], bytes: Uint8Array, blockBytes?: number): void {
  const source = new MemorySource(bytes);
  const chunkers = ids.map((id) => createChunker(id));
  const swept = lengthsOfMany(chunkers, source, blockBytes === undefined ? {} : { blockBytes });
  assert.is(swept.length, ids.length);
  for (const [index, chunker] of chunkers.entries()) {
    assert.equal(swept[index], chunker.lengths(source), `${chunker.id}, blocks ${blockBytes}`);
  }
}

/** 8 averages × 3 normalisations: the sweep that the experiments run. */
const SWEEP = expandGrid('fastcdc:avg=4KiB..512KiB,nc={0,1,2}');
/** Sets whose masks have too little in common, odd sizes, other seeds and other chunkers. */
const MIXED = [
  ...expandGrid('fastcdc:avg=256..8KiB,nc={0,3}'),
  'fastcdc:min=65,avg=725,max=1025,nc=2',
  'fastcdc:min=333,avg=1449,max=5001',
  'fastcdc:min=4KiB,avg=4KiB,max=4KiB',
  'fastcdc:avg=4KiB,seed=0x29a',
  'fastcdc:avg=8KiB,seed=0x29a',
  'rabin:avg=4KiB',
  'fixed:size=1000',
  'whole',
];

/** Short runs of few byte values beside noise: many candidates, and none for long. */
function patchwork(length: number, seed: number): Uint8Array {
  const bytes = noise(length, seed);
  for (let at = 0; at + 999 < length; at += 3000) bytes.fill(bytes[at]! & 3, at, at + 999);
  return bytes;
}

test('the sweep of 24 sets cuts as 24 plain passes do', () => {
  assert.is(SWEEP.length, 24);
  for (const bytes of [noise(3_000_001, 7), patchwork(2_500_000, 8), new Uint8Array(2_200_000)]) {
    isPlain(SWEEP, bytes);
  }
});

test('the sweep cuts a real file as plain passes do', () => {
  const path = '../shared/vectors/SekienAkashita.jpg';
  if (!existsSync(path)) return console.log(`skipped: ${path} is not here`);
  isPlain(SWEEP, readFileSync(path));
  isPlain(MIXED, readFileSync(path));
});

test('blocks of any size give the same cuts', () => {
  const bytes = patchwork(40_000, 3);
  for (const blockBytes of [1, 7, 63, 64, 65, 1009, 4096, 39_999, 40_000, 40_001]) {
    isPlain(MIXED, bytes, blockBytes);
  }
});

test('edges of the rules: nothing, one byte, and around every size of a set', () => {
  for (const length of [0, 1, 63, 64, 65, 111, 112, 113, 332, 333, 334, 1448, 1449, 5000, 5001]) {
    isPlain(MIXED, noise(length, length), 100);
  }
});

test('any sets on any bytes', () => {
  const set = fc
    .tuple(fc.integer({ min: 64, max: 3000 }), fc.nat(6000), fc.nat(9000), fc.nat(3))
    .map(([min, more, beyond, nc]) => {
      const avg = Math.max(256, min + more);
      return `fastcdc:min=${min},avg=${avg},max=${Math.max(1024, avg + beyond)},nc=${nc}`;
    });
  fc.assert(
    fc.property(
      fc.array(set, { minLength: 2, maxLength: 6 }),
      fc.nat(60_000),
      fc.nat(),
      fc.integer({ min: 1, max: 70_000 }),
      (ids, length, seed, blockBytes) => isPlain(ids, patchwork(length, seed), blockBytes),
    ),
    { numRuns: 150, seed: 20 },
  );
});

test('a run that makes every position a candidate fills the list, and is scanned in parts', () => {
  const ids = ['fastcdc:min=100,avg=512,nc=0', 'fastcdc:min=300,avg=500,nc=0'];
  for (let byte = 0; byte < 256; byte++) isPlain(ids, new Uint8Array(9000).fill(byte));
  // Byte 57 is such a run: once its hash is settled it passes everywhere, so every chunk ends as soon as it has one.
  const [lengths] = lengthsOfMany(
    ids.map((id) => createChunker(id)),
    new MemorySource(new Uint8Array(9000).fill(57)),
  );
  assert.ok(Math.max(...lengths!) < 200);
});

test.run();

import { readFileSync } from 'node:fs';
import process from 'node:process';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { expandGrid } from '../grids.ts';
import { FileSource, MemorySource, readRange } from '../streams/source.ts';
import { hasAll, lackOfFile, lackOfTime, unless } from '../testing/needs.ts';
import { noise } from '../testing/noise.ts';
import { hashOf } from './buzhash.ts';
import { createChunker, lengthsOfMany } from './mod.ts';
import { casyncTable } from './tables/casync.ts';

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

/** Two sets at least of every hash that is scanned. */
const SWEEP = [
  ...expandGrid('fastcdc:avg=4KiB..512KiB,nc={0,1,2}'),
  ...expandGrid('fastcdc2016:avg=4KiB..64KiB'),
  ...expandGrid('rabin:avg=4KiB..512KiB'),
  ...expandGrid('ronomon:avg=4KiB..512KiB'),
  ...expandGrid('casync:avg=4KiB..512KiB'),
  ...expandGrid('borg:avg=4KiB..512KiB'),
  ...expandGrid('xet:avg=4KiB..512KiB'),
  ...expandGrid('zchunk:avg=4KiB..512KiB'),
  ...expandGrid('rollsum:avg=4KiB..512KiB'),
];
/** Sets whose masks have too little in common, odd sizes, other seeds, and chunkers that are not scanned. */
const MIXED = [
  ...expandGrid('fastcdc:avg=256..8KiB,nc={0,3}'),
  'fastcdc:min=65,avg=725,max=1025,nc=2',
  'fastcdc:min=333,avg=1449,max=5001',
  'fastcdc:min=4KiB,avg=4KiB,max=4KiB',
  'fastcdc:avg=4KiB,seed=0x29a',
  'fastcdc:avg=8KiB,seed=0x29a',
  'fastcdc2016:min=333,avg=1449,max=5001',
  ...expandGrid('rabin:avg={256,1KiB,4KiB}'),
  'rabin:min=64,avg=512,max=100',
  ...expandGrid('rabin:avg={256,1KiB},poly=0x3da3358b4dc173'),
  ...expandGrid('ronomon:avg={512,1KiB,4KiB}'),
  'ronomon:min=101,avg=1449,max=5001',
  ...expandGrid('casync:avg={64,256,1000,4KiB}'),
  'casync:min=777,avg=777,max=777',
  ...expandGrid('borg:avg={256,1KiB,4KiB}'),
  ...expandGrid('borg:avg={256,1KiB},seed=0xdecaf'),
  'borg:min=100,avg=256,max=4196',
  ...expandGrid('xet:avg={256,1KiB,4KiB}'),
  'xet:min=65,avg=256,max=256',
  ...expandGrid('zchunk:avg={2KiB,4KiB}'),
  'zchunk:min=48,avg=2KiB,max=2049',
  'zchunk:min=2001,avg=2KiB,max=9001',
  ...expandGrid('rollsum:avg={256,1KiB,4KiB},hole={64,100,1KiB}'),
  'rollsum:avg=256,max=300,hole=64',
  'rollsum:avg=256,hole=8KiB',
  'fixed:size=1000',
  'whole',
];
/** Short runs of few byte values beside noise: many candidates, and none for long. */
function patchwork(length: number, seed: number): Uint8Array {
  const bytes = noise(length, seed);
  for (let at = 0; at + 999 < length; at += 3000) bytes.fill(bytes[at]! & 3, at, at + 999);
  return bytes;
}

/** Runs of zeros of any length, shorter and longer than what rollsum waits for. */
function gaps(length: number, seed: number): Uint8Array {
  const bytes = noise(length, seed);
  for (let at = seed % 3000; at < length; at += 7001) bytes.fill(0, at, at + ((at * 31) % 6000));
  return bytes;
}

/** A period of few bytes: hashes recur, and with them candidates, also refused ones. */
function periodic(length: number, seed: number, period: number): Uint8Array {
  const pattern = noise(period, seed);
  return Uint8Array.from({ length }, (_, index) => pattern[index % period]!);
}

/** The first bytes of what runs this: a real binary. */
const BINARY = readRange(new FileSource(process.execPath), 0, 1 << 20);

test('the sweep cuts a patchwork as plain passes do', () => {
  isPlain(SWEEP, patchwork(2_500_000, 8));
});

unless(test, lackOfTime())('the sweep cuts noise and zeros as plain passes do', () => {
  for (const bytes of [noise(3_000_001, 7), new Uint8Array(2_200_000)]) isPlain(SWEEP, bytes);
});

test('the sweep cuts real files as plain passes do', () => {
  isPlain(SWEEP, BINARY);
  isPlain(MIXED, BINARY);
});

test('the sweep cuts an image as plain passes do', () => {
  const path = '../shared/vectors/SekienAkashita.jpg';
  if (!hasAll(lackOfFile(path))) return;
  isPlain(SWEEP, readFileSync(path));
  isPlain(MIXED, readFileSync(path));
});

test('all scans share one read of the stream', () => {
  const source = new MemorySource(noise(300_000));
  let read = 0;
  const counting = {
    length: source.length,
    read: (offset: number, into: Uint8Array): void => {
      read += into.length;
      source.read(offset, into);
    },
  };
  const chunkers = SWEEP.map((id) => createChunker(id));
  lengthsOfMany(chunkers, counting);
  assert.is(read, source.length);
});

test('blocks of any size give the same cuts', () => {
  const bytes = patchwork(12_000, 3);
  for (const blockBytes of [1, 7, 63, 64, 65, 1009, 4096, 11_999, 12_000, 12_001]) {
    isPlain(MIXED, bytes, blockBytes);
  }
});

test('edges of the rules: nothing, one byte, and around every size of a set', () => {
  for (const length of [0, 1, 63, 64, 65, 111, 112, 113, 332, 333, 334, 1448, 1449, 5000, 5001]) {
    isPlain(MIXED, noise(length, length), 100);
  }
});

/** Any legal sizes: [min, more to avg, more to max]. */
const sizes = fc.tuple(fc.integer({ min: 64, max: 3000 }), fc.nat(6000), fc.nat(9000));
const power = (low: number, high: number): fc.Arbitrary<number> =>
  fc.integer({ min: low, max: high }).map((exponent) => 2 ** exponent);
const nearPowers = (name: string, low: number, beyond: number): fc.Arbitrary<string> =>
  fc
    .tuple(power(low, 13), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(9000))
    .map(([avg, share, more]) => {
      const min = Math.max(65, Math.floor(avg * share));
      return `${name}:min=${min},avg=${avg},max=${Math.max(min, avg) + beyond + more}`;
    });

/** Parameter sets of every member that is scanned. */
const SETS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  fastcdc: fc.tuple(sizes, fc.nat(3)).map(([[min, more, beyond], nc]) => {
    const avg = Math.max(256, min + more);
    return `fastcdc:min=${min},avg=${avg},max=${Math.max(1024, avg + beyond)},nc=${nc}`;
  }),
  fastcdc2016: fc.tuple(sizes, fc.nat(3)).map(([[min, more, beyond], nc]) => {
    const avg = Math.max(256, min + more);
    return `fastcdc2016:min=${min},avg=${avg},max=${Math.max(1024, avg + beyond)},nc=${nc}`;
  }),
  ronomon: sizes.map(([min, more, beyond]) => {
    const avg = Math.max(256, min + more + 1);
    return `ronomon:min=${min},avg=${avg},max=${Math.max(1024, min + avg + beyond)}`;
  }),
  casync: sizes.map(
    ([min, more, beyond]) => `casync:min=${min},avg=${min + more},max=${min + more + beyond}`,
  ),
  rabin: nearPowers('rabin', 8, 0),
  borg: nearPowers('borg', 8, 4096),
  xet: nearPowers('xet', 8, 0),
  zchunk: nearPowers('zchunk', 11, 0),
  rollsum: fc
    .tuple(power(8, 12), fc.nat(9000), fc.integer({ min: 64, max: 4096 }))
    .map(([avg, more, hole]) => `rollsum:avg=${avg},max=${avg + more},hole=${hole}`),
};
const anyBytes = fc.oneof(
  fc.tuple(fc.nat(60_000), fc.nat()).map(([length, seed]) => patchwork(length, seed)),
  fc.tuple(fc.nat(60_000), fc.nat()).map(([length, seed]) => gaps(length, seed)),
  fc.tuple(fc.nat(30_000), fc.nat(255)).map(([length, byte]) => new Uint8Array(length).fill(byte)),
  fc
    .tuple(fc.nat(30_000), fc.nat(), fc.integer({ min: 2, max: 200 }))
    .map(([length, seed, period]) => periodic(length, seed, period)),
  fc.nat(BINARY.length - 60_000).map((from) => BINARY.subarray(from, from + 60_000)),
);

for (const [name, set] of Object.entries(SETS)) {
  test(`any sets of ${name} on any bytes`, () => {
    fc.assert(
      fc.property(
        fc.array(set, { minLength: 2, maxLength: 6 }),
        anyBytes,
        fc.integer({ min: 1, max: 70_000 }),
        (ids, bytes, blockBytes) => isPlain(ids, bytes, blockBytes),
      ),
      { numRuns: lackOfTime() ? 20 : 60, seed: 20 },
    );
  });
}

test('zchunk refuses candidate after candidate where they recur within the window', () => {
  const passes = (bytes: Uint8Array): boolean => (hashOf(bytes, casyncTable) & 2047) === 0;
  for (const period of [5, 7, 20, 30, 41, 46, 47, 48, 49, 53, 60, 90]) {
    let seed = 1;
    const recurs = (bytes: Uint8Array): boolean =>
      Array.from({ length: period }, (_, at) => bytes.subarray(at, at + 48)).some(passes);
    while (!recurs(periodic(200, seed, period))) seed++;
    const bytes = periodic(20_000, seed, period);
    for (const blockBytes of [61, 20_000]) {
      isPlain(
        ['zchunk:min=48,avg=2KiB', 'zchunk:min=333,avg=2KiB', 'zchunk:min=2001,avg=2KiB,max=9001'],
        bytes,
        blockBytes,
      );
    }
  }
});

test('a run that makes every position a candidate fills the list', () => {
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

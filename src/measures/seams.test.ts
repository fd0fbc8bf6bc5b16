import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createChunker } from '../chunkers/mod.ts';
import { seeded } from '../stats/mod.ts';
import { noise } from '../testing/noise.ts';
import { KnownChunks } from './seams.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** `ab cde`: the pieces of a stream. */
const pieces = (drawn: string): readonly Uint8Array[] => drawn.split(' ').map(bytes);

function newBytes(old: string, own: string): number {
  const known = new KnownChunks([createChunker('fixed:size=4')], pieces(old));
  return known.newBytes(pieces(own))[0]!;
}

for (const [what, old, own, lost] of [
  ['pieces as long as chunks lose nothing', 'aaaa bbbb cccc', 'bbbb aaaa cccc', 0],
  ['a piece that moves all others', 'aa bbbb cccc', 'bbbb aa cccc', 8],
  ['a chunk that comes twice is new once', 'aa bb', 'cccc cccc', 4],
  ['a shorter end is a chunk too', 'aaaa bb', 'aaaa b', 1],
  ['nothing left', 'aaaa', '', 0],
] as const) {
  test(`${what}: ${lost}`, () => {
    assert.is(newBytes(old, own), lost);
  });
}

test('each chunker is held against its own chunks', () => {
  const chunkers = ['fixed:size=4', 'fixed:size=2', 'whole'].map((id) => createChunker(id));
  const known = new KnownChunks(chunkers, pieces('aa bb cc'));
  assert.equal(known.newBytes(pieces('bb aa cc')), [4, 0, 6]);
});

test('chunks of one length are found again in any order', () => {
  const chunkers = ['fixed:size=4', 'whole'].map((id) => createChunker(id));
  const known = new KnownChunks(chunkers, pieces('aaaa bbbb cccc dddd'));
  assert.equal(known.reordered(1), [1, 1]);
  const empty = new KnownChunks(chunkers, []);
  assert.equal(empty.reordered(1), [1, 1]);
});

test('one short chunk that comes first moves all cuts', () => {
  const known = new KnownChunks([createChunker('fixed:size=4')], pieces('aaaa bbbb cccc x'));
  const shares = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => known.reordered(seed)[0]!);
  // 13 bytes: x last keeps all, x before one, two or three whole chunks keeps those before it.
  const possible = [13, 8, 4, 0].map((found) => found / 13);
  for (const share of shares) assert.ok(possible.includes(share), String(share));
  assert.ok(new Set(shares).size > 1);
});

test('pieces that are known to be the same cost what equal ones do', () => {
  const random = seeded(3);
  const below = (count: number): number => Math.floor(count * random());
  const old = Array.from({ length: 30 }, (_, number) => noise(1 + below(9000), number + 1));
  const ids = [
    'fixed:size=1KiB',
    'fastcdc:avg=1KiB',
    'ae:avg=1KiB',
    'rollsum:avg=1KiB',
    'bup:avg=1KiB',
  ];
  const known = new KnownChunks(
    ids.map((id) => createChunker(id)),
    old,
  );
  for (let round = 0; round < 20; round++) {
    const moved = old.toSpliced(below(old.length), 1, noise(below(3000), round + 100));
    const own = moved.toSpliced(below(moved.length), 0, old[below(old.length)]!);
    assert.equal(known.newBytes(own), known.newBytes(own.map((piece) => piece.slice())));
  }
});

test.run();

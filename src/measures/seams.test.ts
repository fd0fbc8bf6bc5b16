import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createChunker } from '../chunkers/mod.ts';
import { KnownChunks } from './seams.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** `ab cde`: the pieces of a stream. */
const pieces = (drawn: string): readonly Uint8Array[] => drawn.split(' ').map(bytes);

async function newBytes(old: string, own: string): Promise<number> {
  const known = await KnownChunks.of([createChunker('fixed:size=4')], pieces(old));
  return known.newBytes(pieces(own))[0]!;
}

for (const [what, old, own, lost] of [
  ['pieces as long as chunks lose nothing', 'aaaa bbbb cccc', 'bbbb aaaa cccc', 0],
  ['a piece that moves all others', 'aa bbbb cccc', 'bbbb aa cccc', 8],
  ['a chunk that comes twice is new once', 'aa bb', 'cccc cccc', 4],
  ['a shorter end is a chunk too', 'aaaa bb', 'aaaa b', 1],
  ['nothing left', 'aaaa', '', 0],
] as const) {
  test(`${what}: ${lost}`, async () => {
    assert.is(await newBytes(old, own), lost);
  });
}

test('each chunker is held against its own chunks', async () => {
  const chunkers = ['fixed:size=4', 'fixed:size=2', 'whole'].map((id) => createChunker(id));
  const known = await KnownChunks.of(chunkers, pieces('aa bb cc'));
  assert.equal(known.newBytes(pieces('bb aa cc')), [4, 0, 6]);
});

test('chunks of one length are found again in any order', async () => {
  const chunkers = ['fixed:size=4', 'whole'].map((id) => createChunker(id));
  const known = await KnownChunks.of(chunkers, pieces('aaaa bbbb cccc dddd'));
  assert.equal(known.reordered(1), [1, 1]);
  const empty = await KnownChunks.of(chunkers, []);
  assert.equal(empty.reordered(1), [1, 1]);
});

test('one short chunk that comes first moves all cuts', async () => {
  const known = await KnownChunks.of([createChunker('fixed:size=4')], pieces('aaaa bbbb cccc x'));
  const shares = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => known.reordered(seed)[0]!);
  // 13 bytes: x last keeps all, x before one, two or three whole chunks keeps those before it.
  const possible = [13, 8, 4, 0].map((found) => found / 13);
  for (const share of shares) assert.ok(possible.includes(share), String(share));
  assert.ok(new Set(shares).size > 1);
});

test.run();

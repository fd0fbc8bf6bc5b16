import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Divider } from '../accounting/divide.ts';
import { createChunker } from '../chunkers/mod.ts';
import { MemorySource } from '../streams/source.ts';
import { noise } from '../testing/noise.ts';
import type { Measurement } from './measurement.ts';
import { ReuseCount } from './reuse.ts';

const CHUNKERS = [
  'fastcdc:avg=1KiB',
  'fastcdc:avg=1KiB,nc=2',
  'fastcdc:avg=2KiB',
  'fixed:size=1KiB',
].map((id) => createChunker(id).id);
const chainOf = (chunker: string): string => `catar|${chunker}|none|objects|get`;

const old = noise(200_000, 1);
/** The same with a few bytes more in the middle, a part of it twice, and something new. */
const changed = Buffer.concat([
  old.subarray(0, 90_000),
  noise(77, 2),
  old.subarray(90_000),
  old.subarray(0, 30_000),
  noise(9000, 3),
]);

async function divided(bytes: Uint8Array) {
  const divider = await Divider.create(CHUNKERS);
  const divisions = divider.divide([new MemorySource(bytes)]);
  return new Map(CHUNKERS.map((id, number) => [chainOf(id), divisions[number]!]));
}

/** The definition: lengths by SHA-256 of the chunks. */
function chunksOf(id: string, bytes: Uint8Array): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  let at = 0;
  for (const length of createChunker(id).lengths(new MemorySource(bytes))) {
    const chunk = bytes.subarray(at, at + length);
    found.set(createHash('sha256').update(chunk).digest('hex'), length);
    at += length;
  }
  return found;
}

const figureIn = (found: readonly Measurement[], consumer: string, measure: string): unknown =>
  found.find((one) => one.client === `chunks:${consumer}` && one.measure === measure)?.value;

test('what is reused are the distinct chunks that both sides cut', async () => {
  const count = new ReuseCount();
  assert.equal(count.enter('one', await divided(old)), []);
  const found = new Map(count.enter('two', await divided(changed)));
  assert.equal([...found.keys()], CHUNKERS.map(chainOf));
  let some = 0;
  for (const producer of CHUNKERS) {
    const own = found.get(chainOf(producer))!;
    const chunks = chunksOf(producer, changed);
    const reused = (consumer: string): number => {
      const held = chunksOf(consumer, old);
      return [...chunks].reduce(
        (sum, [digest, length]) => sum + (held.has(digest) ? length : 0),
        0,
      );
    };
    for (const consumer of CHUNKERS) {
      const bytes = reused(consumer);
      if (bytes > 0 && consumer !== producer) some++;
      assert.is(figureIn(own, consumer, 'dedup.reused_bytes'), bytes, `${producer} ${consumer}`);
      const left = Math.round((1e6 * bytes) / reused(producer)) / 1e6;
      assert.is(figureIn(own, consumer, 'dedup.reuse_left'), left);
    }
    assert.is(figureIn(own, producer, 'dedup.reuse_left'), 1);
  }
  assert.ok(some > 0);
});

test('nothing is known against an image that is missing', async () => {
  const count = new ReuseCount();
  const [before, after] = [await divided(old), await divided(changed)];
  count.enter('one', before);
  assert.equal(count.enter('two', undefined), []);
  assert.equal(count.enter('three', before), []);
  assert.is(count.enter('four', after).length, CHUNKERS.length);
});

test('where nothing is shared by equal parameters nothing can be left', async () => {
  const count = new ReuseCount();
  count.enter('one', await divided(old));
  const [[, found]] = count.enter('two', await divided(noise(5000, 9))) as [
    readonly [string, readonly Measurement[]],
  ];
  assert.is(figureIn(found, CHUNKERS[0]!, 'dedup.reused_bytes'), 0);
  assert.is(figureIn(found, CHUNKERS[0]!, 'dedup.reuse_left'), undefined);
});

test('streams of two serialisers are not compared', async () => {
  const count = new ReuseCount();
  const both = async (bytes: Uint8Array) => {
    const [[chain, one]] = [...(await divided(bytes))] as [[string, never]];
    return new Map([
      [chain, one],
      [chain.replace('catar', 'tar'), one],
    ]);
  };
  count.enter('one', await both(old));
  for (const [, found] of count.enter('two', await both(changed))) {
    assert.equal(
      found.map(({ measure }) => measure),
      ['dedup.reused_bytes', 'dedup.reuse_left'],
    );
  }
});

test.run();

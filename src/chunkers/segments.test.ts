import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { seeded } from '../stats/random.ts';
import { Rope } from '../streams/rope.ts';
import { MemorySource } from '../streams/source.ts';
import { pooled } from '../workers/pooled.ts';
import { createChunker } from './mod.ts';
import { cutSegment, divide, joinSegments, type Segment } from './segments.ts';

const IDS = [
  'fastcdc:min=64,avg=256,max=1KiB',
  'fastcdc:avg=16KiB',
  'rabin:min=512,avg=1KiB,max=8KiB',
  'casync:avg=4KiB',
  'borg:min=1KiB,avg=4KiB,max=16KiB',
  'xet',
  'ronomon:avg=8KiB',
  'fastcdc-wasm:avg=8KiB',
  'bup',
  'tttd:avg=4KiB',
  'seqcdc:min=1KiB',
  'ae:avg=1KiB',
  'ram:avg=1KiB',
  'maxcdc:min=1KiB',
  'repmax:min=1KiB',
  'fastcdc:avg=1KiB,align=4KiB',
  'xet:avg=2KiB,align=512',
];

const random = seeded(11);
const noise = Uint8Array.from({ length: 700_001 }, () => random() * 256);
const streams: Readonly<Record<string, Uint8Array>> = {
  noise,
  zeros: new Uint8Array(500_000),
  'a period': Uint8Array.from({ length: 400_000 }, (_, index) => noise[index % 97]!),
  'noise, zeros, noise': new Uint8Array([
    ...noise.subarray(0, 90_000),
    ...new Uint8Array(200_000),
    ...noise.subarray(5),
  ]),
  empty: new Uint8Array(0),
  'one byte': Uint8Array.of(1),
};

function segmentsAt(length: number, bounds: readonly number[]): readonly Segment[] {
  const inside = bounds.filter((bound) => bound > 0 && bound < length);
  const all = [0, ...inside, length];
  return all.slice(0, -1).map((from, index) => ({ from, to: all[index + 1]! }));
}

for (const id of IDS) {
  test(`${id}: segments joined are the serial cuts, wherever they begin`, () => {
    const chunker = createChunker(id);
    for (const [what, bytes] of Object.entries(streams)) {
      const source = new MemorySource(bytes);
      const serial = chunker.lengths(source);
      for (const bounds of [
        [100_000, 200_000, 300_000],
        [1, 2, 65_537],
        [bytes.length - 1],
        [250_000],
      ]) {
        const segments = segmentsAt(bytes.length, bounds).map((one) =>
          cutSegment(chunker, source, one),
        );
        assert.equal(joinSegments(chunker, source, segments), serial, `${what} at ${bounds}`);
      }
    }
  });
}

test('threads cut a long stream as one does', async () => {
  const long = new Rope();
  for (let part = 0; part < 15; part++) long.literal(noise.subarray(part * 7)).zeros(part * 1000);
  const executor = pooled(2);
  try {
    for (const id of ['fastcdc:avg=64KiB', 'rabin:min=16KiB,avg=64KiB,max=256KiB']) {
      const chunker = createChunker(id);
      assert.ok(
        divide(long.length, 2, chunker).length > 1,
        'the stream is long enough to be shared out',
      );
      assert.equal(await executor.cut(long, 0, long.length, chunker), chunker.lengths(long));
      const part = new Rope().slice(long, 1001, long.length - 5005);
      assert.equal(await executor.cut(long, 1001, part.length, chunker), chunker.lengths(part));
    }
  } finally {
    await executor.close();
  }
});

test.run();

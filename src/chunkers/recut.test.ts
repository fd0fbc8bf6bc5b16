import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { seeded } from '../stats/random.ts';
import { MemorySource } from '../streams/source.ts';
import { chunkerSets } from '../testing/chunker-sets.ts';
import { noise } from '../testing/noise.ts';
import { createChunker } from './mod.ts';
import { cutBefore, recut, type Stretch } from './recut.ts';

const random = seeded(5);
const below = (count: number): number => Math.floor(count * random());
const streams = [
  noise(150_000, 3),
  new Uint8Array(120_000),
  new Uint8Array([...noise(40_000, 4), ...new Uint8Array(50_000), ...noise(40_000, 5)]),
];

interface Edited {
  readonly bytes: Uint8Array;
  readonly stretches: readonly Stretch[];
}

/** Of a stream, stretches in any order with something new between them. */
function edit(old: Uint8Array): Edited {
  const parts: Uint8Array[] = [];
  const stretches: Stretch[] = [];
  let own = 0;
  const put = (part: Uint8Array): void => {
    parts.push(part);
    own += part.length;
  };
  const count = 1 + below(4);
  for (let number = 0; number < count; number++) {
    if (below(2)) put(noise(below(300), below(1000) + 1));
    const start = number === 0 && below(2) ? 0 : below(old.length);
    const length =
      number === count - 1 && below(2) ? old.length - start : below(old.length - start);
    stretches.push({ old: start, own, length });
    put(old.subarray(start, start + length));
  }
  if (below(2)) put(noise(below(300), 7));
  return { bytes: new Uint8Array(Buffer.concat(parts)), stretches };
}

for (const [name, [, set]] of Object.entries(chunkerSets)) {
  if (set === undefined) continue;
  test(`${name}: what a stream shares with another is cut as if it came alone`, () => {
    const chunker = createChunker(set);
    for (const old of streams) {
      const before = cutBefore(chunker.lengths(new MemorySource(old)));
      for (let round = 0; round < 12; round++) {
        const { bytes, stretches } = edit(old);
        const source = new MemorySource(bytes);
        assert.equal(recut(chunker, before, source, stretches), chunker.lengths(source), set);
      }
    }
  });
}

test('the same stream again, and nothing', () => {
  const chunker = createChunker('fastcdc:avg=1KiB');
  for (const bytes of [streams[0]!, new Uint8Array(0)]) {
    const source = new MemorySource(bytes);
    const lengths = chunker.lengths(source);
    const all = [{ old: 0, own: 0, length: bytes.length }];
    assert.equal(recut(chunker, cutBefore(lengths), source, all), lengths);
    assert.equal(recut(chunker, cutBefore(lengths), source, []), lengths);
  }
});

test.run();

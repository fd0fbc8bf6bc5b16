import { get_chunks } from 'fastcdc-wasm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FileSource, MemorySource } from '../streams/source.ts';
import { hasAll, lackOfFile } from '../testing/needs.ts';
import { noise } from '../testing/noise.ts';
import { createChunker } from './mod.ts';

const IMAGE = '../shared/vectors/SekienAkashita.jpg';

test('cuts the published lengths', () => {
  if (!hasAll(lackOfFile(IMAGE))) return;
  const chunker = createChunker('ronomon:min=8KiB,avg=16KiB,max=32KiB');
  const lengths = chunker.lengths(new FileSource(IMAGE));
  assert.equal([...lengths], [22366, 8282, 16303, 18696, 32768, 11051]);
});

test('cuts where fastcdc-wasm cuts', () => {
  const bytes = noise(1_000_000, 4);
  bytes.fill(0, 300_000, 500_000);
  for (const [min, avg, max] of [
    [2048, 8192, 65536],
    [1000, 3001, 20_000],
    [256, 1024, 4096],
  ] as const) {
    const id = `ronomon:min=${min},avg=${avg},max=${max}`;
    const offsets = Array.from(createChunker(id).lengths(new MemorySource(bytes)));
    for (let index = 1; index < offsets.length; index++) offsets[index]! += offsets[index - 1]!;
    assert.equal([0, ...offsets], [...get_chunks(bytes, min, avg, max)], id);
  }
});

test.run();

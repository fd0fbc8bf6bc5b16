import { get_chunks } from 'fastcdc-wasm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FileSource, MemorySource } from '../streams/source.ts';
import { hasAll, lackOfFile } from '../testing/needs.ts';
import { noise } from '../testing/noise.ts';
import { createChunker } from './mod.ts';

const IMAGE = '../shared/vectors/SekienAkashita.jpg';

function mixture(length: number): Uint8Array {
  const bytes = noise(length, 4);
  bytes.fill(0, 300_000, 500_000);
  return bytes;
}

test('cuts the lengths published for the ronomon variant', () => {
  if (!hasAll(lackOfFile(IMAGE))) return;
  const chunker = createChunker('fastcdc-wasm:min=8KiB,avg=16KiB,max=32KiB');
  const lengths = chunker.lengths(new FileSource(IMAGE));
  assert.equal([...lengths], [22366, 8282, 16303, 18696, 32768, 11051]);
});

test('given blocks, cuts what the package cuts when it is given all at once', () => {
  const bytes = mixture(1_000_000);
  for (const [min, avg, max] of [
    [2048, 8192, 65536],
    [1000, 3001, 20_000],
    [256, 1024, 4096],
  ] as const) {
    const boundaries = get_chunks(bytes.slice(), min, avg, max);
    const whole = Array.from(boundaries.subarray(1), (end, index) => end - boundaries[index]!);
    const id = `fastcdc-wasm:min=${min},avg=${avg},max=${max}`;
    for (const blockBytes of [1009, 65_536, 8 << 20]) {
      const lengths = createChunker(id, { blockBytes }).lengths(new MemorySource(bytes));
      assert.equal([...lengths], whole, `${id} in blocks of ${blockBytes}`);
    }
  }
});

test('cuts more chunks than one call can return', () => {
  const source = new MemorySource(mixture(6_000_000));
  const sizes = 'min=64,avg=256,max=1KiB';
  const lengths = createChunker(`fastcdc-wasm:${sizes}`).lengths(source);
  assert.ok(lengths.length > 16_384, `only ${lengths.length}`);
  assert.equal(lengths, createChunker(`ronomon:${sizes}`).lengths(source));
});

test('is not the FastCDC of the papers', () => {
  const source = new MemorySource(mixture(1_000_000));
  const lengths = (name: string): Float64Array => createChunker(`${name}:avg=8KiB`).lengths(source);
  assert.not.equal(lengths('fastcdc-wasm'), lengths('fastcdc'));
  assert.not.equal(lengths('fastcdc-wasm'), lengths('fastcdc2016'));
});

test.run();

import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemorySource } from '../streams/source.ts';
import { noise } from '../testing/noise.ts';
import { type Blocks, type ChunkRecord, chunkRecords } from './chunk-file.ts';
import { createChunker } from './mod.ts';

async function collect(records: AsyncIterable<ChunkRecord>): Promise<readonly ChunkRecord[]> {
  const all: ChunkRecord[] = [];
  for await (const record of records) all.push(record);
  return all;
}

function expected(id: string, bytes: Uint8Array): readonly ChunkRecord[] {
  let offset = 0;
  return Array.from(createChunker(id).lengths(new MemorySource(bytes)), (length) => {
    const content = bytes.subarray(offset, offset + length);
    const digest = createHash('sha256').update(content).digest('hex');
    const record = { offset, length, digest };
    offset += length;
    return record;
  });
}

/** A pipe that delivers blocks of this size, in the same buffer again and again. */
async function* pipe(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(size);
  for (let offset = 0; offset < bytes.length; offset += size) {
    const block = buffer.subarray(0, Math.min(size, bytes.length - offset));
    block.set(bytes.subarray(offset, offset + block.length));
    yield block;
  }
}

for (const id of [
  'whole',
  'fixed:size=1000',
  'fastcdc:avg=1KiB',
  'rabin:avg=512',
  'rollsum:avg=1KiB,max=9KiB',
]) {
  test(`${id}: a file, an array of blocks and a pipe give the same records`, async () => {
    for (const length of [0, 1, 1000, 1024, 50_021]) {
      const bytes = noise(length, 9);
      const want = expected(id, bytes);
      const inputs: (MemorySource | Blocks)[] = [
        new MemorySource(bytes),
        [bytes],
        pipe(bytes, 1),
        pipe(bytes, 4099),
      ];
      for (const input of inputs) {
        assert.equal(await collect(chunkRecords(id, input, 'sha256', 5000)), want);
      }
    }
  });
}

test('a digest that nobody asked for is left out', async () => {
  const records = await collect(chunkRecords('fixed:size=4', [noise(6)], 'none'));
  assert.equal(records, [
    { offset: 0, length: 4 },
    { offset: 4, length: 2 },
  ]);
});

test('two files at once do not mix their digests', async () => {
  const [a, b] = [noise(30_000, 1), noise(30_000, 2)];
  const one = (bytes: Uint8Array): Promise<readonly ChunkRecord[]> =>
    collect(chunkRecords('fixed:size=9000', pipe(bytes, 1000), 'xxh128'));
  const apart = [await one(a), await one(b)];
  assert.equal(await Promise.all([one(a), one(b)]), apart);
  assert.not.equal(apart[0], apart[1]);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Divider } from '../accounting/divide.ts';
import { createChunker } from '../chunkers/mod.ts';
import { MemorySource } from '../streams/source.ts';
import { noise } from '../testing/noise.ts';
import { ReflinkCount } from './reflinks.ts';

const IDS = ['whole', 'fixed:size=4KiB', 'fastcdc:avg=1KiB', 'fastcdc:avg=1KiB,align=4KiB'].map(
  (id) => createChunker(id).id,
);
const chainOf = (id: string): string => `files|${id}|none|objects|get`;

const content = noise(40_961, 1);
const joined = (...parts: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(Buffer.concat(parts));
/** A block more, and a byte more, before the same content. */
const onBlock = joined(noise(4096, 2), content);
const offBlock = joined(noise(1, 3), content);

async function divided(files: readonly Uint8Array[]) {
  const divisions = (await Divider.create(IDS)).divide(
    files.map((bytes) => new MemorySource(bytes)),
  );
  return new Map(IDS.map((id, number) => [chainOf(id), divisions[number]!]));
}

/** Of the last image: short name of a measure → value, by chunker. */
async function measured(...images: readonly (readonly Uint8Array[])[]) {
  const count = new ReflinkCount();
  let last: ReturnType<ReflinkCount['enter']> = [];
  for (const [number, files] of images.entries()) {
    last = count.enter(`image ${number}`, await divided(files));
  }
  return (chunker: string, measure: string): unknown =>
    last
      .find(([model]) => model === chainOf(createChunker(chunker).id))?.[1]
      .find((one) => one.measure === `dedup.${measure}`)?.value;
}

test('a file that was there before is shared as a whole, whatever cuts it', async () => {
  const value = await measured([content], [content]);
  for (const id of IDS) {
    assert.is(value(id, 'duplicate_bytes'), content.length);
    assert.is(value(id, 'reflinkable_bytes'), content.length);
    assert.is(value(id, 'reflinkable_share'), 1);
  }
});

test('what moved by a block is found and shared by blocks, by whole files not', async () => {
  const value = await measured([content], [onBlock]);
  assert.is(value('whole', 'duplicate_bytes'), 0);
  assert.is(value('whole', 'reflinkable_share'), undefined);
  for (const id of ['fixed:size=4KiB', 'fastcdc:avg=1KiB,align=4KiB']) {
    assert.is(value(id, 'reflinkable_share'), 1);
  }
  assert.is(value('fixed:size=4KiB', 'reflinkable_bytes'), content.length);
});

test('what moved by a byte is found by cuts of the content, and can be shared by none', async () => {
  const value = await measured([content], [offBlock]);
  assert.ok(Number(value('fastcdc:avg=1KiB', 'duplicate_bytes')) > content.length / 2);
  assert.is(value('fastcdc:avg=1KiB', 'reflinkable_bytes'), 0);
  assert.is(value('fastcdc:avg=1KiB', 'reflinkable_share'), 0);
  assert.is(value('fixed:size=4KiB', 'duplicate_bytes'), 0);
  assert.is(value('fastcdc:avg=1KiB,align=4KiB', 'duplicate_bytes'), 0);
});

test('of a store, blocks of chunks that start on a block of their file are shared', async () => {
  const files = [content, noise(100, 4), onBlock];
  const value = await measured(files);
  const all = files.reduce((sum, { length }) => sum + length, 0);
  for (const id of ['whole', 'fixed:size=4KiB', 'fastcdc:avg=1KiB,align=4KiB']) {
    assert.is(value(id, 'store_reflinkable_bytes'), all, id);
    assert.is(value(id, 'store_reflinkable_share'), 1);
  }
  // The definition, block by block: one that a chunk has as a whole block of its own, or as its tail.
  let expected = 0;
  for (const bytes of files) {
    let start = 0;
    for (const length of createChunker('fastcdc:avg=1KiB').lengths(new MemorySource(bytes))) {
      for (let block = 0; block < bytes.length; block += 4096) {
        const end = Math.min(bytes.length, block + 4096);
        const isOwn = (block - start) % 4096 === 0 && start <= block && end <= start + length;
        if (isOwn) expected += end - block;
      }
      start += length;
    }
  }
  assert.is(value('fastcdc:avg=1KiB', 'store_reflinkable_bytes'), expected);
  assert.ok(expected < all);
});

test('after an image that is missing nothing is known to be there before', async () => {
  const count = new ReflinkCount();
  count.enter('one', undefined);
  const [[, found]] = count.enter('two', await divided([content])) as never as [
    [string, { measure: string }[]],
  ];
  assert.equal(
    found.map(({ measure }) => measure),
    ['dedup.store_reflinkable_bytes', 'dedup.store_reflinkable_share'],
  );
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernels } from '../kernels/kernels.ts';
import { FileSource, MemorySource } from '../streams/source.ts';
import { hasAll, lackOfFile } from '../testing/needs.ts';
import { noise } from '../testing/noise.ts';
import { gear } from './gear.ts';
import { createChunker } from './mod.ts';

/**
 * Cut points are an interchange format: chunks already stored are found again only while these vectors hold. They must
 * never change under the same id.
 */

const IMAGE = '../shared/vectors/SekienAkashita.jpg';

/** Lengths on SekienAkashita.jpg, published with fastcdc-rs; both variants cut them. */
const PUBLISHED: readonly (readonly [sizes: string, lengths: readonly number[]])[] = [
  ['min=4096,avg=16384,max=65535', [21325, 17140, 28084, 18217, 24700]],
  ['min=8192,avg=32768,max=131072', [66549, 42917]],
  ['min=16384,avg=65536,max=262144', [109466]],
];

for (const [sizes, lengths] of PUBLISHED) {
  for (const id of [`fastcdc:${sizes}`, `fastcdc2016:${sizes}`]) {
    test(`${id} cuts the published lengths`, () => {
      if (!hasAll(lackOfFile(IMAGE))) return;
      assert.equal([...createChunker(id).lengths(new FileSource(IMAGE))], lengths);
    });
  }
}

test('with even sizes the variants of 2016 and 2020 cut alike', () => {
  const source = new MemorySource(noise(300_000, 12));
  for (const sizes of ['avg=1KiB', 'min=600,avg=1500,max=7002,nc=2', 'avg=8KiB,nc=0']) {
    assert.equal(
      createChunker(`fastcdc:${sizes}`).lengths(source),
      createChunker(`fastcdc2016:${sizes}`).lengths(source),
    );
  }
});

test('loading eight bytes at once changes no cut', () => {
  const { exports } = kernels();
  const source = new MemorySource(noise(300_000, 13));
  const all = ['fastcdc:min=333,avg=1449,max=5001', 'fastcdc2016:min=65,avg=725,max=1025'];
  const cuts = (wide: boolean): readonly Float64Array[] => {
    exports.loadWide(wide);
    return all.map((id) => createChunker(id).lengths(source));
  };
  try {
    assert.equal(cuts(true), cuts(false));
  } finally {
    exports.loadWide('Deno' in globalThis);
  }
});

test('the gear table begins and ends as published', () => {
  assert.is(gear[0], 0x3b5d3c7d207e37dcn);
  assert.is(gear[255], 0xaabd2b2a451504e1n);
});

test.run();

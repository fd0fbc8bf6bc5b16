import { existsSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FileSource } from '../streams/source.ts';
import { gear } from './gear.ts';
import { createChunker } from './mod.ts';

/**
 * Cut points are an interchange format: chunks already stored are found again only while these vectors hold. They must
 * never change under the same id.
 */

const IMAGE = '../shared/vectors/SekienAkashita.jpg';

/** Lengths on SekienAkashita.jpg, published with fastcdc-rs. */
const PUBLISHED: readonly (readonly [id: string, lengths: readonly number[]])[] = [
  ['fastcdc:min=4096,avg=16384,max=65535', [21325, 17140, 28084, 18217, 24700]],
  ['fastcdc:min=8192,avg=32768,max=131072', [66549, 42917]],
  ['fastcdc:min=16384,avg=65536,max=262144', [109466]],
];

for (const [id, lengths] of PUBLISHED) {
  test(`${id} cuts the published lengths`, () => {
    if (!existsSync(IMAGE)) return console.log(`skipped: ${IMAGE} is not here`);
    assert.equal([...createChunker(id).lengths(new FileSource(IMAGE))], lengths);
  });
}

test('the gear table begins and ends as published', () => {
  assert.is(gear[0], 0x3b5d3c7d207e37dcn);
  assert.is(gear[255], 0xaabd2b2a451504e1n);
});

test.run();

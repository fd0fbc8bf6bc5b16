import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolve } from '../ids.ts';
import { noise } from '../testing/noise.ts';
import { contractFaults } from './contract.ts';
import { chunkerMembers, createChunker } from './mod.ts';

/** Bytes without a 0xff, where the search for a greater byte goes on to the end of its window. */
const INPUTS: readonly (readonly [title: string, bytes: Uint8Array])[] = [
  ['text', noise(20_011, 8).map((byte) => 32 + (byte % 91))],
  ['bytes that ascend slowly', Uint8Array.from({ length: 20_011 }, (_, at) => (at >> 6) % 251)],
  [
    'bytes that descend slowly',
    Uint8Array.from({ length: 20_011 }, (_, at) => 250 - ((at >> 6) % 251)),
  ],
  [
    'few high bytes',
    noise(20_011, 9).map((byte, at) => (at % 777 === 0 ? 128 + (byte >> 1) : byte >> 2)),
  ],
];

for (const id of ['ae:avg=1KiB', 'ae:avg=363,max=901', 'ram:avg=1KiB', 'ram:avg=363,max=901']) {
  const { member, values } = resolve('chunker', chunkerMembers, id);
  const create = (blockBytes = 1 << 20): ReturnType<typeof createChunker> =>
    createChunker(id, { blockBytes });
  for (const [title, bytes] of INPUTS) {
    test(`${id} keeps the contract on ${title}`, () => {
      assert.equal(contractFaults(create, member.algorithm(values), bytes, [64, 1009]), []);
    });
  }
}

test.run();

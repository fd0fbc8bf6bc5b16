import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FileSource, MemorySource } from '../streams/source.ts';
import { hasAll, lackOfFile } from '../testing/needs.ts';
import { createChunker } from './mod.ts';

/** `repmax` and `maxcdc` beside what others published or cut with their definition. */

const IMAGE = '../shared/vectors/SekienAkashita.jpg';

/** Lengths on SekienAkashita.jpg. */
const ON_IMAGE: readonly (readonly [id: string, origin: string, lengths: readonly number[]])[] = [
  [
    'repmax:min=4096,horizon=32768',
    'bazelbuild/bazel, RepMaxCdcChunkerTest, made there with buildbarn/go-cdc',
    [
      7026, 5198, 5310, 4271, 5278, 5588, 5017, 6761, 5541, 7612, 5501, 4695, 4362, 6221, 7190,
      5858, 4382, 8022, 5633,
    ],
  ],
  [
    'repmax:min=8192,horizon=0',
    'bazelbuild/bazel, RepMaxCdcChunkerTest, zero horizon',
    [8192, 8192, 8192, 8192, 8192, 8192, 8192, 8192, 8192, 8192, 8192, 8192, 11162],
  ],
  [
    'maxcdc:min=2048,max=8192',
    'buildbarn/go-cdc ab4a540, both chunkers, with the table it has since',
    [
      7026, 2316, 8192, 4271, 5278, 4014, 6591, 6761, 5541, 7612, 2835, 2666, 7579, 7699, 7190,
      5858, 4382, 8022, 2955, 2678,
    ],
  ],
  [
    'maxcdc:min=4096,max=14785',
    'buildbarn/go-cdc ab4a540, the sizes of its README',
    [7026, 14779, 5278, 10605, 12302, 7612, 14558, 6221, 13048, 12404, 5633],
  ],
];

for (const [id, origin, lengths] of ON_IMAGE) {
  test(`${id} cuts as ${origin}`, () => {
    if (!hasAll(lackOfFile(IMAGE))) return;
    assert.equal([...createChunker(id).lengths(new FileSource(IMAGE))], lengths);
  });
}

/** The input of those vectors: the lowest bytes of a xorshift64 generator. */
function xorshift64(length: number): Uint8Array {
  let state = 0x9e3779b97f4a7c15n;
  return Uint8Array.from({ length }, () => {
    state ^= BigInt.asUintN(64, state << 13n);
    state ^= state >> 7n;
    state ^= BigInt.asUintN(64, state << 17n);
    return Number(state & 0xffn);
  });
}

/** Published in chmduquesne/rollinghash, which implements both by its own code. */
const ON_XORSHIFT: readonly (readonly [id: string, lengths: readonly number[]])[] = [
  [
    'maxcdc:min=2048,max=8192',
    [
      2532, 7455, 7975, 8175, 2057, 8053, 4382, 2266, 7615, 5408, 5490, 7176, 3042, 7596, 3982,
      2286, 6569, 2998, 3247,
    ],
  ],
  [
    'repmax:min=4096,horizon=4096',
    [7903, 5898, 4161, 8175, 6783, 7709, 6740, 5682, 5840, 5016, 7719, 7596, 6268, 6569, 6245],
  ],
];

for (const [id, lengths] of ON_XORSHIFT) {
  test(`${id} cuts as the vectors of chmduquesne/rollinghash`, () => {
    assert.equal([...createChunker(id).lengths(new MemorySource(xorshift64(96 << 10)))], lengths);
  });
}

test('the last chunk is not shorter than min, and up to 2 · min − 1 bytes are one chunk', () => {
  const lengthsOf = (length: number): readonly number[] => [
    ...createChunker('maxcdc:min=1KiB,max=4KiB').lengths(new MemorySource(xorshift64(length))),
  ];
  assert.equal(lengthsOf(2047), [2047]);
  assert.equal(lengthsOf(2048), [1024, 1024]);
  for (let length = 5000; length < 5100; length++) {
    assert.ok(
      lengthsOf(length).every((each) => each >= 1024 && each <= 4096),
      `${length} bytes`,
    );
  }
});

test.run();

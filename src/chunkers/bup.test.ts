import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FileSource, MemorySource } from '../streams/source.ts';
import { hasAll, lackOfFile } from '../testing/needs.ts';
import { noise } from '../testing/noise.ts';
import { createChunker } from './mod.ts';

const IMAGE = '../shared/vectors/SekienAkashita.jpg';

test('cuts SekienAkashita.jpg as bup split of bup 0.33.7', () => {
  if (!hasAll(lackOfFile(IMAGE))) return;
  const lengths = createChunker('bup').lengths(new FileSource(IMAGE));
  assert.equal(
    [...lengths],
    [1279, 6534, 14906, 2066, 3229, 10702, 16565, 10370, 9063, 24665, 7736, 2351],
  );
});

/** By bup's own bupsplit.h with the masks of its _hashsplit.c (bup 89ddbc6), which bup 0.33 does not offer yet. */
const MORE_BITS_THAN_ONE_SUM: readonly (readonly [id: string, lengths: readonly number[]])[] = [
  [
    'bup:avg=128KiB',
    [
      77646, 55753, 35564, 32872, 89963, 223172, 30963, 250828, 248549, 1510, 103185, 1667, 194544,
      76983, 87564, 38322, 71218, 19536, 66396, 101532, 29868, 311624, 35351, 39247, 74047, 20042,
      56598, 22286, 3838, 80827, 242892, 13157, 25793, 50470, 29403, 69312, 201456, 258304, 245429,
      17696, 310349, 49781, 4463,
    ],
  ],
  [
    'bup:avg=256KiB',
    [
      77646, 55753, 158399, 753512, 1510, 103185, 1667, 271527, 87564, 38322, 71218, 19536, 167928,
      29868, 311624, 74598, 172973, 3838, 80827, 242892, 89420, 29403, 270768, 258304, 573474,
      49781, 4463,
    ],
  ],
];

for (const [id, lengths] of MORE_BITS_THAN_ONE_SUM) {
  test(`${id} looks at the low bits of the first sum too`, () => {
    const source = new MemorySource(noise(4_000_000, 7));
    assert.equal([...createChunker(id).lengths(source)], lengths);
  });
}

test.run();

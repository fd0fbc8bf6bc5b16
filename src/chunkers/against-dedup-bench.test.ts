import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemorySource } from '../streams/source.ts';
import { hasAll, lackOfFile, skip } from '../testing/needs.ts';
import { noise } from '../testing/noise.ts';
import { createChunker } from './mod.ts';

/**
 * Cuts that UWASL/dedup-bench f2c7a7b made on two real files, each file given to it in one buffer. For `tttd` it was changed:
 * its window holds the 64 bytes before min, the cut is after the window, and only a chunk that reached max takes the backup.
 * As it is, its TTTD cuts elsewhere; tttd.ts says how.
 */
const IMAGE = '../shared/vectors/SekienAkashita.jpg';
/** Of vega-lite 6.4.3, 250 845 bytes of text. */
const SCRIPT = 'node_modules/vega-lite/build/vega-lite.min.js';
const SCRIPT_DIGEST = '35a9821df838825b05a6a73e9414b58747a1b18321583858ed903c66393a5c7e';

const lengthsOf = (id: string, bytes: Uint8Array): readonly number[] => [
  ...createChunker(id).lengths(new MemorySource(bytes)),
];
const sha256 = (content: Uint8Array | string): string =>
  createHash('sha256').update(content).digest('hex');

/** Lengths on the image. */
const ON_IMAGE: readonly (readonly [id: string, lengths: readonly number[]])[] = [
  [
    'ae:avg=8KiB,max=32KiB',
    [7936, 7944, 9020, 8014, 7943, 7990, 7937, 8072, 7975, 7937, 7967, 7971, 8068, 4692],
  ],
  [
    'ram:avg=8KiB,max=32KiB',
    [7944, 9020, 8014, 7943, 7990, 7937, 8072, 7975, 7937, 7967, 7971, 8068, 7970, 4658],
  ],
  [
    'seqcdc:min=4KiB,max=16KiB,skip=256',
    [
      4467, 12757, 4169, 7747, 5552, 9214, 4912, 6648, 7691, 5210, 7316, 8078, 5210, 4165, 4819,
      7761, 3750,
    ],
  ],
  [
    'seqcdc:min=4KiB,max=16KiB,skip=256,falling=1',
    [16384, 6997, 7661, 5215, 6997, 5629, 4446, 5892, 9496, 5634, 4517, 9784, 4495, 11324, 4995],
  ],
  [
    'tttd:min=2KiB,avg=8KiB,max=16KiB',
    [4445, 6534, 9792, 14430, 14636, 10464, 2112, 14369, 6270, 4669, 14621, 7124],
  ],
  [
    'ae:avg=3003,max=9001',
    [
      2747, 2916, 2948, 2851, 2770, 5479, 2967, 2748, 2749, 2780, 2800, 2809, 2953, 2756, 2761,
      3216, 2772, 2786, 2768, 2760, 2844, 2793, 2798, 2771, 2853, 2860, 2760, 2784, 2799, 2759,
      2751, 2845, 2755, 2964, 2756, 2763, 2912, 2363,
    ],
  ],
  [
    'ram:avg=3003,max=9001',
    [
      2916, 2948, 2851, 2770, 5479, 2967, 2748, 2749, 2780, 2800, 2809, 2953, 2756, 2761, 3216,
      2772, 2786, 2768, 2760, 2844, 2793, 2798, 2771, 2853, 2860, 2760, 2784, 2799, 2759, 2751,
      2845, 2755, 2964, 2756, 2763, 2912, 2768, 2342,
    ],
  ],
  [
    'seqcdc:min=1001,max=5001,skip=100',
    [
      4467, 1240, 1114, 2263, 2893, 5001, 1624, 1469, 2644, 1664, 5001, 3197, 2012, 5001, 1490,
      1495, 2242, 1482, 2519, 1216, 1667, 5001, 3047, 3408, 4246, 3378, 4902, 1283, 2645, 5001,
      1062, 3427, 4035, 4819, 5001, 4427, 1486, 597,
    ],
  ],
  [
    'tttd:min=1001,avg=4KiB,max=5001',
    [
      4445, 2293, 4241, 5001, 4791, 5001, 2133, 4923, 2373, 1242, 1571, 5001, 1142, 4238, 1442,
      1966, 3900, 4598, 1584, 4741, 4772, 4038, 1003, 5001, 1612, 4669, 1778, 4278, 1698, 5001,
      1866, 4901, 2223,
    ],
  ],
];

/** Number of chunks of the script, first 16 digits of the sha256 of their lengths joined by commas. */
const ON_SCRIPT: readonly (readonly [id: string, count: number, digest: string])[] = [
  ['ae:avg=8KiB,max=32KiB', 32, '2c6b0466fd6f006f'],
  ['ram:avg=8KiB,max=32KiB', 29, '1972b3a409135b5f'],
  ['seqcdc:min=4KiB,max=16KiB,skip=256', 24, '13daacc5af3e16f0'],
  ['seqcdc:min=4KiB,max=16KiB,skip=256,falling=1', 24, '5e4460b4e195ae5a'],
  ['tttd:min=2KiB,avg=8KiB,max=16KiB', 28, 'a68d9d19a2640a07'],
  ['ae:avg=3003,max=9001', 89, '6888d6b042124c00'],
  ['ram:avg=3003,max=9001', 87, '6ef42f783538b4ec'],
  ['seqcdc:min=1001,max=5001,skip=100', 70, 'e4bf0ed06ff0a804'],
  ['tttd:min=1001,avg=4KiB,max=5001', 69, 'f1cc68f9e574aa60'],
];

for (const [id, lengths] of ON_IMAGE) {
  test(`${id} cuts an image as DedupBench`, () => {
    if (!hasAll(lackOfFile(IMAGE))) return;
    assert.equal(lengthsOf(id, readFileSync(IMAGE)), lengths);
  });
}

for (const [id, count, digest] of ON_SCRIPT) {
  test(`${id} cuts a script as DedupBench`, () => {
    const script = readFileSync(SCRIPT);
    if (sha256(script) !== SCRIPT_DIGEST) {
      return skip(`${SCRIPT} is not that of vega-lite 6.4.3`);
    }
    const lengths = lengthsOf(id, script);
    assert.is(lengths.length, count);
    assert.is(sha256(lengths.join()).slice(0, 16), digest);
  });
}

test('tttd cuts as rabin with the same polynomial while no chunk reaches max', () => {
  const bytes = noise(400_000, 31);
  const sizes = 'min=256,avg=1KiB,max=64KiB';
  const lengths = lengthsOf(`tttd:${sizes}`, bytes);
  assert.ok(lengths.every((length) => length < 64 << 10));
  assert.equal(lengths, lengthsOf(`rabin:${sizes},poly=0x3da3358b4dc173`, bytes));
});

test.run();

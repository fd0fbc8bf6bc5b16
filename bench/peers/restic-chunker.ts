import { compareCuts, ourCuts } from './cuts.ts';
import type { Peer } from './peer.ts';
import { binary, buildGo, numbers, pinned, run } from './tools.ts';

const DRIVER = 'chunkers-go';

/** Of the proof of concept of OCIv2; restic draws one for each repository. */
const POLYNOMIAL = '0x2fcee57a92de81';
const SETS: readonly (readonly [min: number, bits: number, max: number])[] = [
  // Those of restic, of the proof of concept, and small ones, so that every rule is met.
  [512 << 10, 20, 8 << 20],
  [2 << 20, 20, 16 << 20],
  [16 << 10, 16, 256 << 10],
];

export const resticChunker: Peer = {
  name: 'restic-chunker',
  title: 'restic/chunker',
  follows: ['rabin', 'restic', 'ociv2-poc'],
  version: () => pinned(DRIVER, 'github.com/restic/chunker'),

  build: (place) => buildGo(place, DRIVER),

  async compare(place, { tar }) {
    return SETS.map(([min, bits, max]) => {
      const words = [tar, 'restic', POLYNOMIAL, min, bits, max].map(String);
      const theirs = numbers(run(binary(place, DRIVER), words));
      const id = `rabin:poly=${POLYNOMIAL},min=${min},avg=${1 << bits},max=${max}`;
      return compareCuts(`min ${min}, ${bits} bits, max ${max}`, theirs, ourCuts(id, tar));
    });
  },
};

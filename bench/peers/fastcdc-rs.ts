import { compareCuts, ourCuts } from './cuts.ts';
import type { Peer } from './peer.ts';
import { binary, buildRust, numbers, pinned, run } from './tools.ts';

const DRIVER = 'chunkers-rs';

/** Words of the driver, and the same of ours. */
const SETS: readonly (readonly [theirs: string, ours: string])[] = [
  ['v2020 16384 65536 262144 1 0', 'fastcdc:avg=64KiB'],
  ['v2020 333 1448 5000 3 0', 'fastcdc:min=333,avg=1448,max=5000,nc=3'],
  [
    'v2020 64 256 1024 0 81985529216486895',
    'fastcdc:min=64,avg=256,max=1024,nc=0,seed=0x123456789abcdef',
  ],
  ['v2016 16384 65536 262144 1', 'fastcdc2016:avg=64KiB'],
  ['v2016 333 1449 5001 2', 'fastcdc2016:min=333,avg=1449,max=5001,nc=2'],
  ['ronomon 16384 65536 262144', 'ronomon:avg=64KiB'],
];

export const fastcdcRs: Peer = {
  name: 'fastcdc-rs',
  title: 'fastcdc-rs',
  follows: ['fastcdc', 'fastcdc2016', 'ronomon'],
  version: () => pinned(DRIVER, 'fastcdc'),

  build: (place) => buildRust(place, DRIVER),

  async compare(place, { tar }) {
    return SETS.map(([words, id]) => {
      const theirs = numbers(run(binary(place, DRIVER), [tar, ...words.split(' ')]));
      return compareCuts(words, theirs, ourCuts(id, tar));
    });
  },
};

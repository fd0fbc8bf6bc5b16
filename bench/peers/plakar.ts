import { compareCuts, ourCuts } from './cuts.ts';
import { cutByGear } from './gear-variant.ts';
import type { Peer } from './peer.ts';
import { binary, buildGo, numbers, pinned, run } from './tools.ts';

const DRIVER = 'chunkers-go';
/** Its defaults. */
const [MIN, NORMAL, MAX] = [2 << 10, 8 << 10, 64 << 10];

export const plakar: Peer = {
  name: 'go-cdc-chunkers',
  title: 'PlakarKorp/go-cdc-chunkers',
  follows: ['fastcdc2016'],
  version: () => pinned(DRIVER, 'github.com/PlakarKorp/go-cdc-chunkers'),

  build: (place) => buildGo(place, DRIVER),

  async compare(place, { tar }) {
    const words = [tar, 'plakar-v1', MIN, NORMAL, MAX].map(String);
    const theirs = numbers(run(binary(place, DRIVER), words));
    const ours = ourCuts(`fastcdc2016:min=${MIN},avg=${NORMAL},max=${MAX},nc=2`, tar);
    const entries = run(binary(place, DRIVER), [tar, 'plakar-gear']).toString().trim().split('\n');
    const variant = cutByGear(tar, {
      sizes: [MIN, NORMAL, MAX],
      masks: [0x0003590703530000n, 0x0000d90003530000n],
      isAfter: false,
      table: BigUint64Array.from(entries, BigInt),
    });
    const why =
      theirs.join() === variant.join()
        ? 'the same rule by a gear table and masks of its own (the masks of the paper): with them every cut is equal'
        : 'not explained';
    return [compareCuts('fastcdc-v1.0.0, defaults', theirs, ours, why)];
  },
};

import { compareCuts, ourCuts } from './cuts.ts';
import { cutByGear } from './gear-variant.ts';
import type { Peer } from './peer.ts';
import { binary, buildGo, numbers, pinned, run } from './tools.ts';

const DRIVER = 'chunkers-go';

/** Their name and sizes, and the same of ours. */
const EQUAL: readonly (readonly [theirs: string, first: number, second: number, ours: string])[] = [
  ['max', 24 << 10, 96 << 10, 'maxcdc:min=24KiB,max=96KiB'],
  ['simple-max', 24 << 10, 96 << 10, 'maxcdc:min=24KiB,max=96KiB'],
  ['repmax', 32 << 10, 256 << 10, 'repmax:min=32KiB,horizon=256KiB'],
  ['simple-repmax', 1000, 4001, 'repmax:min=1000,horizon=4001'],
];

const NORMAL = 64 << 10;

export const goCdc: Peer = {
  name: 'go-cdc',
  title: 'buildbarn/go-cdc',
  follows: ['maxcdc', 'repmax', 'fastcdc'],
  version: () => pinned(DRIVER, 'github.com/buildbarn/go-cdc'),

  build: (place) => buildGo(place, DRIVER),

  async compare(place, { tar }) {
    const theirs = (...words: readonly (string | number)[]): readonly number[] =>
      numbers(run(binary(place, DRIVER), [tar, ...words.map(String)]));
    const rows = EQUAL.map(([name, first, second, id]) =>
      compareCuts(`${name} ${first} ${second}`, theirs(name, first, second), ourCuts(id, tar)),
    );
    const fast = theirs('buildbarn-fast', NORMAL);
    const level = `fastcdc2016:avg=${NORMAL},nc=2`;
    const variant = cutByGear(tar, {
      sizes: [NORMAL / 4, NORMAL, NORMAL * 4],
      masks: [0x0000d90707537000n, 0x0000d90313530000n],
      isAfter: true,
    });
    const isVariant = fast.join() === variant.join();
    const why = isVariant
      ? 'its FastCDC ends a chunk behind the byte that triggers it, ours, as fastcdc-rs, before it; with that changed every cut is equal'
      : 'not explained';
    return [...rows, compareCuts(`fast ${NORMAL}`, fast, ourCuts(level, tar), why)];
  },
};

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemorySource } from '../streams/source.ts';
import { algorithmOf, chunkerSets } from '../testing/chunker-sets.ts';
import { lackOfTime, unless } from '../testing/needs.ts';
import { noise } from '../testing/noise.ts';
import type { Algorithm } from './chunker.ts';
import { chunkerMembers } from './mod.ts';
import { referenceLengths } from './reference.ts';
import { split } from './split.ts';

/**
 * How work grows with the length of a stream, as an exact count and without a clock: bytes that the definition reads, and
 * bytes that the loop hands to the kernel. A quadratic chunker would have an exponent of 2.
 */
const MOST = 1.2;
const FACTOR = 4;

/** log of the work on a stream FACTOR times as long as another, over the work on that one. */
const exponent = (short: number, long: number): number => Math.log(long / short) / Math.log(FACTOR);

/** A view of `bytes` that counts every byte read from it or from parts of it. */
function counted(bytes: Uint8Array): { readonly view: Uint8Array; reads(): number } {
  let reads = 0;
  const wrap = (part: Uint8Array): Uint8Array =>
    new Proxy(part, {
      get(target, key) {
        if (key === 'subarray') {
          return (from?: number, to?: number) => wrap(target.subarray(from, to));
        }
        if (key === Symbol.iterator) {
          reads += target.length;
          return () => target[Symbol.iterator]();
        }
        if (typeof key === 'string' && /^\d+$/.test(key)) reads++;
        return Reflect.get(target, key, target);
      },
    });
  return { view: wrap(bytes), reads: () => reads };
}

function bytesRead(algorithm: Algorithm, bytes: Uint8Array): number {
  const { view, reads } = counted(bytes);
  referenceLengths(algorithm, view);
  return reads();
}

function bytesHandedOver(algorithm: Algorithm, bytes: Uint8Array): number {
  let sum = 0;
  const { kernel } = algorithm;
  if (!kernel) return 0;
  const counting: Algorithm = {
    ...algorithm,
    kernel: {
      ...kernel,
      cut: (machine, start, end, last) => {
        sum += end - start;
        return kernel.cut(machine, start, end, last);
      },
    },
  };
  split(counting, new MemorySource(bytes), 64);
  return sum;
}

const inputs: Readonly<Record<string, (length: number) => Uint8Array>> = {
  noise: (length) => noise(length),
  zeros: (length) => new Uint8Array(length),
  '0xff': (length) => new Uint8Array(length).fill(0xff),
};

/** The member's parameter set that decides by the fewest bytes, of those that have to read any. */
function shortestReach(sets: readonly string[]): Algorithm {
  const reachOf = (algorithm: Algorithm): number => algorithm.kernel?.reach ?? 0;
  const reading = sets.map(algorithmOf).filter((each) => each.shortest < each.longest);
  return reading.reduce((a, b) => (reachOf(b) < reachOf(a) ? b : a));
}

for (const { name } of chunkerMembers) {
  // These read nothing.
  if (name === 'whole' || name === 'fixed') continue;
  const algorithm = shortestReach(chunkerSets[name]!);
  const reach = algorithm.kernel!.reach;
  // Counting is slow: definitions that look far for each place (borg, ronomon's 4 KiB) are left to the second count.
  const works = reach > 2100 ? [bytesHandedOver] : [bytesRead, bytesHandedOver];
  // So many chunks that what differs at both ends of a stream has little weight.
  const length = Math.max(1000, 12 * reach);
  unless(test, lackOfTime())(`${name}: work grows as the stream does, not faster`, () => {
    for (const [what, make] of Object.entries(inputs)) {
      for (const work of works) {
        const [short, long] = [length, FACTOR * length].map((each) => work(algorithm, make(each)));
        const found = exponent(short!, long!);
        assert.ok(short! > 0 && found <= MOST, `${work.name} of ${what}: exponent ${found}`);
      }
    }
  });
}

test('76 a chunker that reads all before it again for every chunk is found', () => {
  const quadratic: Algorithm = {
    shortest: 1,
    longest: 64,
    reference: (bytes, start) => {
      for (let at = 0; at < start; at++) bytes.subarray(at)[0];
      return Math.min(64, bytes.length - start);
    },
  };
  const works = [1000, FACTOR * 1000].map((length) => bytesRead(quadratic, noise(length)));
  assert.ok(exponent(works[0]!, works[1]!) > 1.8);
});

test.run();

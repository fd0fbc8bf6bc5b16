import type { Algorithm, ChunkerMember } from '../chunkers/chunker.ts';

/** Chunkers by their definition alone, as CONTRIBUTING.md says one is added: one that is right, and those that misbehave. */

/** A chunk ends after a byte that is a multiple of 64 more than the one before it, between min and max bytes. */
export const slowMember: ChunkerMember = {
  name: 'slow',
  title: 'cuts after a step of 64',
  source: 'this test',
  parameters: [
    {
      name: 'min',
      kind: 'bytes',
      description: 'shortest chunk',
      default: 20,
      minimum: 1,
      maximum: 1 << 20,
    },
    {
      name: 'max',
      kind: 'bytes',
      description: 'longest chunk',
      default: 3000,
      minimum: 1,
      maximum: 1 << 20,
    },
  ],
  contentDefined: true,
  algorithm: (values): Algorithm => {
    const [min, max] = [Number(values['min']), Number(values['max'])];
    return {
      shortest: min,
      longest: max,
      reference: (bytes, start) => {
        const end = Math.min(bytes.length, start + max);
        for (let at = start + min; at < end; at++) {
          if ((bytes[at - 1]! - bytes[at - 2]!) % 64 === 0) return at - start;
        }
        return end - start;
      },
    };
  },
};

type Reference = Algorithm['reference'];

function misbehaving(
  name: string,
  title: string,
  says: RegExp,
  make: () => Reference,
  bounds: Partial<Algorithm> = {},
): readonly [ChunkerMember, RegExp] {
  const member: ChunkerMember = {
    name,
    title,
    source: 'this test',
    parameters: [],
    contentDefined: true,
    algorithm: () => ({ shortest: 1, longest: 64, reference: make(), ...bounds }),
  };
  return [member, says];
}

const equal: Reference = (bytes, start) => Math.min(50, bytes.length - start);

/** With what is said of each when it is first used. */
export const misbehavingMembers: readonly (readonly [ChunkerMember, RegExp])[] = [
  misbehaving('zero', 'returns 0', /reference gave a chunk a length of 0/, () => () => 0),
  misbehaving('negative', 'returns −1', /a length of -1/, () => () => -1),
  misbehaving('nan', 'returns NaN', /a length of NaN/, () => () => Number.NaN),
  misbehaving('infinite', 'returns Infinity', /a length of Infinity/, () => () => Infinity),
  misbehaving('fraction', 'returns half a byte', /a length of 0\.5/, () => () => 0.5),
  misbehaving(
    'text',
    'returns text',
    /returned string where a number is due/,
    () => () => '7' as never,
  ),
  misbehaving('nothing', 'returns nothing', /returned undefined/, () => () => undefined as never),
  misbehaving('big', 'returns a bigint', /returned bigint/, () => () => 7n as never),
  misbehaving(
    'beyond',
    'cuts beyond the input',
    /4 bytes where 1 are left|64 bytes where 1 are left/,
    () => () => 4,
  ),
  misbehaving(
    'growing',
    'never ends a chunk while the input grows',
    /cuts longer than it promises: \d+, not 64 bytes/,
    () => (bytes, start) => bytes.length - start,
  ),
  misbehaving(
    'short',
    'cuts shorter than it promises',
    /cuts shorter than it promises: 50, not 60 bytes/,
    () => equal,
    { shortest: 60 },
  ),
  misbehaving(
    'stateful',
    'keeps state',
    /breaks its contract: .*keeps state between streams/,
    () => {
      let calls = 0;
      return (bytes, start) => Math.min(1 + (calls++ % 7), bytes.length - start);
    },
  ),
  misbehaving(
    'mutating',
    'alters its input',
    /breaks its contract: .*alters its input/,
    () => (bytes, start) => {
      bytes[start] = 7;
      return equal(bytes, start);
    },
  ),
  misbehaving('throwing', 'throws', /failed: no such table/, () => () => {
    throw new TypeError('no such table');
  }),
  misbehaving('throwing-text', 'throws text', /failed: no table/, () => () => {
    throw 'no table';
  }),
  misbehaving('promising', 'promises no lengths', /promises no lengths/, () => equal, {
    shortest: 70,
    longest: 64,
  }),
  misbehaving('vague', 'promises NaN', /promises no lengths/, () => equal, { longest: Number.NaN }),
  misbehaving('absent', 'is not there', /failed: .*not a function/, () => undefined as never),
];

import type { Chunker, Kernel } from '../chunkers/chunker.ts';
import type { ByteSource } from '../streams/source.ts';
import { readAll } from '../streams/source.ts';

/** Chunkers that break their contract on purpose, by what they do; the contract suite must name each one's fault. */

const answers = (name: string, lengths: (total: number) => readonly number[]): Chunker => ({
  id: `failing:${name}`,
  lengths: ({ length }) => Float64Array.from(lengths(length)),
});

/** What {@link checkedLengths} says of each, and where. */
export const failingChunkers: readonly (readonly [chunker: Chunker, says: RegExp])[] = [
  [answers('zero', (total) => [0, total]), /gave chunk 0 a length of 0/],
  [answers('negative', (total) => [total + 1, -1]), /gave chunk 0 \d+ bytes where \d+ are left/],
  [answers('negative-first', (total) => [-1, total + 1]), /gave chunk 0 a length of -1/],
  [answers('nan', (total) => [1, Number.NaN, total - 1]), /gave chunk 1 a length of NaN/],
  [answers('infinite', () => [Number.POSITIVE_INFINITY]), /a length of Infinity/],
  [answers('fraction', (total) => [0.5, total - 0.5]), /a length of 0\.5/],
  [answers('too-long', (total) => [1, total]), /gave chunk 1 \d+ bytes where \d+ are left/],
  [answers('too-short', (total) => [total - 1]), /left 1 bytes uncut/],
  [answers('too-many', (total) => new Array(total + 1).fill(0)), /chunks for \d+ bytes/],
  [answers('nothing', () => []), /left \d+ bytes uncut/],
  [
    {
      id: 'failing:throws',
      lengths: () => {
        throw new TypeError('no such table');
      },
    },
    /failed: no such table/,
  ],
];

/** Chunkers whose every single answer is legal: only {@link contractFaults}, which asks twice, can tell. */
export const subtlyFailingChunkers: readonly (readonly [
  create: (blockBytes?: number) => Chunker,
  fault: string,
])[] = [
  [
    () => {
      let calls = 0;
      return {
        id: 'failing:keeps-state',
        lengths: ({ length }) => halves(length, Math.min(length, 1 + calls++)),
      };
    },
    'keeps state between streams',
  ],
  [
    (blockBytes = 1 << 20) => ({
      id: 'failing:follows-blocks',
      lengths: ({ length }) => halves(length, Math.min(length, blockBytes)),
    }),
    'depends on the blocks it reads',
  ],
  [
    () => ({
      id: 'failing:alters-input',
      lengths: (source: ByteSource & { readonly bytes?: Uint8Array }) => {
        source.bytes?.fill(7);
        return halves(source.length, Math.min(source.length, readAll(source).length));
      },
    }),
    'alters its input',
  ],
  [
    () => ({
      id: 'failing:short-chunks',
      lengths: ({ length }) => new Float64Array(length).fill(1),
    }),
    'cuts shorter than it promises',
  ],
  [
    () => ({ id: 'failing:long-chunks', lengths: ({ length }) => halves(length, length) }),
    'cuts longer than it promises',
  ],
  [
    () => ({
      id: 'failing:wrong-cuts',
      lengths: ({ length }) => halves(length, Math.min(64, length)),
    }),
    'differs from its reference',
  ],
];

function halves(total: number, first: number): Float64Array {
  return Float64Array.from([first, total - first].filter((length) => length > 0));
}

const kernel = (cut: Kernel['cut']): Kernel => ({
  reach: 16,
  setting: { numbers: [], tables: new Uint8Array(0) },
  cut,
});

/** Kernels that would keep the loop around them going for ever, or past the end. */
export const failingKernels: readonly (readonly [kernel: Kernel, says: RegExp])[] = [
  [kernel(() => 0), /stops too early/],
  [kernel((machine) => wrote(machine.lengths(machine.capacity).fill(0))), /a chunk of no bytes/],
  [kernel((machine) => wrote(machine.lengths(1).fill(1000))), /beyond the bytes it was given/],
  [kernel((machine) => wrote(machine.lengths(1).fill(1))), /stops too early/],
];

const wrote = (lengths: Uint32Array): number => lengths.length;

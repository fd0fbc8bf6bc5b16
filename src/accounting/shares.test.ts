import process from 'node:process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { expandGrid } from '../grids.ts';
import { Rope } from '../streams/rope.ts';
import { type ByteSource, FileSource, MemorySource } from '../streams/source.ts';
import { lackOfTime, unless } from '../testing/needs.ts';
import { noise } from '../testing/noise.ts';
import { createPool } from '../workers/pooled.ts';
import { Divider } from './divide.ts';
import { divideStreams, type Share } from './shares.ts';

/** Sets of several hashes, chunkers that share no scan, that cannot be divided, and whose reach is too long for a short stream. */
const IDS = [
  ...expandGrid('fastcdc:avg=4KiB..64KiB,nc={0,2}'),
  ...expandGrid('rabin:avg={8KiB,32KiB}'),
  ...expandGrid('casync:avg={4KiB,16KiB}'),
  ...expandGrid('rollsum:avg={4KiB,16KiB}'),
  'seqcdc:min=4KiB',
  'fastcdc:avg=1MiB,seed=0x5',
  'fastcdc:avg=4MiB',
  'fastcdc:avg=16KiB,align=4KiB',
  'fixed:size=5000',
  'whole',
];

const MiB = 1 << 20;
const random = noise(3 * MiB, 3);
/** The first bytes of what runs this: a real binary. */
const binary = new Rope().slice(new FileSource(process.execPath), 0, 13 * MiB);

/** Random bytes, long runs of zeros in which no cuts meet, and all again elsewhere. */
const patchwork = new Rope()
  .literal(random)
  .zeros(5 * MiB + 1)
  .literal(random.subarray(777))
  .literal(random.subarray(0, 2 * MiB))
  .zeros(2 * MiB);
const period = new MemorySource(
  Uint8Array.from({ length: 9 * MiB }, (_, index) => random[index % 5000]!),
);
const pieces = Array.from({ length: 30 }, (_, index) =>
  new Rope().slice(binary, index * 100_000, (index * 70_001) % 400_000),
);

const images: Readonly<Record<string, readonly ByteSource[]>> = {
  'a period': [period],
  'short streams beside long ones': [...pieces, patchwork, new Rope(), ...pieces, binary],
  'no streams': [],
};

const slow = unless(test, lackOfTime());

/** Both as a thread is given them. */
function streamsOf(sources: readonly ByteSource[]): Omit<Share, 'offset' | 'chunkers'> {
  const rope = new Rope();
  for (const source of sources) rope.append(source);
  return { rope: rope.describe(), lengths: Float64Array.from(sources, ({ length }) => length) };
}

for (const [what, sources] of Object.entries(images)) {
  unless(test, what === 'a period' ? undefined : lackOfTime())(
    `${what}: one, two and three threads divide as plain chunkers and one pass do`,
    async () => {
      const divider = await Divider.create(IDS);
      const expected = divider.divide(sources);
      const plain = divider.chunkers.map((chunker) =>
        Float64Array.from(
          sources.flatMap((source) => (source.length === 0 ? [0] : [...chunker.lengths(source)])),
        ),
      );
      for (const workers of [1, 2, 3]) {
        const pool = createPool(workers);
        try {
          const divided = await divideStreams(
            (task, payload) => pool.call(task, payload),
            workers,
            streamsOf(sources),
            IDS,
          );
          for (const [number, id] of IDS.entries()) {
            const { lengths, digests } = divided[number]!;
            assert.equal(lengths, plain[number], `lengths by ${id}, ${workers} threads`);
            assert.equal(
              Buffer.compare(digests, expected[number]!.digests),
              0,
              `digests by ${id}, ${workers} threads`,
            );
          }
        } finally {
          await pool.close();
        }
      }
    },
  );
}

slow('a long stream is divided, and what cannot be divided is cut beside it', async () => {
  const asked: Share[] = [];
  const pool = createPool(1);
  try {
    await divideStreams(
      (task, payload) => {
        asked.push(payload as Share);
        return pool.call(task, payload);
      },
      3,
      streamsOf([binary]),
      ['fastcdc:avg=16KiB', 'fastcdc:avg=32KiB', 'fixed:size=5000', 'rollsum:avg=4KiB'],
    );
  } finally {
    await pool.close();
  }
  const starts = (chunkers: readonly string[]): readonly number[] =>
    asked
      .filter((share) => share.chunkers.join() === chunkers.join())
      .map(({ segment }) => Math.round((3 * segment!.from) / MiB));
  assert.equal(starts(['fastcdc:avg=16KiB', 'fastcdc:avg=32KiB']), [0, 7, 13, 20, 26, 33]);
  assert.equal(starts(['fixed:size=5000']), [0]);
  assert.equal(starts(['rollsum:avg=4KiB']), [0]);
});

test.run();

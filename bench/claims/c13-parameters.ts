import { createChunker } from '../../src/chunkers/mod.ts';
import { clientWithChunks } from '../../src/measures/clients.ts';
import { divide, type Maybe } from '../../src/stats/mod.ts';
import { quotientBar } from '../../src/verdicts/case.ts';
import type { Records } from '../records.ts';
import { named } from './axes.ts';
import { type Claim, caseOf, stepsOf } from './claim.ts';

/** What a specification might fix. */
export const STANDARD = 'fastcdc:avg=64KiB';
/** What deviates from it, by how. */
export const DEVIATIONS = {
  'average chunk size': ['fastcdc:avg=16KiB', 'fastcdc:avg=32KiB', 'fastcdc:avg=128KiB'],
  'shortest or longest chunk': [
    'fastcdc:min=8KiB,avg=64KiB',
    'fastcdc:min=16385,avg=64KiB',
    'fastcdc:avg=64KiB,max=512KiB',
  ],
  normalisation: ['fastcdc:avg=64KiB,nc=0', 'fastcdc:avg=64KiB,nc=2', 'fastcdc:avg=64KiB,nc=3'],
  'gear table': ['fastcdc:avg=64KiB,seed=0x1'],
  'version of FastCDC': ['fastcdc2016:avg=64KiB'],
  algorithm: [
    'ronomon:avg=64KiB',
    'fastcdc-wasm:avg=64KiB',
    'casync:avg=64KiB',
    'rabin:avg=64KiB',
    'borg:avg=64KiB',
    'xet:avg=64KiB',
    'zchunk:avg=64KiB',
    'ae:avg=64KiB',
    'fixed:size=64KiB',
  ],
} as const;
export type Deviation = keyof typeof DEVIATIONS;

const DEVIATING = Object.entries(DEVIATIONS).flatMap(([deviation, chunkers]) =>
  chunkers.map((chunker) => ({ deviation, chunker })),
);

export const chainOf = (chunker: string): string => `catar|${chunker}|none|objects|get`;

/** What is left where `producer` meets chunks of `consumer`; undefined where equal parameters share nothing. */
export function leftOf(
  records: Pick<Records, 'model' | 'find'>,
  image: string,
  producer: string,
  consumer: string,
): Maybe {
  const model = records.model(chainOf(producer));
  const reused = (chunker: string): Maybe =>
    records.find(image, model, 'dedup.reused_bytes', clientWithChunks(createChunker(chunker).id));
  return divide(reused(consumer), reused(producer));
}

export const chosenParametersDestroy: Claim = {
  id: 'C13',
  name: 'parameters of each image',
  statement:
    'Chunk parameters that each image chooses destroy sharing: at most half is left of what equal parameters share.',
  said: [
    { who: 'puzzlefs', where: 'project-machine/puzzlefs, doc/chunking.md', date: 'undated' },
    {
      who: 'Aleksa Sarai, against fixing them',
      where: 'opencontainers/image-spec#1190',
      date: '2024-05-29',
      quote:
        'embedding CDC parameters into the image-spec seems like a repeat of the nightmare we’ve had with compression algorithm settings',
    },
  ],
  datasets: ['debian-updates', 'alpine'],
  experiment: 'parameters',
  bar: quotientBar('at most', 0.5, 'share'),
  axes: [named('deviation', 'what differs'), named('chunker', 'the parameter')],
  whyNone: 'a series with at least three updates would decide',
  cases: (records) =>
    stepsOf(records).flatMap((one) =>
      DEVIATING.map(({ deviation, chunker }) =>
        caseOf(
          one,
          { deviation, chunker },
          leftOf(records, one.step, chunker, STANDARD),
          chosenParametersDestroy.bar,
        ),
      ),
    ),
};

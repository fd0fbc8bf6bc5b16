import { createChunker } from '../src/chunkers/mod.ts';
import { plural } from '../src/format.ts';
import { clientWithChunks } from '../src/measures/clients.ts';
import { ReuseCount } from '../src/measures/reuse.ts';
import { shortChunker } from '../src/report/reuse.ts';
import { defined, divide, type Maybe, mean as meanOrNone } from '../src/stats/mod.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import {
  type Bar,
  type Case,
  caseOfMean,
  claim,
  type Finding,
  figureOf,
  percent,
  remark,
  verdictWord,
} from './verdict.ts';

/**
 * What sharing is left where whoever packs an image chooses other chunk parameters than those of the chunks that are there
 * already? Claim C13: chunker and parameters must be fixed by the specification.
 */

/** What a specification might fix. */
const STANDARD = 'fastcdc:avg=64KiB';
/** What deviates from it, by how. */
const DEVIATIONS = {
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
/** Its two versions cut even sizes alike, odd ones not: the same parameters, another version. */
const ODD = ['fastcdc:min=16385,avg=64KiB', 'fastcdc2016:min=16385,avg=64KiB'] as const;
type Deviation = keyof typeof DEVIATIONS;

/** Less than this is left of what equal parameters share: sharing counts as destroyed. */
const DESTROYED: Bar = { unit: 'ratio', side: 'below', bar: 0.5 };
const ALL = new Set([STANDARD, ...Object.values(DEVIATIONS).flat(), ...ODD]);

const chainOf = (chunker: string): string => `catar|${chunker}|none|objects|get`;

export const parameters: Experiment = createExperiment({
  name: 'parameters',
  title: 'What is left to share where chunk parameters differ?',
  claims: 'C13 chunk parameters that each image chooses destroy sharing between images',
  swept: [...ALL].map(chainOf),
  counted: () => new ReuseCount(),
  packed: [],
  chart: 'parameters',
  verdict: (records) => [
    destroyed(records),
    ...(Object.keys(DEVIATIONS) as Deviation[]).map((deviation) => byDeviation(records, deviation)),
    versions(records),
  ],
});

/** What is left in each update where `producer` meets chunks of `consumer`; undefined where equal parameters share nothing. */
function leftOf(records: Records, producer: string, consumer: string): readonly Maybe[] {
  const model = records.model(chainOf(producer));
  const reused = (image: string, chunker: string): Maybe => {
    const client = clientWithChunks(createChunker(chunker).id);
    return records.find(image, model, 'dedup.reused_bytes', client);
  };
  return records.updates.map((image) => divide(reused(image, consumer), reused(image, producer)));
}

function caseOfLeft(records: Records, producer: string, consumer: string): Case {
  const left = leftOf(records, producer, consumer);
  return caseOfMean(
    { of: 'reuse left (mean)', producer: shortChunker(producer), consumer: shortChunker(consumer) },
    meanOrNone(left),
    DESTROYED,
    left.map((share) => (share === undefined ? undefined : share - DESTROYED.bar)),
  );
}

function destroyed(records: Records): Finding {
  const cases = Object.values(DEVIATIONS)
    .flat()
    .map((producer) => caseOfLeft(records, producer, STANDARD));
  const least = Math.min(...defined(cases.map(({ value }) => value)));
  return claim(
    'C13 chunk parameters that each image chooses destroy sharing between images',
    verdictWord(cases, 'the parameter', 'nothing to share'),
    `. Bar: less than half of what equal parameters share is left, mean of ${plural(records.updates.length, 'update')}, in a store of ${shortChunker(STANDARD)}. The least is ${percent(Number.isFinite(least) ? least : undefined)}.`,
  );
}

/** Both ways: whoever deviates packs, or holds. */
function byDeviation(records: Records, deviation: Deviation): Finding {
  const parts = DEVIATIONS[deviation].map((chunker) => {
    const [packs, holds] = [leftOf(records, chunker, STANDARD), leftOf(records, STANDARD, chunker)];
    return { chunker, packs, holds };
  });
  const texts = parts.map(
    ({ chunker, packs }) => `${shortChunker(chunker)} ${percent(meanOrNone(packs))}`,
  );
  return remark(
    `Another ${deviation}: of what equal parameters share (mean of ${plural(records.updates.length, 'update')}), who packs by it has left: ${texts.join('; ')}.`,
    parts.flatMap(({ chunker, packs, holds }) =>
      records.updates.flatMap((step, at) => [
        figureOf(
          step,
          { of: 'reuse left', producer: chunker, consumer: STANDARD },
          packs[at],
          'ratio',
        ),
        figureOf(
          step,
          { of: 'reuse left', producer: STANDARD, consumer: chunker },
          holds[at],
          'ratio',
        ),
      ]),
    ),
  );
}

function versions(records: Records): Finding {
  const [newer, older] = ODD;
  const left = leftOf(records, older, newer);
  return remark(
    `The same parameters by another version of FastCDC, at a size that is odd (${shortChunker(older)} in a store of ${shortChunker(newer)}): ${percent(meanOrNone(left))} is left.`,
    records.updates.map((step, at) =>
      figureOf(step, { of: 'reuse left', producer: older, consumer: newer }, left[at], 'ratio'),
    ),
  );
}

import { ReuseCount } from '../src/measures/reuse.ts';
import { shortChunker } from '../src/report/reuse.ts';
import { perStep } from '../src/report/steps.ts';
import { type Maybe, mean as meanOrNone } from '../src/stats/mod.ts';
import {
  chainOf,
  chosenParametersDestroy,
  DEVIATIONS,
  type Deviation,
  leftOf,
  STANDARD,
} from './claims/c13-parameters.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import { type Finding, figureOf, percent, remark } from './verdict.ts';

/**
 * What sharing is left where whoever packs an image chooses other chunk parameters than those of the chunks that are there
 * already? Claim C13: chunker and parameters must be fixed by the specification.
 */

/** Its two versions cut even sizes alike, odd ones not: the same parameters, another version. */
const ODD = ['fastcdc:min=16385,avg=64KiB', 'fastcdc2016:min=16385,avg=64KiB'] as const;
const ALL = new Set([STANDARD, ...Object.values(DEVIATIONS).flat(), ...ODD]);

export const parameters: Experiment = createExperiment({
  name: 'parameters',
  title: 'What is left to share where chunk parameters differ?',
  claims: 'C13 chunk parameters that each image chooses destroy sharing between images',
  swept: [...ALL].map(chainOf),
  counted: () => new ReuseCount(),
  packed: [],
  chart: 'parameters',
  decides: [chosenParametersDestroy],
  verdict: (records) => [
    ...(Object.keys(DEVIATIONS) as Deviation[]).map((deviation) => byDeviation(records, deviation)),
    versions(records),
  ],
});

function leftInEach(records: Records, producer: string, consumer: string): readonly Maybe[] {
  return records.updates.map((image) => leftOf(records, image, producer, consumer));
}

/** Both ways: whoever deviates packs, or holds. */
function byDeviation(records: Records, deviation: Deviation): Finding {
  const parts = DEVIATIONS[deviation].map((chunker) => {
    const [packs, holds] = [
      leftInEach(records, chunker, STANDARD),
      leftInEach(records, STANDARD, chunker),
    ];
    return { chunker, packs, holds };
  });
  const texts = parts.map(
    ({ chunker, packs }) => `${shortChunker(chunker)} ${percent(meanOrNone(packs))}`,
  );
  return remark(
    `Another ${deviation}: of what equal parameters share ${perStep({ kind: 'update', images: records.updates })}, who packs by it has left: ${texts.join('; ')}.`,
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
  const left = leftInEach(records, older, newer);
  return remark(
    `The same parameters by another version of FastCDC, at a size that is odd (${shortChunker(older)} in a store of ${shortChunker(newer)}): ${percent(meanOrNone(left))} is left.`,
    records.updates.map((step, at) =>
      figureOf(step, { of: 'reuse left', producer: older, consumer: newer }, left[at], 'ratio'),
    ),
  );
}

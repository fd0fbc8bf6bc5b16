import { formatBinary, plural } from '../src/format.ts';
import { change } from '../src/stats/mod.ts';
import { fixedIsEnough } from './claims/c09-fixed.ts';
import { chunkersAlike } from './claims/c29-chunkers.ts';
import { nominalIsOff } from './claims/c30-nominal.ts';
import { addedAt, othersOf } from './claims/chunkers.ts';
import { stepsOf } from './claims/claim.ts';
import { MEANS, STANDARD } from './compared-chunkers.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import { type Finding, fromTo, percent, remark } from './verdict.ts';

/**
 * Does it matter which chunker cuts? Claims C09 (fixed chunks do as well), C29 (content-defined chunkers dedup alike), C30
 * (the average asked for is not the actual mean).
 */

export const chunkerChoice: Experiment = createExperiment({
  name: 'chunker-choice',
  claims:
    'C09 fixed chunks are enough; C29 content-defined chunkers dedup alike; C30 the actual mean chunk is not the average asked for',
  title: 'Does it matter which chunker cuts?',
  decides: [chunkersAlike, fixedIsEnough, nominalIsOff],
  swept: [],
  packed: [],
  chart: 'chunk-size',
  isOfAnyStep: true,
  verdict: (records) => [withSign(records)],
});

/** Claims count a difference whatever its sign: one that changes from update to update is no chunker's advantage. */
function withSign(records: Records): Finding {
  const steps = stepsOf(records);
  const parts = MEANS.map((mean) => {
    const shares = steps.flatMap((one) => {
      const { standard, others } = othersOf(records, one, 'catar');
      return others
        .filter(([name]) => name !== 'fixed')
        .map(([, points]) => change(addedAt(points, mean), addedAt(standard, mean)));
    });
    return `${formatBinary(mean)} ${fromTo(shares, (share) => percent(share, true))}`;
  });
  return remark(
    `Bytes that a step adds by content-defined chunkers beside ${STANDARD}, ${plural(steps.length, 'step')}, by actual mean: ${parts.join('; ')}.`,
  );
}

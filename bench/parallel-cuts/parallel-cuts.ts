import { createChunker } from '../../src/chunkers/mod.ts';
import { fetchImage } from '../../src/datasets/mod.ts';
import { formatNumber, listWords, plural } from '../../src/format.ts';
import { factsOf } from '../../src/measures/measurement.ts';
import { adaptiveRounds } from '../../src/measures/rounds.ts';
import { cutsMarkdown } from '../../src/report/mod.ts';
import { busy, disturbance, formatGain } from '../../src/report/noise.ts';
import { shortChunker } from '../../src/report/reuse.ts';
import type { View } from '../../src/report/view.ts';
import { boundOf, workerCounts } from '../../src/runs/timed-cells.ts';
import { createTimed, type Experiment, type TimedInput } from '../experiment.ts';
import {
  type Bar,
  caseOf,
  claim,
  type Finding,
  fromTo,
  times,
  undecided,
  verdictWord,
} from '../verdict.ts';
import { cutMeasures, timeCuts, unequalCuts } from './measure.ts';

/** Can one stream be cut by several threads, with the cuts of one? Claim C28, beside what the machine itself gives. */

/** Whose cuts are found again from anywhere; of several hashes, and one that rounds them. */
const CHUNKERS = [
  'fastcdc:avg=64KiB',
  'fastcdc:avg=64KiB,align=4KiB',
  'rabin:avg=64KiB',
  'casync:avg=64KiB',
  'xet:avg=64KiB',
].map((id) => createChunker(id).id);
/** Its window goes on over cuts: threads have nothing to share. */
const UNDIVIDED = createChunker('rollsum:avg=64KiB').id;
const ALL = [...CHUNKERS, UNDIVIDED];

const EQUAL: Bar = { unit: 'count', side: 'at most', bar: 0 };
/** Of what independent processes get, most is gained by threads on one stream as well. */
const MOST: Bar = { unit: 'ratio', side: 'at least', bar: 0.75 };

export const parallelCuts: Experiment = createTimed({
  name: 'parallel-cuts',
  title: 'Can one stream be cut by several threads?',
  chart: 'parallel-cuts',
  timed: {
    images: (planned) => planned.slice(0, 1),
    wanted: [
      ...ALL.map((id) => [id, 'parallel.cut'] as const),
      ...ALL.map((id) => [id, 'parallel.cuts_unequal'] as const),
    ],
    verdict: (view) => [equal(view), gained(view)],
    appendix: cutsMarkdown,
    measure,
  },
});

async function measure({ plan, run, context, progress }: TimedInput): Promise<readonly Finding[]> {
  const image = await fetchImage(plan.dataset, plan.images[0]!, context);
  run.enter(image);
  run.describeModels(ALL.map((id) => ({ id })));
  const rounds = adaptiveRounds(2);
  progress.start(ALL.length + rounds.least);
  for (const chunker of ALL) {
    const unequal = await unequalCuts(image, chunker, context.signal);
    run.record(chunker, factsOf(image.id, [['parallel.cuts_unequal', unequal]]));
    progress.step(`cuts of ${shortChunker(chunker)}`);
  }
  progress.note(`timed part: ${boundOf(rounds)}`);
  const timed = await timeCuts(
    image,
    ALL,
    workerCounts(),
    rounds,
    run.machine,
    (number) => {
      if (number >= rounds.least) progress.more(1);
      progress.step('round');
    },
    context.signal,
  );
  for (const chunker of ALL) run.record(chunker, cutMeasures(image.id, chunker, timed));
  return [];
}

function equal(view: View): Finding {
  const cases = view
    .of('parallel.cuts_unequal')
    .map(({ image, model, value }) =>
      caseOf(image, { of: 'cuts that differ', chunker: model }, Number(value), EQUAL),
    );
  return claim(
    'C28 several threads cut one stream where one does',
    verdictWord(cases, 'the chunker'),
    `. By 2, 3, 4 and 8 threads, of the image as a tar, of zeros and of a period: ${listWords(cases.map(({ parameters }) => shortChunker(String(parameters['chunker']))))}.`,
  );
}

function gained(view: View): Finding {
  const statement = 'C28 threads on one stream gain most of what the machine gives to processes';
  const shares = view
    .of('parallel.cut_share_of_machine')
    .filter(({ model }) => CHUNKERS.includes(model));
  const most = Math.max(0, ...shares.map(({ workers = 0 }) => workers));
  const own = shares.filter(({ workers }) => workers === most);
  const why = busy(view) ?? disturbance(own);
  if (own.length === 0) return undecided(statement, 'there is one core');
  if (why !== undefined) return undecided(statement, 'the machine was busy', `. ${why}`);
  const cases = own.map(({ image, model, value }) =>
    caseOf(image, { of: 'speed-up ÷ that of processes', chunker: model }, Number(value), MOST),
  );
  const floor = Number(view.of('parallel.cut_noise_floor')[0]?.value ?? 0);
  const texts = own.map(({ model }) => {
    const gain = view
      .of('parallel.cut_speed_up')
      .find((one) => one.model === model && one.workers === most);
    return `${shortChunker(model)} ${formatGain(view, gain, floor) ?? 'within noise of one thread'}`;
  });
  const machine = view
    .of('parallel.cut_machine_speed_up')
    .filter(({ workers }) => workers === most)
    .map(({ value }) => Number(value));
  return claim(
    statement,
    verdictWord(cases, 'the chunker'),
    `. Bar: at least ${formatNumber(MOST.bar, 2)} of it. ${plural(most, 'thread')} on one stream: ${texts.join('; ')}; as many processes ${fromTo(machine, times)}.`,
  );
}

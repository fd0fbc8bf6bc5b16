import { createChunker } from '../../src/chunkers/mod.ts';
import { fetchImage } from '../../src/datasets/mod.ts';
import { plural } from '../../src/format.ts';
import { factsOf } from '../../src/measures/measurement.ts';
import { adaptiveRounds } from '../../src/measures/rounds.ts';
import { cutsMarkdown } from '../../src/report/mod.ts';
import { busy, disturbance, formatGain } from '../../src/report/noise.ts';
import { shortChunker } from '../../src/report/reuse.ts';
import type { View } from '../../src/report/view.ts';
import type { ValueRecord } from '../../src/results/record.ts';
import { boundOf, workerCounts } from '../../src/runs/timed-cells.ts';
import { quotientBar } from '../../src/verdicts/case.ts';
import { CHUNKER } from '../claims/axes.ts';
import { parallelCutsAlike } from '../claims/c28-parallel-cuts.ts';
import { type Claim, caseOf, whereIdle } from '../claims/claim.ts';
import { createTimed, type Experiment, type TimedInput } from '../experiment.ts';
import { type Finding, fromTo, MissingValue, remark, times } from '../verdict.ts';
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

/** Of the image as a tar, of zeros and of a period, by 2, 3, 4 and 8 threads. */
const sameCuts: Claim = {
  ...parallelCutsAlike,
  name: 'cuts of threads',
  experiment: 'parallel-cuts',
  axes: [CHUNKER],
  // What a cut depends on is in the streams, of which three are made.
  leastSteps: 1,
  cases: ({ view }) =>
    view
      .of('parallel.cuts_unequal')
      // What is never divided cannot differ.
      .filter(({ model }) => CHUNKERS.includes(model))
      .map(({ image, model, value }) =>
        caseOf({ step: image, kind: 'image' }, { chunker: model }, Number(value), sameCuts.bar),
      ),
};

/** Threads on one stream, beside as many independent processes: what the machine itself gives. */
const threadsGain: Claim = {
  ...sameCuts,
  id: 'C28-gain',
  name: 'gain of threads',
  statement: 'Threads on one stream gain most, at least 75 %, of what independent processes gain.',
  bar: quotientBar('at least', 0.75, 'share'),
  whyNone: 'a machine of several cores would decide',
  cases: (records) => {
    const own = sharesOf(records.view);
    if (own.length > 0) whereIdle(records);
    const why = disturbance(own);
    if (why !== undefined) throw new MissingValue(why);
    return own.map(({ image, model, value }) =>
      caseOf({ step: image, kind: 'image' }, { chunker: model }, Number(value), threadsGain.bar),
    );
  },
};

export const parallelCuts: Experiment = createTimed({
  name: 'parallel-cuts',
  title: 'Can one stream be cut by several threads?',
  decides: [sameCuts, threadsGain],
  chart: 'parallel-cuts',
  timed: {
    images: (planned) => planned.slice(0, 1),
    wanted: [
      ...ALL.map((id) => [id, 'parallel.cut'] as const),
      ...ALL.map((id) => [id, 'parallel.cuts_unequal'] as const),
    ],
    verdict: (view) => gained(view),
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

/** By the most threads, of chunkers whose cuts can be divided. */
function sharesOf(view: View): readonly ValueRecord[] {
  const shares = view
    .of('parallel.cut_share_of_machine')
    .filter(({ model }) => CHUNKERS.includes(model));
  const most = Math.max(0, ...shares.map(({ workers = 0 }) => workers));
  return shares.filter(({ workers }) => workers === most);
}

function gained(view: View): readonly Finding[] {
  const own = sharesOf(view);
  const [first] = own;
  const why = busy(view) ?? disturbance(own);
  if (!first) return [];
  if (why !== undefined) return [remark(why)];
  const floor = Number(view.of('parallel.cut_noise_floor')[0]?.value ?? 0);
  const texts = own.map(({ model }) => {
    const gain = view
      .of('parallel.cut_speed_up')
      .find((one) => one.model === model && one.workers === first.workers);
    return `${shortChunker(model)} ${formatGain(view, gain, floor) ?? 'within noise of one thread'}`;
  });
  const machine = view
    .of('parallel.cut_machine_speed_up')
    .filter(({ workers }) => workers === first.workers)
    .map(({ value }) => Number(value));
  return [
    remark(
      `${plural(first.workers ?? 0, 'thread')} on one stream: ${texts.join('; ')}; as many processes ${fromTo(machine, times)}.`,
    ),
  ];
}

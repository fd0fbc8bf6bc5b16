import { isMet } from '../src/results/verdict.ts';
import { divide, type Maybe } from '../src/stats/mod.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import {
  type Bar,
  caseOf,
  claim,
  type Finding,
  fixed,
  leastBy,
  mean,
  megabytes,
  ofUpdates,
  percent,
  remark,
  SERIES,
  times,
  verdictWord,
} from './verdict.ts';

/** Does a canonical tar with a zstd frame for each larger file do what new archive formats do? Claim C22. */

const TAR = 'composefs-chunked';
const NEW = ['per-file', 'catar', 'puzzlefs'];
/** What all of them are to replace: printed beside them, no match for the claim. */
const BASELINE = 'oci-gzip';
/** Up to this beyond the best new format is held to suffice. */
const SUFFICES: Bar = { unit: 'ratio', side: 'at most', bar: 1.1 };

interface Goal {
  readonly title: string;
  /** Of the first image, not of the series. */
  readonly isCold?: true;
  value(records: Records, model: string): number;
  format(value: number): string;
}

const ofLast =
  (measure: string): Goal['value'] =>
  ({ images, number }, model) =>
    number(images.at(-1)!, model, measure);
const ofUpdate =
  (measure: string): Goal['value'] =>
  (records, model) =>
    mean(ofUpdates(records, model, measure));

const GOALS: readonly Goal[] = [
  {
    title: 'cold pull of the first image',
    isCold: true,
    value: ({ images, number }, model) => number(images[0]!, model, 'transfer.bytes', 'none'),
    format: megabytes,
  },
  { title: 'update (mean)', value: ofUpdate('transfer.bytes'), format: megabytes },
  { title: 'stored', value: ofLast('stored.bytes'), format: megabytes },
  {
    title: 'requests an update (mean)',
    value: ofUpdate('transfer.requests'),
    format: (value) => fixed(value, 0),
  },
  {
    title: 'metadata an update (mean)',
    value: ofUpdate('transfer.metadata_bytes'),
    format: (value) => `${fixed(value / 1e3, 0)} kB`,
  },
  { title: "receiver's disk", value: ofLast('disk.bytes'), format: megabytes },
];

export const canonicalTar: Experiment = createExperiment({
  name: 'canonical-tar',
  claims: 'C22',
  title: 'Is a canonical tar enough?',
  swept: [],
  chart: 'pareto',
  packed: [TAR, ...NEW, BASELINE],
  verdict(records) {
    const tar = records.model(TAR);
    const made = records.models(...NEW);
    const rows = GOALS.map((goal) => {
      const own = goal.value(records, tar);
      const best = leastBy(made, (model) => goal.value(records, model));
      return { goal, own, best, ratio: divide(own, goal.value(records, best)) };
    });
    return [
      verdict(records, rows),
      ...rows.map((row) => figures(records, row)),
      remark(
        'Metadata of files counts as content where it lies in the archive: in catar, and in the parts of a tar.',
      ),
    ];
  },
});

interface Row {
  readonly goal: Goal;
  readonly own: number;
  /** The best of the new formats. */
  readonly best: string;
  readonly ratio: Maybe;
}

function verdict({ images }: Records, rows: readonly Row[]): Finding {
  const judged = rows.map(({ goal, best, ratio }) => {
    const step = goal.isCold ? images[0]! : SERIES;
    return { goal, case: caseOf(step, { of: goal.title, best }, ratio, SUFFICES) };
  });
  const failed = judged.filter((one) => isMet(one.case) === false).map(({ goal }) => goal.title);
  return claim(
    `C22 a canonical tar with a zstd frame for each larger file (${TAR}) is within ${percent(SUFFICES.bar - 1)} of the best of ${NEW.join(', ')} in every respect`,
    verdictWord(
      judged.map((one) => one.case),
      'the goal',
    ),
    `. Not met: ${failed.join(', ') || 'none'}. ${images.length} images.`,
  );
}

function figures(records: Records, { goal, own, best, ratio }: Row): Finding {
  const { label } = records;
  const others = records
    .models(...NEW, BASELINE)
    .map((model) => `${label(model)} ${goal.format(goal.value(records, model))}`);
  return remark(
    `${goal.title}: ${TAR} ${goal.format(own)} (${times(ratio)} ${label(best)}); ${others.join('; ')}.`,
  );
}

import { formatBytes, plural } from '../src/format.ts';
import { isMet } from '../src/results/verdict.ts';
import { divide, type Maybe } from '../src/stats/mod.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import {
  type Bar,
  caseOf,
  caseOfMean,
  claim,
  type Finding,
  fixed,
  leastBy,
  mean,
  meanText,
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
  readonly isMean?: true;
  /** One figure, or one of each update where it is a mean of them. */
  values(records: Records, model: string): readonly number[];
  format(value: Maybe): string;
}

const ofLast =
  (measure: string): Goal['values'] =>
  ({ images, number }, model) => [number(images.at(-1)!, model, measure)];
const ofUpdate =
  (measure: string): Goal['values'] =>
  (records, model) =>
    ofUpdates(records, model, measure);

const GOALS: readonly Goal[] = [
  {
    title: 'cold pull of the first image',
    isCold: true,
    values: ({ images, number }, model) => [number(images[0]!, model, 'transfer.bytes', 'none')],
    format: formatBytes,
  },
  { title: 'update (mean)', isMean: true, values: ofUpdate('transfer.bytes'), format: formatBytes },
  { title: 'stored', values: ofLast('stored.bytes'), format: formatBytes },
  {
    title: 'requests an update (mean)',
    isMean: true,
    values: ofUpdate('transfer.requests'),
    format: (value) => fixed(value, 0),
  },
  {
    title: 'metadata an update (mean)',
    isMean: true,
    values: ofUpdate('transfer.metadata_bytes'),
    format: formatBytes,
  },
  { title: "receiver's disk", values: ofLast('disk.bytes'), format: formatBytes },
];

export const canonicalTar: Experiment = createExperiment({
  name: 'canonical-tar',
  claims: 'C22 a canonical tar is enough',
  title: 'Is a canonical tar enough?',
  swept: [],
  chart: 'pareto',
  packed: [TAR, ...NEW, BASELINE],
  verdict(records) {
    const tar = records.model(TAR);
    const made = records.models(...NEW);
    const rows = GOALS.map((goal) => {
      const value = (model: string): number => mean(goal.values(records, model));
      const best = leastBy(made, value);
      return { goal, best, ratio: divide(value(tar), value(best)) };
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
  /** The best of the new formats. */
  readonly best: string;
  readonly ratio: Maybe;
}

function verdict(records: Records, rows: readonly Row[]): Finding {
  const { images, updates } = records;
  const judged = rows.map(({ goal, best, ratio }) => {
    const at = { of: goal.title, best };
    if (!goal.isMean) {
      return { goal, case: caseOf(goal.isCold ? images[0]! : SERIES, at, ratio, SUFFICES) };
    }
    const [own, others] = [records.model(TAR), best].map((model) =>
      goal.values(records, model),
    ) as [readonly number[], readonly number[]];
    const distances = own.map((value, update) => value - SUFFICES.bar * others[update]!);
    return { goal, case: caseOfMean(at, ratio, SUFFICES, distances) };
  });
  const failed = judged.filter((one) => isMet(one.case) === false).map(({ goal }) => goal.title);
  return claim(
    `C22 a canonical tar with a zstd frame for each larger file (${TAR}) is within ${percent(SUFFICES.bar - 1)} of the best of ${NEW.join(', ')} in every respect`,
    verdictWord(
      judged.map((one) => one.case),
      'the goal',
    ),
    `. Not met: ${failed.join(', ') || 'none'}. ${plural(images.length, 'image')}, ${plural(updates.length, 'update')}.`,
  );
}

function figures(records: Records, { goal, best, ratio }: Row): Finding {
  const { label } = records;
  const told = (model: string): string => meanText(goal.values(records, model), goal.format);
  const others = records.models(...NEW, BASELINE).map((model) => `${label(model)} ${told(model)}`);
  return remark(
    `${goal.title}: ${TAR} ${told(records.model(TAR))}, ${times(ratio)} that of ${label(best)}; ${others.join('; ')}.`,
  );
}

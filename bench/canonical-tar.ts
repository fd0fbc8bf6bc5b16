import { divide, type Maybe } from '../src/stats/mod.ts';
import { createExperiment, type Experiment, type Records } from './experiment.ts';
import {
  atMost,
  claim,
  type Finding,
  fixed,
  leastBy,
  mean,
  megabytes,
  namer,
  ofUpdates,
  percent,
  remark,
  times,
  verdictWord,
} from './verdict.ts';

/** Does a canonical tar with a zstd frame for each larger file do what new archive formats do? Claim C22. */

const TAR = 'composefs-chunked';
const NEW = ['per-file', 'catar', 'puzzlefs'];
/** What all of them are to replace: printed beside them, no match for the claim. */
const BASELINE = 'oci-gzip';
/** Up to this beyond the best new format is held to suffice. */
const SUFFICES = 1.1;

interface Goal {
  readonly title: string;
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
  packed: [TAR, ...NEW, BASELINE],
  verdict(records) {
    const [tar, ...others] = records.models as [string, ...string[]];
    const made = others.slice(0, NEW.length);
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
  const word = verdictWord(
    rows.map(({ ratio }) => atMost(ratio, SUFFICES)),
    'the goal',
  );
  const titles = (isMet: boolean): string =>
    rows
      .filter(({ ratio }) => atMost(ratio, SUFFICES) === isMet)
      .map(({ goal }) => goal.title)
      .join(', ') || 'none';
  return claim(
    `C22 a canonical tar with a zstd frame for each larger file (${TAR}) is within ${percent(SUFFICES - 1)} of the best of ${NEW.join(', ')} in every respect`,
    word,
    `. Met: ${titles(true)}. Not met: ${titles(false)}. ${images.length} images up to ${images.at(-1)!}.`,
  );
}

function figures(records: Records, { goal, own, best, ratio }: Row): Finding {
  const name = namer(records.models);
  const others = records.models
    .slice(1)
    .map((model) => `${name(model)} ${goal.format(goal.value(records, model))}`);
  return remark(
    `${goal.title}: ${TAR} ${goal.format(own)} (${times(ratio)} ${name(best)}); ${others.join('; ')}.`,
  );
}

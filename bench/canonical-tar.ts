import { formatBytes } from '../src/format.ts';
import { divide, type Maybe } from '../src/stats/mod.ts';
import { tarSuffices } from './claims/c22-canonical-tar.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import {
  type Finding,
  fixed,
  leastBy,
  mean,
  meanText,
  ofUpdates,
  remark,
  times,
} from './verdict.ts';

/** Does a canonical tar with a zstd frame for each larger file do what new archive formats do? Claim C22. */

const TAR = 'composefs-chunked';
const NEW = ['per-file', 'catar', 'puzzlefs'];
/** What all of them are to replace: printed beside them. */
const BASELINE = 'oci-gzip';

interface Goal {
  readonly title: string;
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
    values: ({ images, number }, model) => [number(images[0]!, model, 'transfer.bytes', 'none')],
    format: formatBytes,
  },
  { title: 'update (mean)', values: ofUpdate('transfer.bytes'), format: formatBytes },
  { title: 'stored', values: ofLast('stored.bytes'), format: formatBytes },
  {
    title: 'requests an update (mean)',
    values: ofUpdate('transfer.requests'),
    format: (value) => fixed(value, 0),
  },
  {
    title: 'metadata an update (mean)',
    values: ofUpdate('transfer.metadata_bytes'),
    format: formatBytes,
  },
  { title: "receiver's disk", values: ofLast('disk.bytes'), format: formatBytes },
];

export const canonicalTar: Experiment = createExperiment({
  name: 'canonical-tar',
  claims: 'C22 a canonical tar is enough',
  title: 'Is a canonical tar enough?',
  decides: [tarSuffices],
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

function figures(records: Records, { goal, best, ratio }: Row): Finding {
  const { label } = records;
  const told = (model: string): string => meanText(goal.values(records, model), goal.format);
  const others = records.models(...NEW, BASELINE).map((model) => `${label(model)} ${told(model)}`);
  return remark(
    `${goal.title}: ${TAR} ${told(records.model(TAR))}, ${times(ratio)} that of ${label(best)}; ${others.join('; ')}.`,
  );
}

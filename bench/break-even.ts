import { change, breakEven as firstBelow } from '../src/stats/mod.ts';
import { createExperiment, type Experiment, type Records } from './experiment.ts';
import { above, claim, type Finding, megabytes, namer, percent, verdictWord } from './verdict.ts';

/** When does a chunked store win back what a solid layer compresses better? Claim C07. */

const SOLID = ['oci-gzip', 'tar-zstd'] as const;
const DIVIDED = [
  'per-file',
  'catar',
  'catar-blob',
  'catar|fastcdc:avg=16KiB|zstd:3|objects|get',
  'catar|fastcdc:avg=256KiB|zstd:3|objects|get',
];

export const breakEven: Experiment = createExperiment({
  name: 'break-even',
  claims: 'C07',
  title: 'After how many versions does chunking win back what a solid layer compresses better?',
  swept: [],
  packed: [...SOLID, ...DIVIDED],
  verdict: (records) => SOLID.map((alias, number) => against(records, alias, number)),
});

function against(records: Records, alias: string, number: number): Finding {
  const name = namer(records.models);
  const solid = records.models[number]!;
  const divided = records.models.slice(SOLID.length);
  const first = records.images[0]!;
  const cold = (model: string): number => records.number(first, model, 'transfer.bytes', 'none');
  const rows = divided.map((model) => {
    const more = change(cold(model), cold(solid));
    const version = firstBelow(cumulative(records, model), cumulative(records, solid));
    const wins = version === undefined ? `never in ${records.images.length}` : `k = ${version}`;
    return { more, text: `${name(model)} ${percent(more, true)}, ${wins}` };
  });
  const word = verdictWord(
    rows.map(({ more }) => above(more, 0)),
    'the format',
  );
  return claim(
    `C07 one cold pull of ${alias} is smaller than of a chunked or per-file store`,
    word,
    `. Cold pull of ${first} beside ${megabytes(cold(solid))}, and the first version k at which bytes pulled in all are fewer: ${rows.map(({ text }) => text).join('; ')}.`,
  );
}

function cumulative({ images, number }: Records, model: string): number[] {
  return images.map((image) => number(image, model, 'transfer.cumulative_bytes', 'all-previous'));
}

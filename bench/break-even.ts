import { formatBytes, plural } from '../src/format.ts';
import { change, lastingBreakEven } from '../src/stats/mod.ts';
import { chunksWinBack, solidIsSmaller } from './claims/c07-compression.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import { type Finding, figureOf, fromTo, percent, remark, SERIES } from './verdict.ts';

/** When does a chunked store win back what a solid layer compresses better? Claim C07. */

const SOLID = ['oci-gzip', 'tar-zstd'];
const DIVIDED = [
  'per-file',
  'catar',
  'catar-blob',
  'catar|fastcdc:avg=16KiB|zstd:3|objects|get',
  'catar|fastcdc:avg=256KiB|zstd:3|objects|get',
];

export const breakEven: Experiment = createExperiment({
  name: 'break-even',
  claims: 'C07 a solid layer is smaller for one pull, chunks win over versions',
  title: 'After how many versions does chunking win back what a solid layer compresses better?',
  decides: [solidIsSmaller, chunksWinBack],
  swept: [],
  chart: 'transfer-per-update',
  packed: [...SOLID, ...DIVIDED],
  isOfAnyStep: true,
  verdict: (records) => SOLID.map((alias) => against(records, alias)),
});

function against(records: Records, alias: string): Finding {
  const solid = records.model(alias);
  const first = records.images[0]!;
  const cold = (model: string): number => records.number(first, model, 'transfer.bytes', 'none');
  const rows = records.models(...DIVIDED).map((model) => ({
    model,
    more: change(cold(model), cold(solid)),
    version: lastingBreakEven(cumulative(records, model), cumulative(records, solid)),
  }));
  const more = fromTo(
    rows.map((row) => row.more),
    (share) => percent(share, true),
  );
  const wins = rows.flatMap(({ version }) => version ?? []);
  const from = wins.length === 0 ? '' : `, from version k = ${fromTo(wins, String)} on`;
  return remark(
    `Cold pull beside ${formatBytes(cold(solid))} of ${first} by ${alias}: ${more} (${plural(rows.length, 'format')}). In all, ${wins.length} of them have pulled fewer bytes after ${plural(records.images.length, 'version')}${from}.`,
    rows.map(({ model, version }) =>
      figureOf(
        SERIES,
        { of: 'first version k from which on fewer bytes were pulled in all', model },
        version,
        'count',
      ),
    ),
  );
}

function cumulative({ images, number }: Records, model: string): number[] {
  return images.map((image) => number(image, model, 'transfer.cumulative_bytes', 'all-previous'));
}

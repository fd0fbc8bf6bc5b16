import type { Minutes, PlannedRun, Total } from '../estimate.ts';
import { formatBytes, formatNumber, plural } from '../format.ts';
import { listed } from '../listed.ts';
import { boundOf } from '../runs/timed-cells.ts';
import { columns } from './command.ts';

const UNKNOWN = 'unknown';
/** Of an experiment that is no cells. */
const OWN_TIME = `${UNKNOWN}: this experiment measures by itself`;

/** A plan for people: what is not known is said to be so. */
export function planLines(rows: PlannedRun): readonly string[] {
  const { dataset, directory, swept, links, cells, rounds, estimate, takes } = rows;
  const { images, models, fetch, disk, minutes } = estimate;
  const sizeOf = (bytes: number | null): string => (bytes === null ? UNKNOWN : formatBytes(bytes));
  const kept = models.reduce((sum, one) => sum + one.kept, 0);
  const isOfItsOwn = models.length + swept.length === 0;
  const isComplete = rows.complete ? ['this run is complete: --fresh measures anew'] : [];
  return [
    `${dataset} → ${directory ?? 'a directory that is named once the images are pinned'}`,
    ...isComplete,
    '',
    ...columns([
      ['image', 'to fetch', 'uncompressed layers'],
      ...images.map((one) => [one.id, sizeOf(one.fetchBytes), sizeOf(one.layerBytes)]),
    ]),
    ...(models.length === 0
      ? []
      : [
          '',
          ...columns([
            ['model', 'cells', 'in the cache'],
            ...models.map(({ id, cells: all, kept: there }, number) => [
              rows.models[number]!.alias ?? id,
              String(all),
              String(there),
            ]),
          ]),
        ]),
    ...(swept.length === 0
      ? []
      : ['', 'swept, in one pass an image:', ...swept.map((id) => `  ${id}`)]),
    ...(links.length === 0 ? [] : ['', `links: ${links.join(', ')}`]),
    '',
    ...columns([
      ['fetch', totalText(fetch, formatBytes)],
      ...(isOfItsOwn
        ? []
        : [['cells', `${formatNumber(cells)}, ${formatNumber(kept)} of them in the cache`]]),
      ['time', takes ?? (isOfItsOwn ? OWN_TIME : timeText(minutes))],
      ...(rounds === null ? [] : [['timed', boundOf(rounds)]]),
      ['disk', totalText(disk, formatBytes)],
    ]),
  ];
}

function totalText({ known, unknown }: Total, print: (value: number) => string): string {
  if (unknown.length === 0) return print(known);
  const names = listed(unknown);
  return known === 0 ? `${UNKNOWN} (${names})` : `${print(known)}, and unknown: ${names}`;
}

const WORKS: Readonly<Record<Minutes['unknown'][number]['work'], string>> = {
  contents: 'reading',
  cell: 'packing by',
  sweep: 'sweeping',
  throughput: 'throughput of',
  parallelism: 'parallelism of',
  reproducibility: 'reproducibility of',
  size: 'the size of',
};

function timeText({ known, unknown, workers }: Minutes): string {
  const works = [...new Set(unknown.map(({ work }) => work))].map((work) => {
    const count = unknown.filter((one) => one.work === work).length;
    if (work === 'contents' || work === 'sweep') return `${WORKS[work]} the images`;
    return `${WORKS[work]} ${plural(count, work === 'size' ? 'image' : 'model')}`;
  });
  const text = totalText({ known, unknown: works }, (value) => `${formatNumber(value, 1)} min`);
  return `${text}; ${plural(workers, 'worker')}, without fetching, at rates that runs on this machine left in the cache`;
}

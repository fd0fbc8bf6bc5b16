import { type Experiment, percent, type Records } from './experiment.ts';
import {
  leastBy,
  mean,
  megabytes,
  NEEDS_SERIES,
  namer,
  ofUpdates,
  verdictWord,
} from './verdict.ts';

/** Are the units that are best on the wire best on the receiver's disk as well? Claim C14. */

export const wireAndDisk: Experiment = {
  name: 'wire-and-disk',
  title: 'Does one unit serve both wire and disk?',
  swept: [],
  packed: [
    'per-file',
    'catar',
    'catar-blob',
    'catar|fastcdc:avg=16KiB|zstd:3|objects|get',
    'files|fastcdc:avg={4KiB,16KiB,64KiB}|zstd:3|objects|get',
  ],
  verdict(records) {
    if (records.images.length < 2) return [`C14: ${NEEDS_SERIES}.`];
    return [units(records), roundUp(records)];
  },
};

function units(records: Records): string {
  const { images, models, number } = records;
  const name = namer(models);
  const last = images.at(-1)!;
  const rows = models.map((model) => ({
    model,
    wire: mean(ofUpdates(records, model, 'transfer.bytes')),
    disk: number(last, model, 'disk.bytes'),
    memory: mean(ofUpdates(records, model, 'disk.page_cache_shared_bytes')),
  }));
  const wire = leastBy(rows, (row) => row.wire);
  const disk = leastBy(rows, (row) => row.disk);
  const word = verdictWord([wire.model !== disk.model], '');
  const parts = rows.map(
    (row) =>
      `${name(row.model)} ${megabytes(row.wire)} · ${megabytes(row.disk)} · ${megabytes(row.memory)}`,
  );
  return `C14 wire and disk want different units: **${word}**. Least on the wire ${name(wire.model)}, least on disk ${name(disk.model)}. Update on the wire (mean) · disk of a receiver of ${last} · files in memory once with the image before (mean): ${parts.join('; ')}. Chunks that are no whole files lie in a store beside the files.`;
}

/** What blocks of 4 KiB add to objects that are files of their own. */
function roundUp({ images, models, number }: Records): string {
  const name = namer(models);
  const last = images.at(-1)!;
  const parts = models.map((model) => {
    const stored = number(last, model, 'stored.bytes');
    const share = number(last, model, 'stored.disk_bytes') / stored - 1;
    return `${name(model)} ${percent(share, true)}`;
  });
  return `A registry that keeps every blob and object as a file fills more than their bytes by blocks of 4 KiB: ${parts.join('; ')}.`;
}

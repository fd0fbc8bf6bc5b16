import { change } from '../src/stats/mod.ts';
import { createExperiment, type Experiment, type Records } from './experiment.ts';
import {
  areEqual,
  claim,
  type Finding,
  leastBy,
  type Met,
  mean,
  megabytes,
  namer,
  ofUpdates,
  percent,
  remark,
  verdictWord,
} from './verdict.ts';

/** Are the units that are best on the wire best on the receiver's disk as well? Claim C14. */

export const wireAndDisk: Experiment = createExperiment({
  name: 'wire-and-disk',
  claims: 'C14',
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
    return [units(records), roundUp(records)];
  },
});

function units(records: Records): Finding {
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
  // Where all are equal on either side, no unit is the best there.
  const isOpen = areEqual(rows, (row) => row.wire) || areEqual(rows, (row) => row.disk);
  const isMet: Met = isOpen ? undefined : wire.model !== disk.model;
  const word = verdictWord([isMet], '');
  const parts = rows.map(
    (row) =>
      `${name(row.model)} ${megabytes(row.wire)} · ${megabytes(row.disk)} · ${megabytes(row.memory)}`,
  );
  return claim(
    'C14 wire and disk want different units',
    word,
    `. Least on the wire ${name(wire.model)}, least on disk ${name(disk.model)}. Update on the wire (mean) · disk of a receiver of ${last} · files in memory once with the image before (mean): ${parts.join('; ')}. Chunks that are no whole files lie in a store beside the files.`,
  );
}

/** What blocks of 4 KiB add to objects that are files of their own. */
function roundUp({ images, models, number }: Records): Finding {
  const name = namer(models);
  const last = images.at(-1)!;
  const parts = models.map((model) => {
    const stored = number(last, model, 'stored.bytes');
    const share = change(number(last, model, 'stored.disk_bytes'), stored);
    return `${name(model)} ${percent(share, true)}`;
  });
  return remark(
    `A registry that keeps every blob and object as a file fills more than their bytes by blocks of 4 KiB: ${parts.join('; ')}.`,
  );
}

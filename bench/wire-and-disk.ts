import { formatBytes, plural } from '../src/format.ts';
import { change } from '../src/stats/mod.ts';
import { UNITS, unitsDiffer } from './claims/c14-wire-and-disk.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import {
  type Finding,
  figureOf,
  fromTo,
  leastBy,
  mean,
  meanText,
  ofUpdates,
  percent,
  recorded,
  remark,
  SERIES,
} from './verdict.ts';

/** Are the units that are best on the wire best on the receiver's disk as well? Claim C14. */

export const wireAndDisk: Experiment = createExperiment({
  name: 'wire-and-disk',
  claims: 'C14 wire and disk want different units',
  title: 'Does one unit serve both wire and disk?',
  decides: [unitsDiffer],
  swept: [],
  packed: [],
  chart: 'transfer-per-update',
  verdict: (records) => [units(records), roundUp(records)],
});

function units(records: Records): Finding {
  const { images, number, label, updates } = records;
  const last = images.at(-1)!;
  const rows = records.models(...UNITS).map((model) => ({
    model,
    pulled: ofUpdates(records, model, 'transfer.bytes'),
    wire: mean(ofUpdates(records, model, 'transfer.bytes')),
    disk: number(last, model, 'disk.bytes'),
    memory: mean(ofUpdates(records, model, 'disk.page_cache_shared_bytes')),
  }));
  const wire = leastBy(rows, (row) => row.wire);
  const disk = leastBy(rows, (row) => row.disk);
  return remark(
    `Least on the wire ${label(wire.model)}, ${meanText(wire.pulled, formatBytes)} an update (mean of ${updates.length}), fills ${formatBytes(wire.disk)} of a disk with ${last}; least on disk ${label(disk.model)}, ${formatBytes(disk.disk)}, pulls ${meanText(disk.pulled, formatBytes)}. Chunks that are no whole files lie in a store beside the files.`,
    rows.flatMap((row) => [
      figureOf(SERIES, { of: 'update on the wire (mean)', model: row.model }, row.wire, 'bytes'),
      figureOf(last, { of: 'disk of a receiver', model: row.model }, row.disk, 'bytes'),
      figureOf(
        SERIES,
        { of: 'files in memory once with the previous image (mean)', model: row.model },
        row.memory,
        'bytes',
      ),
    ]),
  );
}

/** What blocks of 4 KiB add to objects that are files of their own. */
function roundUp(records: Records): Finding {
  const { images, number } = records;
  const last = images.at(-1)!;
  const models = records.models(...UNITS);
  const shares = models.map((model) =>
    change(number(last, model, 'stored.disk_bytes'), number(last, model, 'stored.bytes')),
  );
  const more = fromTo(shares, (share) => percent(share, true));
  return remark(
    `A registry that keeps every blob and object as a file fills more than their bytes by blocks of 4 KiB: ${more} (${plural(models.length, 'format')}).`,
    recorded(records, [last], models, ['stored.bytes', 'stored.disk_bytes']),
  );
}

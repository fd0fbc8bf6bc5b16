import { formatBytes, plural } from '../src/format.ts';
import { areSettled, change } from '../src/stats/mod.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import {
  areEqual,
  type Bar,
  caseOf,
  claim,
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
  verdictWord,
} from './verdict.ts';

/** Are the units that are best on the wire best on the receiver's disk as well? Claim C14. */

const UNITS = [
  'per-file',
  'catar',
  'catar-blob',
  'catar|fastcdc:avg=16KiB|zstd:3|objects|get',
  'files|fastcdc:avg={4KiB,16KiB,64KiB}|zstd:3|objects|get',
];
/** Disk that the unit which is best on the wire needs beyond the one that is best on disk. */
const MORE: Bar = { unit: 'share', side: 'above', bar: 0 };

export const wireAndDisk: Experiment = createExperiment({
  name: 'wire-and-disk',
  claims: 'C14 wire and disk want different units',
  title: 'Does one unit serve both wire and disk?',
  swept: [],
  packed: UNITS,
  chart: 'transfer-per-update',
  verdict(records) {
    return [units(records), roundUp(records)];
  },
});

function units(records: Records): Finding {
  const { images, number, label } = records;
  const last = images.at(-1)!;
  const rows = records.models(...UNITS).map((model) => ({
    model,
    pulled: ofUpdates(records, model, 'transfer.bytes'),
    wire: mean(ofUpdates(records, model, 'transfer.bytes')),
    disk: number(last, model, 'disk.bytes'),
    memory: mean(ofUpdates(records, model, 'disk.page_cache_shared_bytes')),
  }));
  const least = leastBy(rows, (row) => row.wire);
  // Of several that are best on the wire, the one that serves the disk best as well.
  const wire = leastBy(
    rows.filter((row) => row.wire === least.wire),
    (row) => row.disk,
  );
  const disk = leastBy(rows, (row) => row.disk);
  // As long as some that tie with the least are best on disk and others are not, one update decides.
  const tied = rows.filter((row) => row === wire || !areSettled(row.pulled, wire.pulled));
  const isTie =
    new Set(
      tied.filter((row) => row === wire || !isSame(row, wire)).map((row) => row.disk > disk.disk),
    ).size > 1;
  // Where all are equal on either side, no unit is the best there.
  const isOpen = areEqual(rows, (row) => row.wire) || areEqual(rows, (row) => row.disk);
  const more = change(wire.disk, disk.disk);
  const at = { 'best on the wire': wire.model, 'best on disk': disk.model };
  return claim(
    'C14 wire and disk want different units',
    verdictWord(
      [{ ...caseOf(last, at, isOpen ? undefined : more, MORE), ...(isTie ? { tie: true } : {}) }],
      '',
    ),
    `. Least on the wire ${label(wire.model)}, ${meanText(wire.pulled, formatBytes)} an update (mean of ${records.updates.length}), fills ${formatBytes(wire.disk)} of a disk with ${last}; least on disk ${label(disk.model)}, ${formatBytes(disk.disk)}, pulls ${meanText(disk.pulled, formatBytes)}. Chunks that are no whole files lie in a store beside the files.`,
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

interface Row {
  /** By each update. */
  readonly pulled: readonly number[];
}

/** A unit with the same bytes in every update is one that the disk may choose. */
function isSame({ pulled }: Row, other: Row): boolean {
  return pulled.every((bytes, update) => bytes === other.pulled[update]);
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

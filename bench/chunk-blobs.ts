import { formatBinary, formatBytes } from '../src/format.ts';
import { limits } from '../src/limits.ts';
import { familyOf } from '../src/report/models.ts';
import { divide } from '../src/stats/mod.ts';
import { DESCRIPTOR_BYTES, manifestTooLong } from './claims/c18-manifest.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import {
  type Finding,
  figureOf,
  fixed,
  fromTo,
  mean,
  NO_STEP,
  ofUpdates,
  percent,
  remark,
  SERIES,
} from './verdict.ts';

/** Does a registry blob for every chunk scale? Claim C18. */

const SIZES = 'catar|fastcdc:avg={4KiB,8KiB,16KiB,64KiB,256KiB}|zstd:3|objects|get';

export const chunkBlobs: Experiment = createExperiment({
  name: 'chunk-blobs',
  claims: 'C18 a registry blob for every chunk does not scale',
  title: 'Does a registry blob for every chunk scale?',
  decides: [manifestTooLong],
  swept: [],
  packed: [SIZES],
  chart: 'chunk-size',
  isOfAnyStep: true,
  verdict(records) {
    return [manifests(records), ...(records.updates.length > 0 ? [requests(records)] : [])];
  },
});

/** The first image's objects are the distinct chunks that its manifest would list. */
function listed({ images, number }: Records, model: string): number {
  return number(images[0]!, model, 'dedup.objects');
}

/** Of the first image: its own manifest, and the image at which one is full. */
function manifests(records: Records): Finding {
  const image = records.images[0]!;
  const rows = records.models(SIZES).map((model) => {
    const stream = records.number(image, model, 'dedup.stream_bytes');
    const blobs = listed(records, model);
    const bytes = blobs * DESCRIPTOR_BYTES;
    return {
      average: sizeOf(model),
      blobs,
      bytes,
      most: divide(limits.manifestBytes * stream, bytes),
    };
  });
  const [listedBytes, full] = (['bytes', 'most'] as const).map((field) =>
    fromTo(
      rows.map((row) => row[field]),
      formatBytes,
    ),
  );
  return remark(
    `A manifest that lists every chunk of ${image} (${DESCRIPTOR_BYTES} B each) has ${listedBytes}; the ${formatBytes(limits.manifestBytes)} that registries must take are full at an image of ${full} (${averages(records)}).`,
    rows.flatMap(({ average, blobs, most }) => [
      figureOf(image, { of: 'blobs', average }, blobs, 'count'),
      figureOf(NO_STEP, { of: 'image that fills a manifest', average }, most, 'bytes'),
    ]),
  );
}

function requests(records: Records): Finding {
  const rows = records.models(SIZES).map((model) => {
    const pulled = mean(ofUpdates(records, model, 'transfer.bytes'));
    const again = listed(records, model) * DESCRIPTOR_BYTES;
    return {
      average: sizeOf(model),
      asked: mean(ofUpdates(records, model, 'transfer.requests')),
      share: divide(again, pulled + again),
    };
  });
  const asked = fromTo(
    rows.map((row) => row.asked),
    (count) => fixed(count, 0),
  );
  const shares = fromTo(
    rows.map(({ share }) => share),
    percent,
  );
  return remark(
    `Each update (mean of ${records.updates.length}, client with the previous image) asks for every new chunk by itself, ${asked} requests, and for the whole manifest anew, ${shares} of the bytes (${averages(records)}).`,
    rows.flatMap(({ average, asked: count, share }) => [
      figureOf(SERIES, { of: 'requests an update (mean)', average }, count, 'count'),
      figureOf(SERIES, { of: 'manifest ÷ bytes of an update (mean)', average }, share, 'share'),
    ]),
  );
}

function averages(records: Records): string {
  const sizes = records.models(SIZES).map(sizeOf);
  return `chunks of ${sizes[0]} … ${sizes.at(-1)}`;
}

function sizeOf(model: string): string {
  return formatBinary(familyOf(model).average!);
}

import { formatBinary, formatBytes } from '../src/format.ts';
import { limits } from '../src/limits.ts';
import { familyOf } from '../src/report/models.ts';
import { divide } from '../src/stats/mod.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import {
  type Bar,
  caseOf,
  claim,
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
  verdictWord,
} from './verdict.ts';

/** Does a registry blob for every chunk scale? Claim C18. */

/** A descriptor as an OCI manifest lists it, with the comma after it: bytes of JSON. */
const DESCRIPTOR_BYTES =
  `{"mediaType":"application/vnd.oci.image.layer.v1.tar+zstd","digest":"sha256:${'0'.repeat(64)}","size":12345},`
    .length;

/** An image as applications and models have them. */
const LARGE_BYTES = 1e9;

const SIZES = 'catar|fastcdc:avg={4KiB,8KiB,16KiB,64KiB,256KiB}|zstd:3|objects|get';
const TOO_LONG: Bar = { unit: 'bytes', side: 'above', bar: limits.manifestBytes };

export const chunkBlobs: Experiment = createExperiment({
  name: 'chunk-blobs',
  claims: 'C18 a registry blob for every chunk does not scale',
  title: 'Does a registry blob for every chunk scale?',
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

function manifests(records: Records): Finding {
  const image = records.images[0]!;
  const rows = records.models(SIZES).map((model) => {
    const stream = records.number(image, model, 'dedup.stream_bytes');
    const blobs = listed(records, model);
    const bytes = blobs * DESCRIPTOR_BYTES;
    return {
      average: sizeOf(model),
      stream,
      blobs,
      bytes,
      large: divide(bytes * LARGE_BYTES, stream),
      most: divide(limits.manifestBytes * stream, bytes),
    };
  });
  const large = formatBytes(LARGE_BYTES);
  const word = verdictWord(
    rows.flatMap(({ average, blobs, bytes, large: other }) => [
      // No chunks, no list of them: that it is short says nothing.
      caseOf(image, { of: 'manifest', average }, blobs === 0 ? undefined : bytes, TOO_LONG),
      caseOf(NO_STEP, { of: `manifest of ${large}`, average }, other, TOO_LONG),
    ]),
    'the sizes of image and chunk',
  );
  const [listedBytes, full] = (['bytes', 'most'] as const).map((field) =>
    fromTo(
      rows.map((row) => row[field]),
      formatBytes,
    ),
  );
  return claim(
    `C18 a manifest that lists every chunk (${DESCRIPTOR_BYTES} B each) passes the 4 MiB that registries must take, for ${image} (${formatBytes(rows[0]?.stream)}) and for ${large} alike`,
    word,
    `. With ${averages(records)}: ${listedBytes}, full at an image of ${full}.`,
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

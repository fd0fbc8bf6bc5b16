import { formatSize } from '../src/ids.ts';
import { limits } from '../src/limits.ts';
import { familyOf } from '../src/report/models.ts';
import { divide } from '../src/stats/mod.ts';
import { createExperiment, type Experiment, type Records } from './experiment.ts';
import {
  above,
  claim,
  type Finding,
  fixed,
  mean,
  megabytes,
  ofUpdates,
  percent,
  remark,
  verdictWord,
} from './verdict.ts';

/** Does a registry blob for every chunk scale? Claim C18. */

/** A descriptor as an OCI manifest lists it, with the comma after it: bytes of JSON. */
const DESCRIPTOR_BYTES =
  `{"mediaType":"application/vnd.oci.image.layer.v1.tar+zstd","digest":"sha256:${'0'.repeat(64)}","size":12345},`
    .length;

/** An image as applications and models have them. */
const LARGE_BYTES = 1e9;

export const chunkBlobs: Experiment = createExperiment({
  name: 'chunk-blobs',
  claims: 'C18',
  title: 'Does a registry blob for every chunk scale?',
  swept: [],
  packed: ['catar|fastcdc:avg={4KiB,8KiB,16KiB,64KiB,256KiB}|zstd:3|objects|get'],
  verdict(records) {
    return [manifests(records), requests(records)];
  },
});

/** The first image's objects are the distinct chunks that its manifest would list. */
function listed({ images, number }: Records, model: string): number {
  return number(images[0]!, model, 'dedup.objects');
}

function manifests(records: Records): Finding {
  const image = records.images[0]!;
  const stream = records.number(image, records.models[0]!, 'dedup.stream_bytes');
  const rows = records.models.map((model) => {
    const blobs = listed(records, model);
    const bytes = blobs * DESCRIPTOR_BYTES;
    // No chunks, no list of them: that it is short says nothing.
    const listedBytes = blobs === 0 ? undefined : bytes;
    const large = divide(bytes * LARGE_BYTES, stream);
    return { model, blobs, bytes, cases: [listedBytes, large] };
  });
  const word = verdictWord(
    rows.flatMap(({ cases }) => cases.map((bytes) => above(bytes, limits.manifestBytes))),
    'the sizes of image and chunk',
  );
  const parts = rows.map(({ model, blobs, bytes }) => {
    const most = divide(limits.manifestBytes * stream, bytes);
    return `${sizeOf(model)} ${blobs} blobs, ${megabytes(bytes)}, full at an image of ${megabytes(most)}`;
  });
  return claim(
    `C18 a manifest that lists every chunk (${DESCRIPTOR_BYTES} bytes a descriptor) passes the 4 MiB that registries must take, for ${image} (${megabytes(stream)}) and for ${megabytes(LARGE_BYTES)} of the same kind`,
    word,
    `. For ${image}: ${parts.join('; ')}.`,
  );
}

function requests(records: Records): Finding {
  const parts = records.models.map((model) => {
    const asked = mean(ofUpdates(records, model, 'transfer.requests'));
    const pulled = mean(ofUpdates(records, model, 'transfer.bytes'));
    const again = listed(records, model) * DESCRIPTOR_BYTES;
    return `${sizeOf(model)} ${fixed(asked, 0)} requests, ${megabytes(pulled)}, of it the manifest would be ${percent(divide(again, pulled + again))}`;
  });
  return remark(
    `Each update (mean, client with the image before) asks for every new chunk by itself and for the whole manifest anew: ${parts.join('; ')}.`,
  );
}

function sizeOf(model: string): string {
  return formatSize(familyOf(model).average!);
}

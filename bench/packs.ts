import { formatBinary, formatNumber, plural } from '../src/format.ts';
import { parseSize } from '../src/ids.ts';
import { change, divide, type Maybe } from '../src/stats/mod.ts';
import { packsOverFetch, packsSpareRequests } from './claims/c19-packs.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import {
  type Figure,
  type Finding,
  figureOf,
  fixed,
  fromTo,
  mean,
  ofUpdates,
  percent,
  remark,
  SERIES,
} from './verdict.ts';

/** Must chunks be aggregated into packs, and at what price? Claim C19. */

const CHUNKS = 'catar|fastcdc:avg=64KiB|zstd:3';
const LOOSE = `${CHUNKS}|objects|get`;
const PACK_SIZES = ['4MiB', '16MiB', '64MiB'];
const packsOf = (size: string, fetcher: string): string =>
  `${CHUNKS}|packs:size=${size}|${fetcher}`;
const PACKS = PACK_SIZES.map((size) => packsOf(size, '{range,get}'));
const BLOB = `${CHUNKS}|blob|{range,get}`;
const LINK = '100m-20ms';
/** Manifest, configuration and index: what a cold client asks for before packs. */
const BEFORE_PACKS = 3;

export const packs: Experiment = createExperiment({
  name: 'packs',
  claims: 'C19 chunks must be aggregated into packs, at the price of over-fetch',
  title: 'Must chunks be aggregated into packs, and at what price?',
  decides: [packsSpareRequests, packsOverFetch],
  swept: [],
  packed: [LOOSE, ...PACKS, BLOB],
  chart: 'pareto',
  links: [LINK],
  verdict(records) {
    return [
      counted(records),
      time(records),
      coldOverFetch(records),
      fragmentation(records),
      remark(
        `One blob an image does not fragment, and stores ${percent(stored(records))} more than loose chunks.`,
      ),
    ];
  },
});

/** `packs of 4 MiB by get`: all else is the same. */
function nameOf(model: string): string {
  const [, , , packer, fetcher] = model.split('|') as [string, string, string, string, string];
  if (packer === 'objects') return 'loose chunks';
  return `${packer === 'blob' ? 'one blob' : sizeOf(model)} by ${fetcher.split(':')[0]!}`;
}

function sizeOf(model: string): string {
  return `packs of ${formatBinary(parseSize(/size=([^,]+)/.exec(model)![1]!)!)}`;
}

function counted(records: Records): Finding {
  const { images, number } = records;
  const rowOf = (model: string): Row => ({
    model,
    blobs: number(images.at(-1)!, model, 'stored.blobs'),
    requests: mean(ofUpdates(records, model, 'transfer.requests')),
  });
  const loose = rowOf(records.model(LOOSE));
  const packed = records.models(...PACKS).map(rowOf);
  const rows = [loose, ...packed, ...records.models(BLOB).map(rowOf)];
  return remark(
    `Blobs of ${plural(images.length, 'image')}: ${formatNumber(loose.blobs)} loose, ${counts(packed.map(({ blobs }) => blobs))} packs. Requests an update (mean of ${records.updates.length}, client with the previous image): ${formatNumber(loose.requests)} for ${counts(packed.map(({ requests }) => requests))}.`,
    rows.flatMap(({ model, blobs, requests }) => [
      figureOf(SERIES, { of: 'blobs', model: nameOf(model) }, blobs, 'count'),
      figureOf(
        SERIES,
        { of: 'requests an update (mean)', model: nameOf(model) },
        requests,
        'count',
      ),
    ]),
  );
}

interface Row {
  readonly model: string;
  readonly blobs: number;
  /** Mean of the updates. */
  readonly requests: number;
}

function counts(values: readonly number[]): string {
  return fromTo(values, (value) => formatNumber(value!));
}

function time(records: Records): Finding {
  const seconds = (...chains: readonly string[]): string => {
    const all = records.models(...chains).map((model) => meanMs(records, model));
    return fromTo(all, (ms) => `${fixed(divide(ms, 1000), 1)} s`);
  };
  return remark(
    `What that is worth to one client, modelled time of an update (mean of ${records.updates.length}) at ${LINK}: loose chunks ${seconds(LOOSE)}; packs ${seconds(...PACKS)}; one blob ${seconds(BLOB)}.`,
    records
      .models(LOOSE, ...PACKS, BLOB)
      .map((model) =>
        figureOf(
          SERIES,
          { of: 'modelled time of an update (mean)', model: nameOf(model), link: LINK },
          meanMs(records, model),
          'ms',
        ),
      ),
  );
}

function meanMs({ updates, number }: Records, model: string): number {
  return mean(
    updates.map((image) => number(image, model, 'transfer.network_ms', 'previous', LINK)),
  );
}

/** Content that came although the client lacked no chunk in it, as a share of the chunks it lacked. */
function excess({ model, number }: Records, image: string, packed: string, client: string): Maybe {
  const bytes = (own: string): number => number(image, own, 'transfer.content_bytes', client);
  return change(bytes(packed), bytes(model(LOOSE)));
}

/** A client with nothing lacks every chunk: what it gets beside them, other images brought into the packs. */
function coldOverFetch(records: Records): Finding {
  const last = records.images.at(-1)!;
  const rows = records.models(...PACKS, BLOB).map((model) => ({
    model: nameOf(model),
    share: excess(records, last, model, 'none'),
  }));
  const shares = fromTo(
    rows.map(({ share }) => share),
    (share) => percent(share, true),
  );
  return remark(
    `Content of a cold pull of ${last} beside the chunks themselves: ${shares} (${plural(rows.length, 'way')}).`,
    rows.map(({ model, share }) =>
      figureOf(last, { of: 'cold pull, beyond the chunks', model }, share, 'share'),
    ),
  );
}

function fragmentation(records: Records): Finding {
  const { images, number } = records;
  const rows = PACK_SIZES.map((size) => {
    const whole = records.model(packsOf(size, 'get'));
    const ranged = records.model(packsOf(size, 'range'));
    return {
      size: formatBinary(parseSize(size)!),
      whole,
      packs: asked(records, whole),
      ranges: asked(records, ranged),
    };
  });
  const parts = rows.map(
    ({ size, packs: touched }) => `${touched[0]} → ${touched.at(-1)} of ${size}`,
  );
  const figures = rows.flatMap(({ size, whole, packs: touched, ranges }) =>
    images.flatMap((image, place): readonly Figure[] => [
      figureOf(image, { of: 'packs touched', packs: size }, touched[place], 'count'),
      figureOf(image, { of: 'ranges of them', packs: size }, ranges[place], 'count'),
      figureOf(
        image,
        { of: 'content of whole packs', packs: size },
        number(image, whole, 'transfer.content_bytes', 'none'),
        'bytes',
      ),
    ]),
  );
  return remark(
    `Packs that a cold pull touches, from ${images[0]!} to ${images.at(-1)!}: ${parts.join('; ')}.`,
    figures,
  );
}

/** Packs, or ranges of them, that a cold pull of each image asks for. */
function asked({ images, number }: Records, model: string): readonly number[] {
  return images.map((image) =>
    Math.max(0, number(image, model, 'transfer.requests', 'none') - BEFORE_PACKS),
  );
}

/** What one blob an image stores beyond loose chunks. */
function stored({ images, model, number }: Records): Maybe {
  const bytes = (own: string): number => number(images.at(-1)!, own, 'stored.bytes');
  return change(bytes(model(`${CHUNKS}|blob|get`)), bytes(model(LOOSE)));
}

import { formatBinary, formatNumber, plural } from '../src/format.ts';
import { parseSize } from '../src/ids.ts';
import { change, divide, type Maybe, mean as meanOf } from '../src/stats/mod.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import {
  type Bar,
  type Case,
  caseOf,
  caseOfMean,
  claim,
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
  verdictWord,
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
/** Fewer by this factor is held to be what makes a chunk store practical. */
const FAR_FEWER: Bar = { unit: 'ratio', side: 'at least', bar: 10 };
/** Bytes that nobody asked for, as a share of the chunks that were: at least this is called a price. */
const PRICE: Bar = { unit: 'share', side: 'at least', bar: 0.1 };
/** Packs that a cold pull of the last image touches, over those of the first: at least this is called fragmented. */
const FRAGMENTED: Bar = { unit: 'ratio', side: 'at least', bar: 2 };
/** Manifest, configuration and index: what a cold client asks for before packs. */
const BEFORE_PACKS = 3;

export const packs: Experiment = createExperiment({
  name: 'packs',
  claims: 'C19 chunks must be aggregated into packs, at the price of over-fetch',
  title: 'Must chunks be aggregated into packs, and at what price?',
  swept: [],
  packed: [LOOSE, ...PACKS, BLOB],
  chart: 'pareto',
  links: [LINK],
  verdict(records) {
    return [
      needed(records),
      time(records),
      overFetch(records),
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

function needed(records: Records): Finding {
  const { images, number } = records;
  const rowOf = (model: string): Row => ({
    model,
    blobs: number(images.at(-1)!, model, 'stored.blobs'),
    requests: mean(ofUpdates(records, model, 'transfer.requests')),
    asked: ofUpdates(records, model, 'transfer.requests'),
  });
  const loose = rowOf(records.model(LOOSE));
  const packed = records.models(...PACKS).map(rowOf);
  const cases = packed.flatMap(({ model, blobs, requests, asked: own }) => [
    caseOf(
      SERIES,
      { of: 'fewer blobs', model: nameOf(model) },
      divide(loose.blobs, blobs),
      FAR_FEWER,
    ),
    caseOfMean(
      { of: 'fewer requests', model: nameOf(model) },
      divide(loose.requests, requests),
      FAR_FEWER,
      loose.asked.map((count, update) => count - FAR_FEWER.bar * own[update]!),
    ),
  ]);
  const rows = [loose, ...packed, ...records.models(BLOB).map(rowOf)];
  return claim(
    `C19 packs leave at least ${FAR_FEWER.bar} times fewer blobs on the server and requests an update than loose chunks`,
    verdictWord(cases, 'the size of a pack'),
    `. Blobs of ${plural(images.length, 'image')}: ${formatNumber(loose.blobs)} loose, ${counts(packed.map(({ blobs }) => blobs))} packs. Requests an update (mean of ${records.updates.length}, client with the previous image): ${formatNumber(loose.requests)} for ${counts(packed.map(({ requests }) => requests))}.`,
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
  /** Of each update. */
  readonly asked: readonly number[];
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

function overFetch(records: Records): Finding {
  const { images, updates } = records;
  const last = images.at(-1)!;
  const models = records.models(...PACKS, BLOB);
  const update = models.map((model) => {
    const each = updates.map((image) => excess(records, image, model, 'previous'));
    return caseOfMean(
      { of: 'update (mean)', model: nameOf(model) },
      meanOf(each),
      PRICE,
      each.map((share) => (share === undefined ? undefined : share - PRICE.bar)),
    );
  });
  const cold = models.map((model) =>
    caseOf(
      last,
      { of: 'cold pull', model: nameOf(model) },
      excess(records, last, model, 'none'),
      PRICE,
    ),
  );
  const range = (cases: readonly Case[]): string =>
    fromTo(
      cases.map(({ value }) => value),
      (share) => percent(share, true),
    );
  return claim(
    `C19 the price is over-fetch (at least ${percent(PRICE.bar)} more than the chunks that were lacking)`,
    verdictWord([...update, ...cold], 'what the client holds and how it asks'),
    `. Update (mean of ${updates.length}, client with the previous image): ${range(update)}; cold pull of ${last}: ${range(cold)} (${plural(models.length, 'way')}).`,
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
  const cases = rows.map(({ size, packs: touched }) =>
    caseOf(SERIES, { packs: size }, divide(touched.at(-1), touched[0]), FRAGMENTED),
  );
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
  return claim(
    `C19 packs fragment: a cold pull of the last image touches at least ${FRAGMENTED.bar} times the packs of the first`,
    verdictWord(cases, 'the size of a pack'),
    `. Packs from ${images[0]!} to ${images.at(-1)!}: ${parts.join('; ')}.`,
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

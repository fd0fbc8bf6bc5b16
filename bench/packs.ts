import { change, divide, type Maybe, mean as meanOf } from '../src/stats/mod.ts';
import { createExperiment, type Experiment, type Records } from './experiment.ts';
import {
  atLeast,
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

/** Must chunks be aggregated into packs, and at what price? Claim C19. */

const CHUNKS = 'catar|fastcdc:avg=64KiB|zstd:3';
const LINK = '100m-20ms';
/** Fewer by this factor is held to be what makes a chunk store practical. */
const FAR_FEWER = 10;
/** Bytes that nobody asked for, as a share of the chunks that were: at least this is called a price. */
const PRICE = 0.1;
/** Packs that a cold pull of the last image touches, over those of the first: at least this is called fragmented. */
const FRAGMENTED = 2;
/** Manifest, configuration and index: what a cold client asks for before packs. */
const BEFORE_PACKS = 3;

export const packs: Experiment = createExperiment({
  name: 'packs',
  claims: 'C19',
  title: 'Must chunks be aggregated into packs, and at what price?',
  swept: [],
  packed: [
    `${CHUNKS}|objects|get`,
    `${CHUNKS}|packs:size={4MiB,16MiB,64MiB}|{range,get}`,
    `${CHUNKS}|blob|{range,get}`,
  ],
  links: [LINK],
  verdict(records) {
    return [needed(records), time(records), overFetch(records), fragmentation(records)];
  },
});

/** `packs of 4MiB by get`: all else is the same. */
function nameOf(model: string): string {
  const [, , , packer, fetcher] = model.split('|') as [string, string, string, string, string];
  if (packer === 'objects') return 'loose chunks';
  return `${packer === 'blob' ? 'one blob' : sizeOf(model)} by ${fetcher.split(':')[0]!}`;
}

function sizeOf(model: string): string {
  return `packs of ${/size=([^,]+)/.exec(model)![1]!}`;
}

const isPacks = (model: string): boolean => model.includes('|packs');

function needed(records: Records): Finding {
  const { images, models, number } = records;
  const rows = models.map((model) => ({
    model,
    blobs: number(images.at(-1)!, model, 'stored.blobs'),
    requests: mean(ofUpdates(records, model, 'transfer.requests')),
  }));
  const loose = rows[0]!;
  const met = rows
    .filter(({ model }) => isPacks(model))
    .flatMap(({ blobs, requests }) => [
      divide(loose.blobs, blobs),
      divide(loose.requests, requests),
    ])
    .map((fewer) => atLeast(fewer, FAR_FEWER));
  const parts = rows.map(
    ({ model, blobs, requests }) => `${nameOf(model)} ${blobs} · ${fixed(requests, 0)}`,
  );
  return claim(
    `C19 packs leave at least ${FAR_FEWER} times fewer blobs on the server and requests an update than loose chunks`,
    verdictWord(met, 'the size of a pack'),
    `. Blobs of ${images.length} images · requests an update (mean, client with the image before): ${parts.join('; ')}.`,
  );
}

function time({ updates, models, number }: Records): Finding {
  const parts = models.map((model) => {
    const all = updates.map((image) =>
      number(image, model, 'transfer.network_ms', 'previous', LINK),
    );
    return `${nameOf(model)} ${fixed(mean(all) / 1000, 1)} s`;
  });
  return remark(
    `What that is worth to one client, modelled time of an update (mean) at ${LINK}: ${parts.join('; ')}.`,
  );
}

/** Content that came although the client lacked no chunk in it, as a share of the chunks it lacked. */
function excess({ models, number }: Records, image: string, model: string, client: string): Maybe {
  const bytes = (own: string): number => number(image, own, 'transfer.content_bytes', client);
  return change(bytes(model), bytes(models[0]!));
}

function overFetch(records: Records): Finding {
  const { images, updates, models } = records;
  const rows = models.slice(1).map((model) => ({
    model,
    update: meanOf(updates.map((image) => excess(records, image, model, 'previous'))),
    cold: excess(records, images.at(-1)!, model, 'none'),
  }));
  const word = verdictWord(
    rows.flatMap(({ update, cold }) => [atLeast(update, PRICE), atLeast(cold, PRICE)]),
    'what the client holds and how it asks',
  );
  const parts = rows.map(
    ({ model, update, cold }) =>
      `${nameOf(model)} ${percent(update, true)} · ${percent(cold, true)}`,
  );
  return claim(
    `C19 the price is over-fetch (at least ${percent(PRICE)} more than the chunks that were lacking)`,
    word,
    `. Update (mean, client with the image before) · cold pull of ${images.at(-1)!}: ${parts.join('; ')}. The chunks that an update brings lie in packs of their own.`,
  );
}

function fragmentation(records: Records): Finding {
  const { images, models, number } = records;
  const asked = (model: string): number[] =>
    images.map((image) =>
      Math.max(0, number(image, model, 'transfer.requests', 'none') - BEFORE_PACKS),
    );
  const rows = models
    .filter((model) => isPacks(model) && model.endsWith('|get'))
    .map((model) => ({ model, packs: asked(model) }));
  const word = verdictWord(
    rows.map(({ packs: touched }) => atLeast(divide(touched.at(-1), touched[0]), FRAGMENTED)),
    'the size of a pack',
  );
  const parts = rows.map(({ model, packs: touched }) => {
    const ranged = models.find((own) => own.startsWith(model.replace(/get$/, 'range')))!;
    const bytes = images.map((image) =>
      megabytes(number(image, model, 'transfer.content_bytes', 'none')),
    );
    return `${sizeOf(model)} ${touched.join(' · ')} packs, ${bytes.join(' · ')}; by range ${asked(ranged).join(' · ')} ranges of them`;
  });
  return claim(
    `C19 packs fragment: a cold pull of the last image touches at least ${FRAGMENTED} times the packs of the first`,
    word,
    `. By version (${images.join(' · ')}): ${parts.join('; ')}. One blob an image does not fragment, and stores ${percent(stored(records))} more than loose chunks.`,
  );
}

/** What one blob an image stores beyond loose chunks. */
function stored({ images, models, number }: Records): Maybe {
  const bytes = (model: string): number => number(images.at(-1)!, model, 'stored.bytes');
  return change(bytes(models.at(-1)!), bytes(models[0]!));
}

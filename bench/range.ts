import { formatNumber } from '../src/format.ts';
import { type Link, resolveLinks } from '../src/links/mod.ts';
import { groupBy } from '../src/report/group.ts';
import { divide, type Maybe } from '../src/stats/mod.ts';
import { createExperiment, type Experiment, type Records } from './experiment.ts';
import {
  all,
  atMost,
  below,
  claim,
  ends,
  type Finding,
  fixed,
  leastBy,
  mean,
  megabytes,
  ofUpdates,
  percent,
  remark,
  verdictWord,
} from './verdict.ts';

/**
 * Does one blob, its index at the tail, fetched by ranges do what a chunk store does? Claim C16. Times are modelled (METHODS.md,
 * Time), of the network alone; `bench run time-model` holds the model against real servers.
 */

const CHUNKS = 'catar|fastcdc:avg=64KiB|zstd:3';
const PACKED = [
  'tar-zstd',
  'catar',
  'catar-blob',
  `${CHUNKS}|blob|range:gap={0,64KiB,1MiB}`,
  `${CHUNKS}|blob|range:ranges=16`,
];
/** The whole grid of bandwidth and round trip. */
const LINKS = ['all'];
/** One blob is held to transfer as little where it needs no more than this share beyond the chunk store. */
const ALIKE = 0.02;

export const range: Experiment = createExperiment({
  name: 'range',
  claims: 'C16',
  title: 'Does one blob fetched by ranges do what a chunk store does?',
  swept: [],
  packed: PACKED,
  links: LINKS,
  verdict(records) {
    return [
      bytesAndRequests(records),
      againstStore(records),
      againstWhole(records),
      gaps(records),
      sharedRequests(records),
    ];
  },
});

interface Chains {
  readonly whole: string;
  readonly store: string;
  /** By ranges of the default gap, one a request. */
  readonly blob: string;
  /** That one, and its variants in gap and ranges a request. */
  readonly variants: readonly string[];
}

function chainsOf({ models }: Records): Chains {
  const [whole, store, ...variants] = models as [string, string, string, ...string[]];
  return { whole, store, blob: variants[0]!, variants };
}

function bytesAndRequests(records: Records): Finding {
  const { images, updates } = records;
  const { store, blob } = chainsOf(records);
  const of = (model: string, measure: string): readonly number[] =>
    ofUpdates(records, model, measure);
  const rows = updates.map((image, update) => {
    const [bytes, requests] = ['transfer.bytes', 'transfer.requests'].map((measure) =>
      [store, blob].map((model) => of(model, measure)[update]!),
    ) as [number[], number[]];
    return {
      isMet: all(
        atMost(divide(bytes[1], bytes[0]), 1 + ALIKE),
        below(divide(requests[1], requests[0]), 1),
      ),
      text: `→ ${image} ${bytes.map((one) => megabytes(one)).join(' and ')} in ${requests.map((count) => formatNumber(count)).join(' and ')} requests`,
    };
  });
  const [kept, things] = ['stored.bytes', 'stored.blobs'].map((measure) =>
    [store, blob].map((model) => records.number(images.at(-1)!, model, measure)),
  ) as [number[], number[]];
  const word = verdictWord(
    rows.map(({ isMet }) => isMet),
    'the update',
  );
  return claim(
    `C16 one blob by ranges transfers as little as a chunk store (at most ${percent(ALIKE)} more) in fewer requests`,
    word,
    `. Chunk store and blob, client with the image before: ${rows.map(({ text }) => text).join('; ')}. But a registry keeps ${kept.map((one) => megabytes(one)).join(' and ')} of the ${images.length} images, in ${things.map((count) => formatNumber(count)).join(' and ')} objects: blobs of two images share nothing.`,
  );
}

/** Modelled time of an update over a link, milliseconds. */
function timeOf({ number }: Records, image: string, model: string, link: Link): number {
  return number(image, model, 'transfer.network_ms', 'previous', link.name);
}

function againstStore(records: Records): Finding {
  const { store, blob } = chainsOf(records);
  const rows = [...byBandwidth()].map(([bandwidth, links]) => {
    const ratios = records.updates.flatMap((image) =>
      links.map((link) =>
        divide(timeOf(records, image, blob, link), timeOf(records, image, store, link)),
      ),
    );
    return { ratios, text: `${bandwidth} ${fromTo(ratios)}` };
  });
  const word = verdictWord(
    rows.flatMap(({ ratios }) => ratios.map((ratio) => atMost(ratio, 1 + ALIKE))),
    'the link and the update',
  );
  return claim(
    `C16 the blob takes no longer (at most ${percent(ALIKE)} more) than a GET for each chunk`,
    word,
    `. Modelled time ÷ that of the chunk store, over round trips of ${roundTrips()} and all updates: ${rows.map(({ text }) => text).join('; ')}. A registry is taken to work 3 ms on a request, a file server that holds chunks 0.5 ms.`,
  );
}

function againstWhole(records: Records): Finding {
  const { whole, blob } = chainsOf(records);
  const links = resolveLinks(LINKS);
  const rows = records.updates.map((image) => {
    const ratios = links.map((link): readonly [Link, Maybe] => [
      link,
      divide(timeOf(records, image, blob, link), timeOf(records, image, whole, link)),
    ]);
    const isMet = ratios.map(([, ratio]) => below(ratio, 1));
    const known = ratios.filter((one): one is readonly [Link, number] => one[1] !== undefined);
    if (known.length === 0) return { isMet, text: `→ ${image} no time to compare` };
    const best = leastBy(known, ([, ratio]) => ratio);
    const worst = leastBy(known, ([, ratio]) => -ratio);
    return {
      isMet,
      text: `→ ${image} faster on ${isMet.filter(Boolean).length} of ${links.length} links, ${fixed(best[1], 2)} of its time at best (${best[0].title}), ${fixed(worst[1], 2)} at worst (${worst[0].title})`,
    };
  });
  const word = verdictWord(
    rows.flatMap(({ isMet }) => isMet),
    'the link and the update',
  );
  return claim(
    'C16 the blob is faster than a GET of one whole layer (tar-zstd)',
    word,
    `. ${rows.map(({ text }) => text).join('; ')}. Reported for zstd:chunked at about 900 Mb/s and 19 ms (podman#22783): 2 to 3 times as long.`,
  );
}

/** What merging ranges that lie near each other costs in bytes and spares in requests. */
function gaps(records: Records): Finding {
  const { variants } = chainsOf(records);
  const links = resolveLinks(LINKS);
  const single = variants.filter((model) => model.endsWith(',ranges=1'));
  const fastest = links.map((link) => leastBy(single, (model) => meanTime(records, model, link)));
  const parts = single.map((model) => {
    const wins = links.filter((_, index) => fastest[index] === model);
    return `gap ${gapOf(model)} ${meanUpdate(records, model)}, fastest on ${wins.length}`;
  });
  return remark(
    `Ranges that lie at most a gap apart are fetched as one. Mean update by one range a request, and on how many of the ${links.length} links its mean time is the least: ${parts.join('; ')}.`,
  );
}

/** Several ranges a request, for servers that answer them; `bench run time-model` asks two whether they do. */
function sharedRequests(records: Records): Finding {
  const { blob, variants } = chainsOf(records);
  const several = variants.filter((model) => !model.endsWith(',ranges=1'));
  const parts = several.map((model) => {
    const ratios = resolveLinks(LINKS).map((link) =>
      divide(meanTime(records, model, link), meanTime(records, blob, link)),
    );
    return `${/ranges=\d+$/.exec(model)![0]} ${meanUpdate(records, model)}, ${fromTo(ratios)} of the time of one range a request`;
  });
  return remark(`Several ranges a request, where a server answers them: ${parts.join('; ')}.`);
}

function fromTo(ratios: readonly Maybe[]): string {
  return ends(ratios)
    .map((ratio) => fixed(ratio, 2))
    .join(' … ');
}

function meanTime(records: Records, model: string, link: Link): number {
  return mean(records.updates.map((image) => timeOf(records, image, model, link)));
}

function meanUpdate(records: Records, model: string): string {
  const [bytes, requests] = ['transfer.bytes', 'transfer.requests'].map((measure) =>
    mean(ofUpdates(records, model, measure)),
  ) as [number, number];
  return `${megabytes(bytes)} in ${fixed(requests, 0)} requests`;
}

function gapOf(model: string): string {
  return /gap=([^,]+)/.exec(model)![1]!;
}

function byBandwidth(): ReadonlyMap<string, readonly Link[]> {
  return groupBy(resolveLinks(LINKS), ({ bandwidth }) => `${bandwidth / 1e6} Mb/s`);
}

function roundTrips(): string {
  const all = resolveLinks(LINKS).map(({ roundTripMs }) => roundTripMs);
  return `${Math.min(...all)} to ${Math.max(...all)} ms`;
}

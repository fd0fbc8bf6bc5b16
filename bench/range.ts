import { formatBinary, formatBytes, formatNumber, plural } from '../src/format.ts';
import { parseSize } from '../src/ids.ts';
import { type Link, resolveLinks } from '../src/links/mod.ts';
import { areSettled, divide, type Maybe } from '../src/stats/mod.ts';
import {
  blobNeedsFewerRequests,
  blobTakesNoLonger,
  blobTransfersAsLittle,
  partialPullIsSlower,
} from './claims/c16-blob.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import {
  type Finding,
  figureOf,
  fixed,
  fromTo,
  leastBy,
  mean,
  ofUpdates,
  recorded,
  remark,
  SERIES,
  times,
} from './verdict.ts';

/**
 * Does one blob, its index at the tail, fetched by ranges do what a chunk store does? Claim C16. Times are modelled (METHODS.md,
 * Time), of the network alone; `bench run time-model` holds the model against real servers.
 */

const CHUNKS = 'catar|fastcdc:avg=64KiB|zstd:3';
/** The layers of the image, whole. */
const WHOLE = 'oci-zstd';
const STORE = 'catar';
/** By ranges of the default gap, one a request. */
const BLOB = 'catar-blob';
const GAPS = `${CHUNKS}|blob|range:gap={0,64KiB,1MiB}`;
/** For servers that answer several; `bench run time-model` asks two whether they do. */
const SHARED = `${CHUNKS}|blob|range:ranges=16`;
/** The whole grid of bandwidth and round trip. */
const LINKS = ['all'];
export const range: Experiment = createExperiment({
  name: 'range',
  claims: 'C16 one blob fetched by ranges does what a chunk store does',
  title: 'Does one blob fetched by ranges do what a chunk store does?',
  decides: [blobTransfersAsLittle, blobNeedsFewerRequests, blobTakesNoLonger, partialPullIsSlower],
  swept: [],
  packed: [WHOLE, STORE, BLOB, GAPS, SHARED],
  chart: 'fastest',
  links: LINKS,
  verdict(records) {
    return [againstOthers(records), gaps(records), sharedRequests(records), kept(records)];
  },
});

/** What a registry pays for it. */
function kept(records: Records): Finding {
  const { images, number } = records;
  const [bytes, objects] = ['stored.bytes', 'stored.blobs'].map((measure) =>
    [STORE, BLOB].map((text) => number(images.at(-1)!, records.model(text), measure)),
  ) as [number[], number[]];
  return remark(
    `A registry keeps ${bytes.map((one) => formatBytes(one)).join(' as a chunk store and ')} as blobs of ${plural(images.length, 'image')}, in ${objects.map((count) => formatNumber(count)).join(' and ')} objects: blobs of two images share nothing. A registry is taken to work 3 ms on a request, a file server that holds chunks 0.5 ms.`,
  );
}

/** Modelled time of an update over a link, milliseconds. */
function timeOf({ number }: Records, image: string, model: string, link: Link): number {
  return number(image, model, 'transfer.network_ms', 'previous', link.name);
}

/** Modelled time of the blob over that of another model, for each update and link. */
interface Times {
  readonly image: string;
  readonly link: Link;
  readonly ratio: Maybe;
}

function timesBeside(records: Records, text: string): readonly Times[] {
  const [blob, other] = [records.model(BLOB), records.model(text)];
  return records.updates.flatMap((image) =>
    resolveLinks(LINKS).map((link) => {
      const ratio = divide(timeOf(records, image, blob, link), timeOf(records, image, other, link));
      return { image, link, ratio };
    }),
  );
}

/** Where the extremes lie, of all links and updates. */
function extremes(found: readonly Times[]): string {
  const known = found.filter((one): one is Times & { ratio: number } => one.ratio !== undefined);
  if (known.length === 0) return 'no time to compare';
  const told = ({ image, link, ratio }: (typeof known)[number]): string =>
    `${times(ratio)} (${link.title}, → ${image})`;
  const best = leastBy(known, ({ ratio }) => ratio);
  const worst = leastBy(known, ({ ratio }) => -ratio);
  return `${told(best)} … ${told(worst)}, n = ${found.length}`;
}

/** On every link, beyond those that the claims are judged on. */
function againstOthers(records: Records): Finding {
  const told = [
    `a GET for each chunk ${extremes(timesBeside(records, STORE))}`,
    `a GET of each new layer (${WHOLE}) ${extremes(timesBeside(records, WHOLE))}`,
  ];
  return remark(`Modelled time of the blob ÷ of ${told.join('; ÷ of ')}.`);
}

/** What merging ranges that lie near each other costs in bytes and spares in requests. */
function gaps(records: Records): Finding {
  const links = resolveLinks(LINKS);
  const single = records.models(BLOB, GAPS);
  const fastest = links.map((link) => fastestOn(records, single, link));
  const parts = single.map((model) => {
    const wins = fastest.filter((one) => one === model).length;
    return `gap ${gapOf(model)} ${meanUpdate(records, model)}, fastest on ${wins}`;
  });
  return remark(
    `Mean of ${plural(records.updates.length, 'update')} with ranges merged, and of ${links.length} links those it is fastest on: ${parts.join('; ')}.`,
    recorded(records, records.updates, single, ['transfer.bytes', 'transfer.requests'], 'previous'),
  );
}

/** The first of equal ones; undefined where leaving one update out turns it round. */
function fastestOn(records: Records, models: readonly string[], link: Link): string | undefined {
  const times = (model: string): readonly number[] =>
    records.updates.map((image) => timeOf(records, image, model, link));
  const best = leastBy(models, (model) => mean(times(model)));
  const isTold = (model: string): boolean =>
    areSettled(times(best), times(model)) || String(times(best)) === String(times(model));
  return models.every(isTold) ? best : undefined;
}

function sharedRequests(records: Records): Finding {
  const [model, blob] = [records.model(SHARED), records.model(BLOB)];
  const rows = resolveLinks(LINKS).map((link) => ({
    link,
    ratio: divide(meanTime(records, model, link), meanTime(records, blob, link)),
  }));
  const ratios = fromTo(
    rows.map(({ ratio }) => ratio),
    (ratio) => fixed(ratio, 2),
  );
  return remark(
    `Several ranges a request, where a server answers them: ${/ranges=\d+$/.exec(model)![0]} ${meanUpdate(records, model)}, ${ratios} of the time of one range a request (${plural(rows.length, 'link')}).`,
    rows.map(({ link, ratio }) =>
      figureOf(SERIES, { of: 'time ÷ one range a request', link: link.name }, ratio, 'ratio'),
    ),
  );
}

function meanTime(records: Records, model: string, link: Link): number {
  return mean(records.updates.map((image) => timeOf(records, image, model, link)));
}

function meanUpdate(records: Records, model: string): string {
  const bytes = formatBytes(mean(ofUpdates(records, model, 'transfer.bytes')));
  const requests = mean(ofUpdates(records, model, 'transfer.requests'));
  return `${bytes} in ${fixed(requests, 0)} requests`;
}

function gapOf(model: string): string {
  return formatBinary(parseSize(/gap=([^,]+)/.exec(model)![1]!)!);
}

import { type Request, transferOf } from '../src/fetchers/fetcher.ts';
import { formatBinary, formatBytes, plural } from '../src/format.ts';
import { networkMs, resolveLinks } from '../src/links/mod.ts';
import { familyOf } from '../src/report/models.ts';
import { areMet, type Side } from '../src/results/verdict.ts';
import { areSettled, divide, type Maybe } from '../src/stats/mod.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import {
  areEqual,
  type Case,
  caseOf,
  claim,
  ends,
  type Figure,
  type Finding,
  figureOf,
  fixed,
  leastBy,
  mean,
  percent,
  remark,
  SERIES,
  verdictWord,
} from './verdict.ts';

/**
 * Which chunk size is best? Claim C08: averages of 4–16 KiB without compression, 64 KiB with.
 *
 * An update costs bytes, new content and index entries, where requests are free; on a link it costs the modelled time, in
 * which requests wait for one another and for the link.
 */

/** casync's index: an offset and a digest a chunk. */
const INDEX_ENTRY_BYTES = 40;
const LINK = resolveLinks(['100m-20ms'])[0]!;
/** Sizes that cost so little more than the cheapest are named beside it. */
const ALIKE = 0.02;
const MOST_NAMED = 4;
const KIB = 1024;

/** What an update moves; its objects count as equally long. */
interface Update {
  readonly indexBytes: number;
  readonly objects: number;
  readonly objectBytes: number;
}

interface Price {
  readonly name: string;
  readonly unit: 'bytes' | 'ms';
  cost(update: Update): number;
  print(cost: Maybe): string;
}

const PRICES: readonly Price[] = [
  {
    name: 'requests free',
    unit: 'bytes',
    cost: ({ indexBytes, objectBytes }) => indexBytes + objectBytes,
    print: formatBytes,
  },
  {
    name: `modelled time at ${LINK.title}`,
    unit: 'ms',
    cost: updateMs,
    print: (ms) => `${fixed(divide(ms, 1000), 2)} s`,
  },
];

const SWEPT = 'catar|fastcdc:avg=1KiB..4MiB|none|objects|get';
const PACKED = 'catar|fastcdc:avg={4KiB,16KiB,64KiB,256KiB}|zstd:3|objects|get';

export const chunkSize: Experiment = createExperiment({
  name: 'chunk-size',
  claims: 'C08 the best average chunk is 4 KiB to 16 KiB without compression, 64 KiB with zstd',
  title: 'Which chunk size is best?',
  swept: [SWEPT],
  packed: [PACKED],
  chart: 'chunk-size',
  verdict(records) {
    const sizes = (grid: string, read: Reader): readonly Size[] =>
      records.models(grid).map((model) => ({
        average: familyOf(model).average! / KIB,
        updates: updatesOf(records, model, read),
      }));
    return [
      sentence('without compression', '4–16 KiB', [4, 16], sizes(SWEPT, swept), records.updates),
      sentence('with zstd', '64 KiB', [64, 64], sizes(PACKED, packed), records.updates),
      remark(
        'Packed and compressed are only the averages named with zstd. Requests here are loose objects, one GET each. Where the cheapest average is the smallest or the largest compared, sizes beyond may be cheaper still.',
      ),
    ];
  },
});

interface Size {
  /** Asked for, KiB. */
  readonly average: number;
  readonly updates: readonly Update[];
}

type Reader = (records: Records, model: string, image: string) => Omit<Update, 'objects'>;

const swept: Reader = ({ number }, model, image) => ({
  indexBytes: INDEX_ENTRY_BYTES * number(image, model, 'chunks.count'),
  objectBytes: number(image, model, 'dedup.new_bytes'),
});

const packed: Reader = ({ number }, model, image) => ({
  indexBytes: number(image, model, 'transfer.metadata_bytes', 'all-previous'),
  objectBytes: number(image, model, 'transfer.content_bytes', 'all-previous'),
});

function updatesOf(records: Records, model: string, read: Reader): readonly Update[] {
  const { images, updates, number } = records;
  const objects = (image: string): number => number(image, model, 'dedup.objects');
  return updates.map((image) => ({
    ...read(records, model, image),
    objects: objects(image) - objects(images[images.indexOf(image) - 1]!),
  }));
}

/** The index from the registry, then the objects from the store, as src/links/time.ts has it: milliseconds. */
function updateMs({ indexBytes, objects, objectBytes }: Update): number {
  const index: Request = { kind: 'blob', digest: '', role: 'metadata', bytes: indexBytes };
  const bytes = divide(objectBytes, objects) ?? 0;
  const object: Request = { kind: 'object', digest: '', role: 'content', bytes };
  const all = Array.from({ length: objects }, () => object);
  return networkMs(transferOf([[index], all]), LINK);
}

/** The size that costs least by one price. */
interface Best {
  readonly price: Price;
  /** Those that nothing tells from the cheapest, KiB; none where all cost the same: no size is the best. */
  readonly averages: readonly number[];
  readonly text: string;
  readonly figures: readonly Figure[];
}

function bestOf(price: Price, sizes: readonly Size[], steps: readonly string[]): Best {
  const { name, unit, cost, print } = price;
  const costs = sizes.map(({ average, updates }) => ({
    average,
    all: updates.map(cost),
    cost: mean(updates.map(cost)),
  }));
  const least = leastBy(costs, (one) => one.cost);
  const isOpen = areEqual(costs, (one) => one.cost);
  const tied = costs.filter((one) => one === least || !areSettled(one.all, least.all));
  const near = costs.filter((one) => one.cost <= (1 + ALIKE) * least.cost);
  const alike = costs.filter((one) => one !== least && (tied.includes(one) || near.includes(one)));
  const plateau =
    alike.length > MOST_NAMED
      ? `${alike.length} others`
      : alike.map((one) => sizeText(one.average)).join(', ');
  const size = isOpen ? 'all sizes alike' : sizeText(least.average);
  const text = `${size}, ${print(least.cost)}`;
  return {
    price,
    averages: isOpen ? [] : tied.map((one) => one.average),
    text:
      isOpen || plateau === ''
        ? text
        : `${text} (${tied.length === costs.length ? 'tie of all' : `tied or within ${percent(ALIKE, false, 0)}: ${plateau}`})`,
    figures: costs.flatMap(({ average, all, cost: middle }) => {
      const at = { average: sizeText(average), price: name };
      return [
        figureOf(SERIES, { of: 'an update (mean)', ...at }, middle, unit),
        ...(average === least.average
          ? all.map((one, index) => figureOf(steps[index]!, { of: 'the update', ...at }, one, unit))
          : []),
      ];
    }),
  };
}

function sentence(
  what: string,
  claimed: string,
  [low, high]: readonly [number, number],
  sizes: readonly Size[],
  steps: readonly string[],
): Finding {
  const best = PRICES.map((price) => bestOf(price, sizes, steps));
  const at = (of: string, price: string, average: Maybe, side: Side, bar: number): Case =>
    caseOf(SERIES, { of, price }, average, { unit: 'KiB', side, bar });
  const cases = best.map(({ price, averages }) => {
    const [least, most] = ends(averages);
    const inside = averages.filter((average) => average >= low && average <= high).length;
    const isTie = inside > 0 && inside < averages.length;
    return [
      at('cheapest average', price.name, least, 'at least', low),
      at('cheapest average', price.name, most, 'at most', high),
    ].map((one): Case => (isTie ? { ...one, tie: true } : one));
  });
  // Between free requests and those of the link lies a price at which the claimed size is best.
  const [lesser, greater] = best
    .map(({ averages }) => ends(averages))
    .toSorted(([a = 0], [b = 0]) => a - b)
    .map(([least, most], place) => (place === 0 ? most : least));
  const passed = [
    at('lesser of the two averages', 'one between', lesser, 'below', low),
    at('greater of the two averages', 'one between', greater, 'above', high),
  ];
  const compared = sizes.map(({ average }) => average);
  const edges = [Math.min(...compared), Math.max(...compared)];
  const [free, modelled] = best.map(({ text }) => text);
  return claim(
    `C08 ${what}, ${claimed} claimed`,
    verdictWord(areMet(passed) ? [...cases, passed] : cases, 'the cost of a request'),
    `. Least where requests are free: ${free}; by modelled time at ${LINK.title}: ${modelled}. Means of ${plural(sizes[0]?.updates.length ?? 0, 'update')}, ${plural(compared.length, 'average')}, ${edges.map(sizeText).join(' … ')}.`,
    best.flatMap(({ figures }) => figures),
  );
}

function sizeText(average: number): string {
  return formatBinary(KIB * average);
}

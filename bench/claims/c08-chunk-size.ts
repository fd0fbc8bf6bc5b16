import { formatBinary, formatNumber, formatShare, listWords } from '../../src/format.ts';
import { divide, mean } from '../../src/stats/mod.ts';
import { quotientBar } from '../../src/verdicts/case.ts';
import type { Records } from '../records.ts';
import { REQUEST } from './axes.ts';
import { averageOf, INDEX_ENTRY, least, SERIES_DATASETS, SIZES, SWEPT_SIZES } from './chains.ts';
import { type Claim, caseOf, type Step, stepsOf } from './claim.ts';

/** Bytes and requests of an update by one average. */
export interface Cost {
  readonly average: number;
  readonly bytes: number;
  readonly requests: number;
}

type Reader = (records: Records, step: Step) => readonly Cost[];

/** A round trip of 20 ms and 0.5 ms of a server, over six connections. */
const TODAY_MS = 3.4;
/** Milliseconds that a request costs beside what carrying its answer takes. */
const REQUEST_MS = [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, TODAY_MS, 5, 10, 20, 50];
const BYTES_A_MS = 12_500;
/** Sizes that cost no more than this beyond the least are one plateau. */
const PLATEAU = 0.02;
const KIB = 1024;

const packed: Reader = (records, { step }) =>
  records.models(SIZES).map((model) => ({
    average: averageOf(model),
    bytes: records.number(step, model, 'transfer.bytes', 'previous'),
    requests: records.number(step, model, 'transfer.requests', 'previous'),
  }));

const swept: Reader = (records, { step, previous }) =>
  records.models(SWEPT_SIZES).map((model) => {
    const objects = (image: string): number => records.number(image, model, 'dedup.objects');
    return {
      average: averageOf(model),
      bytes:
        records.number(step, model, 'dedup.new_bytes') +
        INDEX_ENTRY * records.number(step, model, 'chunks.count'),
      requests: objects(step) - objects(previous),
    };
  });

function msOf({ bytes, requests }: Cost, request: number): number {
  return bytes / BYTES_A_MS + requests * request;
}

/** The cheapest of the claimed sizes beside the cheapest of all. */
function casesOf(
  claim: () => Claim,
  read: Reader,
  [low, high]: readonly [number, number],
): Claim['cases'] {
  return (records) =>
    stepsOf(records).flatMap((one) => {
      const costs = read(records, one);
      return REQUEST_MS.map((request) => {
        const ms = (own: readonly Cost[]): number => least(own.map((cost) => msOf(cost, request)));
        const claimed = costs.filter(({ average }) => average >= low && average <= high);
        return caseOf(one, { request }, divide(ms(claimed), ms(costs)), claim().bar);
      });
    });
}

/** Of the steps of a kind together: sizes that nothing tells apart, and the costs of a request at which the claimed ones hold. */
function remarkOf(
  claim: () => Claim,
  read: Reader,
  range: readonly [number, number],
): NonNullable<Claim['remark']> {
  return (records, kind) => {
    const steps = stepsOf(records, [kind]);
    if (steps.length === 0) return '';
    const means = meansOf(steps.map((one) => read(records, one)));
    const named = (own: readonly Cost[]): string => {
      const largest = Math.max(...means.map(({ average }) => average));
      // Neighbours are told by their ends.
      const runs: number[][] = [];
      for (const { average } of own) {
        const before = means[means.findIndex((one) => one.average === average) - 1]?.average;
        const run = runs.at(-1);
        if (run && run.at(-1) === before) run.push(average);
        else runs.push([average]);
      }
      const texts = runs.map((run) => {
        const [from, to] = [run[0]!, run.at(-1)!];
        return `${rangeText(from, to)}${to === largest ? ' (largest)' : ''}`;
      });
      return listWords(texts);
    };
    const ways = [0, TODAY_MS].map((request) => {
      const best = least(means.map((cost) => msOf(cost, request)));
      return {
        at: `at ${request} ms`,
        alike: means.filter((cost) => msOf(cost, request) <= (1 + PLATEAU) * best),
      };
    });
    const claimed = rangeText(...range);
    const { value } = claim().bar;
    const percent = formatShare(value - 1, 0);
    return [
      `Summed, ${claimed} is within ${percent} of the cheapest ${holdsAt(means, range, value)};`,
      `cheapest: ${ways.map(({ at, alike }) => `${named(alike)} ${at}`).join(', ')}.`,
    ].join(' ');
  };
}

/** `4–16 KiB` */
function rangeText(from: number, to: number): string {
  const [low, high] = [from, to].map((bytes) => formatBinary(bytes));
  if (from === to) return low!;
  const [number, unit] = low!.split(' ');
  return high!.endsWith(` ${unit}`) ? `${number}–${high}` : `${low}–${high}`;
}

/** The mean over steps, size by size. */
function meansOf(steps: readonly (readonly Cost[])[]): readonly Cost[] {
  return (steps[0] ?? []).map(({ average }, size) => {
    const of = (field: 'bytes' | 'requests'): number =>
      mean(steps.map((own) => own[size]![field])) ?? 0;
    return { average, bytes: of('bytes'), requests: of('requests') };
  });
}

const MOST_MS = 50;
/** From a hundredth of a millisecond on, each 2 % more than the one before; and free requests. */
const FINE_MS: readonly number[] = [
  0,
  ...Array.from({ length: 432 }, (_, step) => Math.min(MOST_MS, 0.01 * 1.02 ** step)),
];

/** `between 0.12 and 1.4 ms a request`. */
export function holdsAt(
  costs: readonly Cost[],
  [low, high]: readonly [number, number],
  most: number,
): string {
  const claimed = costs.filter(({ average }) => average >= low && average <= high);
  const held = FINE_MS.filter((request) => {
    const ms = (own: readonly Cost[]): number => least(own.map((cost) => msOf(cost, request)));
    return ms(claimed) <= most * ms(costs);
  });
  const [from, to] = [held[0], held.at(-1)];
  if (from === undefined || to === undefined) return `at no cost of a request to ${MOST_MS} ms`;
  const name = (ms: number): string => formatNumber(Number(ms.toPrecision(2)), ms < 10 ? 2 : 0);
  if (from === 0)
    return to === MOST_MS ? `up to ${MOST_MS} ms a request` : `below ${name(to)} ms a request`;
  return to === MOST_MS
    ? `above ${name(from)} ms a request`
    : `between ${name(from)} and ${name(to)} ms a request`;
}

const SAID: Claim['said'] = [
  {
    who: 'Tycho Andersen',
    where: 'project-machine/puzzlefs#13',
    date: 'undated',
    quote: 'that comment is the sum total of the analysis I did (aka basically nothing)',
  },
];

export const bestCompressed: Claim = {
  id: 'C08',
  name: 'chunk size, zstd',
  statement:
    'With compressed chunks, an average of 64 KiB costs an update at most 5 % more than the cheapest average.',
  said: SAID,
  published: [
    { figure: '64 KiB to 1 MiB nearly alike, +1 to +9 % bytes', dataset: 'Mic92/hestia#106' },
  ],
  datasets: SERIES_DATASETS,
  packed: [SIZES],
  bar: quotientBar('at most', 1.05),
  axes: [REQUEST],
  whyNone: 'a series with at least three updates would decide',
  cases: casesOf(() => bestCompressed, packed, [64 * KIB, 64 * KIB]),
  remark: remarkOf(() => bestCompressed, packed, [64 * KIB, 64 * KIB]),
};

export const bestRaw: Claim = {
  id: 'C08-raw',
  name: 'chunk size, raw',
  statement:
    'Without compression, averages of 4 to 16 KiB cost an update at most 5 % more than the cheapest average.',
  said: SAID,
  published: [
    {
      figure: '8 KiB 1279 MB, metadata 9.38 MB; 16 KiB 1308, 6.68 MB',
      dataset: 'six private tags, puzzlefs#13',
    },
  ],
  datasets: SERIES_DATASETS,
  swept: [SWEPT_SIZES],
  bar: quotientBar('at most', 1.05),
  axes: [REQUEST],
  whyNone: 'a series with at least three updates would decide',
  cases: casesOf(() => bestRaw, swept, [4 * KIB, 16 * KIB]),
  remark: remarkOf(() => bestRaw, swept, [4 * KIB, 16 * KIB]),
};

import { formatBinary, listWords, plural } from '../../src/format.ts';
import { divide, mean } from '../../src/stats/mod.ts';
import { quotientBar } from '../../src/verdicts/case.ts';
import { REQUEST } from './axes.ts';
import { averageOf, INDEX_ENTRY, least, SIZES, SWEPT_SIZES } from './chains.ts';
import { type Claim, type ClaimRecords, caseOf, type Step, stepsOf } from './claim.ts';

/** Bytes and requests of an update by one average. */
interface Cost {
  readonly average: number;
  readonly bytes: number;
  readonly requests: number;
}

type Reader = (records: ClaimRecords, step: Step) => readonly Cost[];

/** Milliseconds that a request costs beside what carrying its answer takes: 3.4 is 20 ms over six connections. */
const REQUEST_MS = [0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 3.4, 5, 10, 20, 50];
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

/** Sizes that nothing tells apart, by their mean over the updates. */
function plateauOf(read: Reader): NonNullable<Claim['remark']> {
  return (records) => {
    const updates = stepsOf(records, ['update']);
    const steps = updates.length > 0 ? updates : stepsOf(records);
    if (steps.length === 0) return '';
    const told = [0, 3.4].map((request) => {
      const costs = steps.map((one) => read(records, one));
      const means = (costs[0] ?? []).map(({ average }, size) => ({
        average,
        ms: mean(costs.map((own) => msOf(own[size]!, request))) ?? 0,
      }));
      const best = least(means.map(({ ms }) => ms));
      const alike = means.filter(({ ms }) => ms <= (1 + PLATEAU) * best);
      const sizes = listWords(alike.map(({ average }) => formatBinary(average)));
      return `${sizes} with ${request === 0 ? 'free requests' : `${request} ms a request`}`;
    });
    return `Cheapest mean of ${plural(steps.length, steps[0]!.kind)}, and what lies within 2 % of it: ${told.join('; ')}.`;
  };
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
    'With compressed chunks, an average of 64 KiB is best: an update costs at most 5 % more than by any other.',
  said: SAID,
  published: [
    { figure: '64 KiB to 1 MiB nearly alike, +1 to +9 % bytes', dataset: 'Mic92/hestia#106' },
  ],
  datasets: ['debian-updates', 'alpine'],
  packed: [SIZES],
  bar: quotientBar('at most', 1.05),
  axes: [REQUEST],
  whyNone: 'a series with at least three updates would decide',
  cases: casesOf(() => bestCompressed, packed, [64 * KIB, 64 * KIB]),
  remark: plateauOf(packed),
};

export const bestRaw: Claim = {
  id: 'C08-raw',
  name: 'chunk size, raw',
  statement:
    'Without compression, averages of 4 to 16 KiB are best: an update costs at most 5 % more than by any other.',
  said: SAID,
  published: [
    {
      figure: '8 KiB 1279 MB and 9.38 MB of metadata; 16 KiB 1308 and 6.68 MB',
      dataset: 'six tags of a private image, puzzlefs#13',
    },
  ],
  datasets: ['debian-updates', 'alpine'],
  swept: [SWEPT_SIZES],
  bar: quotientBar('at most', 1.05),
  axes: [REQUEST],
  whyNone: 'a series with at least three updates would decide',
  cases: casesOf(() => bestRaw, swept, [4 * KIB, 16 * KIB]),
  remark: plateauOf(swept),
};

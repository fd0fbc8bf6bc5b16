import { UsageError } from '../errors.ts';
import { formatNumber, formatShare, formatValue, MISSING, plural } from '../format.ts';
import { type Measure, type MeasureName, measures } from '../measures/mod.ts';
import { OPERATIONS } from '../measures/throughput.ts';
import { busy, noiseFloor } from '../report/noise.ts';
import { number, numeric, text } from '../report/tables/cells.ts';
import type { Column, Table } from '../report/tables/mod.ts';
import type { View } from '../report/view.ts';
import { keyText } from '../results/log.ts';
import { repetitionsOf, type ValueRecord } from '../results/record.ts';
import { holm, LEVEL, rankSumTest } from '../stats/mod.ts';
import { type Compared, type Growth, growth } from './compared.ts';

/** One figure in two runs. */
interface Difference {
  readonly key: string;
  readonly measure: string;
  readonly before: number | string;
  readonly after: number | string;
  /** after ÷ before; absent of texts, and of 0. */
  readonly ratio?: number;
}

/** A timed figure in two runs: where the ratio may lie, and whether it can be told from 1. */
interface TimedDifference extends Difference {
  readonly low?: number;
  readonly high?: number;
  /** The greater noise floor of the two runs for this operation, a share. */
  readonly floor?: number;
  /** That samples of the same are as far apart by chance, corrected for all figures compared. */
  readonly probability: number;
  readonly isBeyondNoise: boolean;
}

const TOO_FEW = 'so few repetitions tell none of so many figures apart';
/** Rows of a table; JSON has all. */
const MOST_ROWS = 50;

/**
 * What two runs of one method differ in: exact figures by name, timed ones by their ratio. Values of images or models that one
 * of them lacks are counted. Throws a UsageError where they have no figure in common.
 */
export function compareRuns(before: View, after: View): Compared {
  const [known, found] = [before, after].map(byKey) as [Values, Values];
  const common = [...known.keys()].filter((key) => found.has(key));
  if (common.length === 0) {
    throw new UsageError(
      'the two runs have no figure in common',
      {},
      'compare runs that share images, by their ids, and models',
    );
  }
  const pairs = common.map((key) => [known.get(key)!, found.get(key)!] as const);
  const exactPairs = pairs.filter(([one]) => one.exact);
  const exact = exactPairs
    .filter(([one, other]) => one.value !== other.value)
    .map(([one, other]) => differenceOf(one, other));
  const allTimed = pairs.filter(
    ([one]) => !one.exact && measures.get(one.measure as MeasureName)?.spread === true,
  );
  const timedPairs = allTimed.filter((pair) =>
    pair.every(({ disturbed }) => disturbed === undefined),
  );
  const disturbed = allTimed.length - timedPairs.length;
  const tellable = timedPairs.filter(([one, other]) => leastProbability(one, other) < LEVEL);
  const corrected = holm(tellable.map(([one, other]) => probabilityOf(one, other)));
  const timed = timedPairs.map((pair) => {
    const probability = corrected[tellable.indexOf(pair)] ?? 1;
    return timedDifference(...pair, probability, [before, after]);
  });
  const canTell = tellable.some(
    ([one, other]) => tellable.length * leastProbability(one, other) < LEVEL,
  );
  const apart = timed.filter(({ isBeyondNoise }) => isBeyondNoise);
  const only = [known.size - common.length, found.size - common.length] as const;
  const reason = busy(before) ?? busy(after);
  return {
    title: `${nameOf(before)} → ${nameOf(after)}`,
    sentences: [
      ...datasetSentence(before, after),
      `${formatNumber(exact.length)} of ${plural(exactPairs.length, 'exact figure')} differ.`,
      timedSentence(
        allTimed.length,
        apart.length,
        disturbed,
        canTell ? reason : (reason ?? TOO_FEW),
      ),
      ...machineSentence(before, after),
      ...(only[0] + only[1] === 0
        ? []
        : [
            `${formatNumber(only[0])} figures are in the first run alone, ${formatNumber(only[1])} in the second.`,
          ]),
    ],
    tables: [exactTable(exact), timedTable(apart)].filter(({ rows }) => rows.length > 0),
    data: {
      exact: { compared: exactPairs.length, differences: exact },
      timed: { compared: timed.length, differences: timed, ...(reason ? { busy: reason } : {}) },
      onlyBefore: only[0],
      onlyAfter: only[1],
    },
    growths: [...exact, ...apart].flatMap(growthOf),
  };
}

type Values = ReadonlyMap<string, ValueRecord>;

/** Datasets may differ: images are compared by their ids. */
function byKey(view: View): Values {
  return new Map(view.values.map((record) => [keyText({ ...record, dataset: '' }), record]));
}

function nameOf({ info: { dataset, startedAt, environment } }: View): string {
  return `${dataset.id} of ${startedAt.slice(0, 10)} by ocibench ${environment.ocibench}`;
}

function datasetSentence(before: View, after: View): readonly string[] {
  const [one, other] = [before, after].map(({ info }) => info.dataset);
  if (one!.digest === other!.digest) return [];
  return ['The datasets differ: images with equal ids are compared.'];
}

function timedSentence(
  all: number,
  apart: number,
  disturbed: number,
  reason: string | undefined,
): string {
  if (all === 0) return 'No timed figure is in both runs.';
  if (disturbed === all) return `Timed figures are not compared: ${DISTURBED}.`;
  if (reason !== undefined) return `Timed figures are not compared: ${reason}.`;
  const told = `${formatNumber(apart)} of ${plural(all - disturbed, 'timed figure')} differ beyond noise`;
  if (disturbed === 0) return `${told}.`;
  return `${told}; ${formatNumber(disturbed)} more are not compared: ${DISTURBED}.`;
}

const DISTURBED = 'the machine did other work while they were timed';

function machineSentence(...views: readonly View[]): readonly string[] {
  const [one, other] = views.map(({ info: { environment } }) =>
    [environment.processor, plural(environment.cores, 'core'), environment.runtime].join(', '),
  );
  return one === other ? [] : [`The machines differ: ${one}; ${other}.`];
}

function differenceOf(one: ValueRecord, other: ValueRecord): Difference {
  const { image, model, client, link, workers, layer, program, measure } = one;
  const places = [image, model, client, link, workers, layer, program];
  const key = places.filter((part) => part !== undefined && part !== '*' && part !== '-');
  const isNumber = typeof one.value === 'number' && typeof other.value === 'number';
  const ratio = isNumber && one.value !== 0 ? Number(other.value) / Number(one.value) : undefined;
  return {
    key: key.join(' '),
    measure,
    before: one.value,
    after: other.value,
    ...(ratio === undefined ? {} : { ratio }),
  };
}

/** Runs of another time have no rounds in common: ranks are compared. */
function probabilityOf(one: ValueRecord, other: ValueRecord): number {
  const [own, others] = [one.samples, other.samples];
  if (own && others) return rankSumTest(own, others) ?? 1;
  // Without samples, as in older runs, that intervals are apart is all that is known.
  return leastProbability(one, other);
}

/** That of samples which do not overlap. */
function leastProbability(one: ValueRecord, other: ValueRecord): number {
  const [n, m] = [repetitionsOf(one), repetitionsOf(other)];
  const apart = (count: number, value: number): readonly number[] =>
    Array.from({ length: count }, () => value);
  return rankSumTest(apart(n, 0), apart(m, 1)) ?? 1;
}

/**
 * The ratio lies between those of the ends of both intervals. It is beyond noise where that leaves out 1, chance is improbable
 * over all figures compared, it is farther from 1 than one model timed twice in either run, and neither machine was busy.
 */
function timedDifference(
  one: ValueRecord,
  other: ValueRecord,
  probability: number,
  views: readonly View[],
): TimedDifference {
  const difference = differenceOf(one, other);
  const floor = floorOf(one.measure, views);
  const isQuiet = views.every((view) => busy(view) === undefined);
  const isKnown = [one, other].every(({ low, high, n = 1 }) => low && high && n > 1);
  if (!isKnown) return { ...difference, probability, isBeyondNoise: false };
  const [low, high] = [other.low! / one.high!, other.high! / one.low!];
  const { ratio = 1 } = difference;
  const isApart = low > 1 || high < 1;
  const isFar = floor !== undefined && 1 - Math.min(ratio, 1 / ratio) >= floor;
  return {
    ...difference,
    low,
    high,
    ...(floor === undefined ? {} : { floor }),
    probability,
    isBeyondNoise: isQuiet && isApart && isFar && probability < LEVEL,
  };
}

function floorOf(measure: string, views: readonly View[]): number | undefined {
  const operation = OPERATIONS.find((name) => measure.split(/[._]/).includes(name));
  if (operation === undefined) return undefined;
  const floors = views.map((view) => noiseFloor(view, operation));
  return floors.includes(undefined) ? undefined : Math.max(...(floors as number[]));
}

function growthOf({ key, measure, before, after }: Difference): readonly Growth[] {
  const { better } = measures.get(measure as MeasureName) ?? { better: 'neither' };
  if (better === 'neither' || typeof before !== 'number' || typeof after !== 'number') return [];
  const share = better === 'less' ? growth(before, after) : growth(after, before);
  return share > 0 ? [{ what: `${measure} of ${key}`, share }] : [];
}

const COLUMNS: readonly Column[] = [
  { title: 'Of', wide: true },
  { title: 'Measure' },
  number('Before'),
  number('After'),
  number('Ratio'),
];

function exactTable(differences: readonly Difference[]): Table {
  return {
    id: 'exact',
    title: 'Exact figures that differ',
    note: leftOut(differences.length),
    columns: COLUMNS,
    rows: farthest(differences).map(row),
  };
}

function timedTable(differences: readonly TimedDifference[]): Table {
  return {
    id: 'timed',
    title: 'Timed figures that differ beyond noise',
    note: `Interval: the ratio lies in it where both medians lie in theirs. Noise: one model timed twice.${leftOut(differences.length)}`,
    columns: [...COLUMNS, number('Interval'), number('Noise')],
    rows: farthest(differences).map((one) => [
      ...row(one),
      text(`${formatNumber(one.low, 2)} to ${formatNumber(one.high, 2)}`),
      numeric(one.floor, formatShare),
    ]),
  };
}

function row({ key, measure, before, after, ratio }: Difference): Table['rows'][number] {
  const unit = (measures.get(measure as MeasureName) as Measure | undefined)?.unit ?? 'count';
  return [
    text(key),
    text(measure),
    text(formatValue(before, unit)),
    text(formatValue(after, unit)),
    ratio === undefined ? text(MISSING) : numeric(ratio, (value) => formatNumber(value, 3)),
  ];
}

/** Those that changed most; of equal ones the first. */
function farthest<D extends Difference>(differences: readonly D[]): readonly D[] {
  const distance = ({ ratio }: Difference): number =>
    ratio === undefined || ratio <= 0 ? Number.POSITIVE_INFINITY : Math.abs(Math.log(ratio));
  return differences.toSorted((a, b) => distance(b) - distance(a) || 0).slice(0, MOST_ROWS);
}

function leftOut(count: number): string {
  const rest = count - MOST_ROWS;
  return rest > 0 ? ` ${plural(rest, 'row')} more: --format json has all.` : '';
}

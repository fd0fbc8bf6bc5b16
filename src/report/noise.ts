import { formatInterval, formatNumber, formatShare, listWords, plural } from '../format.ts';
import { OPERATIONS, type Operation } from '../measures/throughput.ts';
import { busyReason } from '../results/machine.ts';
import type { ValueRecord } from '../results/record.ts';
import { intervalName } from '../stats/mod.ts';
import type { View } from './view.ts';

/** What timed figures of a run may be said to differ by. */

/** Why none of them is compared; undefined where they may be. */
export function busy(view: View): string | undefined {
  return busyReason(view.info.environment);
}

/** What is said instead of a comparison; the reason stands once, among the notes. */
export const NOT_COMPARED = 'Timed figures are not compared: the machine was busy.';

/** How far one model timed twice may differ from itself in this operation, a share; undefined where that is not known. */
export function noiseFloor(view: View, operation: Operation): number | undefined {
  const record = view.of(`throughput.${operation}_noise_floor`)[0];
  return typeof record?.value === 'number' ? record.value : undefined;
}

const GERUNDS: Readonly<Record<Operation, string>> = {
  pack: 'packing',
  unpack: 'unpacking',
  verify: 'verifying',
  write: 'writing',
};

/** `2.0 % of packing and 1.0 % of unpacking`; undefined where no floor is known. */
export function floors(view: View): string | undefined {
  const texts = OPERATIONS.flatMap((operation) => {
    const floor = noiseFloor(view, operation);
    return floor === undefined ? [] : `${formatShare(floor)} of ${GERUNDS[operation]}`;
  });
  return texts.length > 0 ? listWords(texts) : undefined;
}

/** Why none of these is compared though the machine was idle at other times; undefined where they may be. */
export function disturbance(records: readonly ValueRecord[]): string | undefined {
  const worst = records.reduce<ValueRecord | undefined>(
    (one, other) => ((other.disturbed ?? 0) > (one?.disturbed ?? 0) ? other : one),
    undefined,
  );
  if (!worst) return undefined;
  return `Timed figures are not compared: the machine did other work in ${worst.disturbed} of ${plural(worst.n ?? 1, 'round')}.`;
}

export type Ratio = Pick<ValueRecord, 'value' | 'low' | 'high' | 'n' | 'disturbed'>;

/**
 * A ratio of timed figures with its spread, as text; undefined where it cannot be told from 1: its spread is not known or
 * has 1 in it, it is nearer to 1 than one model timed twice, or the machine was busy.
 */
export function formatGain(
  view: View,
  ratio: Ratio | undefined,
  floor: number | undefined,
): string | undefined {
  if (!ratio || !isBeyondNoise(view, ratio, floor)) return undefined;
  return formatRatio(ratio, `${intervalName(ratio.n!)}: `);
}

/** `1.92 (1.90 to 1.94)`. @param what the spread is, before it */
export function formatRatio({ value, low, high }: Ratio, what = ''): string {
  const ends = `${formatNumber(low!, 2)} to ${formatNumber(high!, 2)}`;
  return `${formatNumber(Number(value), 2)} (${what}${ends})`;
}

/** True where it has a spread that says how far it can be told from 1. */
export function hasSpread({ low, high, n }: Ratio): boolean {
  return low !== undefined && high !== undefined && n !== undefined && n > 1;
}

export function isBeyondNoise(view: View, ratio: Ratio, floor: number | undefined): boolean {
  const { value, low, high } = ratio;
  if (busy(view) !== undefined || ratio.disturbed !== undefined) return false;
  if (typeof value !== 'number' || !hasSpread(ratio)) return false;
  if (low! <= 1 && high! >= 1) return false;
  // As the floor is: a share of the longer time.
  return floor === undefined || 1 - Math.min(value, 1 / value) >= floor;
}

/** `range of 3`, or whatever low and high of these records are: for headings. */
export function intervalNames(records: readonly ValueRecord[]): string {
  const names = new Set(
    records.flatMap(({ n, low }) => (n === undefined || low === undefined ? [] : intervalName(n))),
  );
  return [...names].join(' or ') || 'no interval';
}

/** `100.0 MB/s, range of 3: 99.0 to 101.0`. */
export function formatRate(record: ValueRecord, digits: number): string {
  const spread = formatInterval(record, digits);
  const rate = `${formatNumber(Number(record.value), digits)} MB/s`;
  return spread === undefined ? rate : `${rate}, ${spread}`;
}

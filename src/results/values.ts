import type { Measure } from '../measures/mod.ts';

/** What a record says beside its key. */
export interface Figures {
  readonly value: unknown;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
  readonly samples?: readonly number[] | undefined;
}

export interface Fault {
  readonly field: keyof Figures;
  readonly message: string;
}

/**
 * Why figures cannot be of this measure; undefined where they can. Asked when a record is made and when it is read, so that
 * no report, verdict or comparison meets a number that is none.
 */
export function faultOf(
  measure: Measure,
  { value, low, high, samples = [] }: Figures,
): Fault | undefined {
  for (const [field, one] of Object.entries({ value, low, high })) {
    if (field !== 'value' && one === undefined) continue;
    if (fits(measure, one)) continue;
    return { field: field as Fault['field'], message: `is ${shown(one)}, ${wanted(measure)}` };
  }
  if (!samples.every((ms) => Number.isFinite(ms) && ms >= 0)) {
    return { field: 'samples', message: `are ${shown(samples)}, not all milliseconds` };
  }
  if (low === undefined && high === undefined) return undefined;
  if (low === undefined || high === undefined) {
    const field = low === undefined ? 'low' : 'high';
    return { field, message: 'is missing: an interval has two ends' };
  }
  if (low > high) return { field: 'low', message: `is above high, ${low} > ${high}` };
  if (Number(value) < low || Number(value) > high) {
    return { field: 'value', message: `is ${shown(value)}, outside of ${low} to ${high}` };
  }
  return undefined;
}

function fits({ unit, range }: Measure, value: unknown): boolean {
  if (unit === 'sha256') return typeof value === 'string' && /^(sha256:)?[0-9a-f]{64}$/.test(value);
  if (unit === 'name') return typeof value === 'string' && value !== '';
  if (unit === 'version') return value === 'never' || (isWhole(value) && value >= 1);
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  if (value < range.least || value > range.most) return false;
  return !range.whole || isWhole(value);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function wanted({ unit, range }: Measure): string {
  if (['sha256', 'name', 'version'].includes(unit)) return `no value in ${unit}`;
  const { least, most, whole } = range;
  const kind = whole ? 'a whole number' : 'a number';
  const ends = Number.isFinite(most) ? ` from ${least} to ${most}` : ` from ${least}`;
  return `not ${kind}${Number.isFinite(least) ? ends : ''} in ${unit}`;
}

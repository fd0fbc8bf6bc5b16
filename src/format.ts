import type { Unit } from './measures/mod.ts';
import { INTERVAL_SAMPLES, intervalName } from './stats/mod.ts';

/** The only place where numbers become text. One fixed notation, whatever the locale of the machine: 1,234.5 */

export const MISSING = '–';

/** At most `digits` decimals, thousands separated by commas; a true minus sign; – for what is no number. */
export function formatNumber(value: number | undefined, digits = 0): string {
  if (value === undefined || !Number.isFinite(value)) return MISSING;
  const [whole = '', fraction] = Math.abs(value).toFixed(digits).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const text = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  return value < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}

export interface ByteUnit {
  readonly name: string;
  readonly bytes: number;
  readonly digits: number;
}

const BYTE_UNITS: readonly ByteUnit[] = [
  { name: 'GB', bytes: 1e9, digits: 2 },
  { name: 'MB', bytes: 1e6, digits: 2 },
  { name: 'kB', bytes: 1e3, digits: 1 },
];

/** The decimal unit that a size reads best in. */
export function byteUnit(bytes: number): ByteUnit {
  const fits = BYTE_UNITS.find((unit) => Math.abs(bytes) >= unit.bytes);
  return fits ?? { name: 'B', bytes: 1, digits: 0 };
}

/** Sizes of stored and transferred data in decimal units, as registries and links count: 30.15 MB. */
export function formatBytes(bytes: number | undefined): string {
  if (bytes === undefined || !Number.isFinite(bytes)) return MISSING;
  const { name, bytes: factor, digits } = byteUnit(bytes);
  return `${formatNumber(bytes / factor, digits)} ${name}`;
}

/** Lengths of chunks and memory in binary units, as chunkers are parametrised: 64 KiB. */
export function formatBinary(bytes: number): string {
  if (!Number.isFinite(bytes)) return MISSING;
  for (const [unit, factor] of [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ] as const) {
    const value = bytes / factor;
    if (Math.abs(value) >= 1)
      return `${formatNumber(value, Number.isInteger(value) ? 0 : 1)} ${unit}`;
  }
  return `${formatNumber(bytes)} B`;
}

export function formatShare(share: number, digits = 1): string {
  return Number.isFinite(share) ? `${formatNumber(share * 100, digits)} %` : MISSING;
}

/** What is not all of it is not told as 100 %, with as many digits as that takes: 99.97 %. */
export function formatPart(share: number): string {
  const digits = [1, 2, 3, 4, 5].find(
    (count) => formatShare(share, count) !== formatShare(1, count),
  );
  return formatShare(share, share === 1 ? 1 : (digits ?? 6));
}

export function formatValue(value: number | string | undefined, unit: Unit): string {
  if (value === undefined) return MISSING;
  if (typeof value === 'string') return value;
  if (unit === 'bytes') return formatBytes(value);
  if (unit === 'share') return formatShare(value);
  if (unit === 'ratio') return formatNumber(value, 2);
  if (unit === 'ms') return formatNumber(value, value < 100 ? 1 : 0);
  if (unit === 'MB/s') return formatNumber(value, 1);
  return formatNumber(value);
}

/** By how much it is more, with its sign: `+1.2 %`; – for no number. */
export function formatChange(share: number | undefined): string {
  if (share === undefined) return MISSING;
  const text = formatShare(share);
  return share > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** Where a median may lie, by what it is: `range of 3: 99.0 to 101.0`, `95 % interval 99.0 to 101.0, n = 9`. */
export function formatInterval(
  { low, high, n }: { readonly low?: number; readonly high?: number; readonly n?: number },
  digits: number,
): string | undefined {
  if (low === undefined || high === undefined || n === undefined) return undefined;
  if (n === 1) return 'one repetition';
  const ends = `${formatNumber(low, digits)} to ${formatNumber(high, digits)}`;
  return n < INTERVAL_SAMPLES
    ? `${intervalName(n)}: ${ends}`
    : `${intervalName(n)} ${ends}, n = ${n}`;
}

/** `5 requests`, `1 request`, `3 series`. */
export function plural(
  count: number | undefined,
  one: string,
  many: string = one.endsWith('series') ? one : `${one}s`,
): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listWords(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

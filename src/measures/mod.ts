import { PluginError } from '../errors.ts';
import type { Client } from './clients.ts';
import { avalancheMeasures } from './table/avalanche.ts';
import {
  chunkMeasures,
  dedupMeasures,
  reflinkMeasures,
  reuseMeasures,
  sharingMeasures,
} from './table/dedup.ts';
import { diskMeasures } from './table/disk.ts';
import { diskSpeedMeasures } from './table/disk-speed.ts';
import { imageMeasures } from './table/image.ts';
import { lazyMeasures } from './table/lazy.ts';
import { parallelMeasures } from './table/parallelism.ts';
import { reproducibilityMeasures } from './table/reproducibility.ts';
import { speedMeasures } from './table/speed.ts';
import { stepMeasures } from './table/step.ts';
import { deltaMeasures, storedMeasures } from './table/stored.ts';
import { throughputMeasures } from './table/throughput.ts';
import { transferMeasures } from './table/transfer.ts';
import { transparencyMeasures } from './table/transparency.ts';

/**
 * Every measure a record may carry. What is not here cannot be recorded; what is here appears in the schema of records, in
 * summary.csv, in the report, in `bench list measures` and in METHODS.md. To add one: a row in `table/`, and the code that
 * computes it. Plug-ins register theirs when they are loaded; everywhere but in METHODS.md these stand beside them.
 */
const rows = [
  ...imageMeasures,
  ...stepMeasures,
  ...dedupMeasures,
  ...storedMeasures,
  ...sharingMeasures,
  ...reuseMeasures,
  ...reflinkMeasures,
  ...chunkMeasures,
  ...diskMeasures,
  ...transferMeasures,
  ...avalancheMeasures,
  ...transparencyMeasures,
  ...lazyMeasures,
  ...deltaMeasures,
  ...throughputMeasures,
  ...diskSpeedMeasures,
  ...parallelMeasures,
  ...speedMeasures,
  ...reproducibilityMeasures,
] as const;

/** A measurement of another name does not compile. */
export type MeasureName =
  | (typeof imageMeasures)[number]['name']
  | (typeof stepMeasures)[number]['name']
  | (typeof dedupMeasures)[number]['name']
  | (typeof storedMeasures)[number]['name']
  | (typeof sharingMeasures)[number]['name']
  | (typeof reuseMeasures)[number]['name']
  | (typeof reflinkMeasures)[number]['name']
  | (typeof chunkMeasures)[number]['name']
  | (typeof deltaMeasures)[number]['name']
  | (typeof diskMeasures)[number]['name']
  | (typeof transferMeasures)[number]['name']
  | (typeof avalancheMeasures)[number]['name']
  | (typeof transparencyMeasures)[number]['name']
  | (typeof lazyMeasures)[number]['name']
  | (typeof throughputMeasures)[number]['name']
  | (typeof diskSpeedMeasures)[number]['name']
  | (typeof parallelMeasures)[number]['name']
  | (typeof speedMeasures)[number]['name']
  | (typeof reproducibilityMeasures)[number]['name'];

export interface Measure {
  readonly name: MeasureName;
  readonly title: string;
  readonly unit: Unit;
  readonly better: 'less' | 'more' | 'neither';
  /** Exact measures are the same bytes on any machine; the others are timed or derived from timed values. */
  readonly exact: boolean;
  /** What a value is a figure of. */
  readonly of: Subject;
  /** Records of one image, model and client differ in this field. */
  readonly by?: 'link' | 'workers' | 'layer' | 'program';
  /** Clients that have a column in summaries; absent where no client is involved, or one for each image. */
  readonly clients?: readonly Client[];
  /** Records say where the median may lie: `low` and `high`. */
  readonly spread?: true;
  /** One sentence: how a value comes about. */
  readonly doc: string;
  /** Every value lies in it; for measures whose values are numbers. */
  readonly range: Range;
}

/** A step leads from the image before in the series; a pair is any two images; an input is what speed is timed over; figures of the run stand for no single image. */
export type Subject =
  | 'image'
  | 'step'
  | 'packed image'
  | 'series so far'
  | 'transfer'
  | 'pair'
  | 'input'
  | 'run';

export interface Range {
  readonly least: number;
  readonly most: number;
  /** Integers alone. */
  readonly whole: boolean;
}

/** Of the values of measures. */
export type Unit =
  | 'bytes'
  | 'count'
  | 'ratio'
  | 'share'
  | 'ms'
  | 'MB/s'
  | 'sha256'
  | 'version'
  | 'name';

export const units: readonly Unit[] = [
  'bytes',
  'count',
  'ratio',
  'share',
  'ms',
  'MB/s',
  'sha256',
  'version',
  'name',
];

/** How the values of a measure differ from what its unit says. */
export type Kind =
  /** A part of a whole: 0 to 1. */
  | 'part'
  /** A quotient less one: from −1. */
  | 'change'
  /** Below 0 as well. */
  | 'signed'
  /** Of bytes that are no count of bytes. */
  | 'mean';

/** A row of the table. */
export type MeasureRow = Omit<Measure, 'range'> & { readonly kind?: Kind };

const known = new Map<string, Measure>();

export const measures: ReadonlyMap<string, Measure> = known;

/** Throws a PluginError where a name is taken. */
export function registerMeasures(more: readonly MeasureRow[]): void {
  for (const { kind, ...row } of more) {
    if (known.has(row.name)) {
      const what = `there is a measure '${row.name}' already`;
      throw new PluginError(what, {}, 'give it another name');
    }
    known.set(row.name, { ...row, range: rangeOf(row, kind) });
  }
}

registerMeasures(rows);

function rangeOf({ unit, exact }: MeasureRow, kind: Kind | undefined): Range {
  const least = kind === 'signed' ? Number.NEGATIVE_INFINITY : kind === 'change' ? -1 : 0;
  // Medians of counts may lie between two of them.
  const isCounted = (unit === 'bytes' || unit === 'count') && exact && kind !== 'mean';
  return { least, most: kind === 'part' ? 1 : Number.POSITIVE_INFINITY, whole: isCounted };
}

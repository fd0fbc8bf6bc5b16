import { formatBytes, formatNumber, formatValue } from '../../format.ts';
import type { Unit } from '../../measures/mod.ts';
import type { FigureUnit } from '../../results/verdict.ts';
import { type AcrossVerdict, judgeAcross, placeName } from '../../verdicts/across.ts';
import type { Axis, Bytes, ClaimBar, ClaimCase } from '../../verdicts/case.ts';
import type { Figures, Word } from '../../verdicts/judge.ts';
import { SERIES_NAME } from '../../verdicts/where.ts';

/** What a page of a claim is made from. */

/** A claim, as far as it is told. */
export interface ToldClaim {
  /** `C08` */
  readonly id: string;
  readonly name: string;
  readonly statement: string;
  readonly said: readonly {
    readonly who: string;
    readonly where: string;
    readonly date: string;
    readonly quote?: string;
  }[];
  readonly published?: readonly PublishedFigure[];
  /** What of it holds whatever the images are. */
  readonly construction?: string;
  readonly axes: readonly Axis[];
  readonly bar: ClaimBar;
  /** What is held against the bar, and the bar, in words. */
  readonly compared: string;
  /** Why the bar lies there. */
  readonly reason: string;
  /** Presets and chains that are packed or cut for it. */
  readonly models: readonly string[];
  /** Prints its verdicts with every case. */
  readonly command: string;
}

/** What somebody published of a claim. */
export interface PublishedFigure {
  readonly figure: string;
  readonly dataset: string;
  /** Parameters of the cases that are the same quantity; undefined where none is, so that both must not be held side by side. */
  readonly ours?: Readonly<Record<string, string | number>>;
}

/** What one dataset, and one kind of its steps, say of a claim. */
export interface ToldVerdict {
  /** `id@sha256:…` */
  readonly dataset: string;
  /** What its description says of the images: `a reconstruction, each step of one source package`. */
  readonly remarkable?: string;
  /** Where it was timed; undefined of what was not. */
  readonly machine?: string;
  /** Of its steps; `-` where there is no case. */
  readonly kind: string;
  /** What n counts, where it is not steps of the kind. */
  readonly unit?: 'series';
  readonly verdict: Word;
  readonly text: string;
  readonly where?: string;
  readonly on: readonly string[];
  readonly flipsAt: readonly number[];
  /** Of all cases, in the unit of the bar. */
  readonly figure?: Figures;
  readonly n: number;
  readonly stability?: number;
  readonly margin?: number;
  readonly remark?: string;
  /** Steps of other kinds that are too few to be judged, and what they come to: a sentence. */
  readonly leftOut?: string;
  readonly cases: readonly Pick<
    ClaimCase,
    'step' | 'parameters' | 'value' | 'bytes' | 'isBetween'
  >[];
}

/** What the pages of one call have in common. */
export interface Told {
  /** Of the program. */
  readonly version: string;
  /** Of the methodology. */
  readonly method: number;
  /** Records of a verdict, as seen from the page; undefined where they do not lie there. */
  recordsOf(verdict: ToldVerdict): string | undefined;
}

export function valueText(value: number, { unit }: { readonly unit: FigureUnit }): string {
  if (unit === 'KiB') return `${formatNumber(value)} KiB`;
  return formatValue(value, unit as Unit);
}

/** A distance between two values: of shares in points, since a share of a share would be read as one. */
export function distanceText(value: number, { unit }: { readonly unit: FigureUnit }): string {
  if (unit === 'share') return `${formatNumber(100 * value, value < 0.001 ? 2 : 1)} points`;
  return unit === 'ratio' && value < 0.1 ? formatNumber(value, 3) : valueText(value, { unit });
}

/** `1.20 MB beside 0.52 MB` */
export function amountsText([own, other]: Bytes): string {
  return `${formatBytes(own)} beside ${formatBytes(other)}`;
}

/** `debian-updates@sha256:0123456789ab… (a reconstruction)` */
export function shortDataset({
  dataset,
  remarkable,
}: Pick<ToldVerdict, 'dataset' | 'remarkable'>): string {
  const short = dataset.replace(/(sha256:[0-9a-f]{12})[0-9a-f]+$/, '$1…');
  return remarkable === undefined ? short : `${short} (${remarkable})`;
}

/** `debian-updates` */
export function datasetOf({ dataset }: Pick<ToldVerdict, 'dataset'>): string {
  return dataset.replace(/@.*/, '');
}

/** `debian-updates update`. */
export function placeOf(verdict: Pick<ToldVerdict, 'dataset' | 'kind'>): string {
  return placeName({ dataset: datasetOf(verdict), kind: verdict.kind });
}

/** What the verdicts of one claim come to. */
export function acrossOf(
  verdicts: readonly Pick<ToldVerdict, 'dataset' | 'kind' | 'verdict' | 'text'>[],
): AcrossVerdict {
  return judgeAcross(
    verdicts.map((one) => ({
      dataset: datasetOf(one),
      kind: one.kind,
      word: one.verdict,
      text: one.text,
    })),
  );
}

/** Without the series, which the name of a step has. */
export function toldParameters(
  parameters: ClaimCase['parameters'],
): readonly [name: string, value: string | number][] {
  return Object.entries(parameters).filter(([name]) => name !== SERIES_NAME);
}

/** `64 KiB`, `zstd`, `rabin`: a parameter in the words of its axis. */
export function parameterText(axes: readonly Axis[], name: string, value: string | number): string {
  const axis = axes.find((one) => one.name === name);
  if (axis && typeof value === 'number') return axis.print(value);
  return axis ? String(value) : `${name} ${value}`;
}

/** Capital and stop. */
export function sentence(text: string): string {
  // A count stays `n = 2`.
  const isCount = /^n = /.test(text);
  const whole = text === '' || isCount ? text : `${text[0]!.toUpperCase()}${text.slice(1)}`;
  return /[.?!]$/.test(whole) ? whole : `${whole}.`;
}

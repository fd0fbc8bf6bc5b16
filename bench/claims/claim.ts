import { plural } from '../../src/format.ts';
import { type PublishedFigure, valueText } from '../../src/report/claims/told.ts';
import type { KnownKind, SeriesStep } from '../../src/results/steps.ts';
import { defined, type Maybe } from '../../src/stats/mod.ts';
import {
  type Axis,
  type Bytes,
  type CaseKind,
  type ClaimBar,
  type ClaimCase,
  sideOf,
} from '../../src/verdicts/case.ts';
import { type Judgement, type JudgeOptions, judge, LEAST_STEPS } from '../../src/verdicts/judge.ts';
import type { Records } from '../records.ts';
import { MissingValue } from '../verdict.ts';
import { SERIES } from './axes.ts';
import { seriesOf, withSeries } from './groups.ts';

/** Who claims it. */
export interface Said {
  /** Person or project. */
  readonly who: string;
  /** Talk, thread or document. */
  readonly where: string;
  /** ISO 8601, as exactly as it is known; `undated`. */
  readonly date: string;
  /** Word for word, at most 30 words. */
  readonly quote?: string;
}

/** A claim of the design debate as data. Only the engine, {@link judge}, comes to a verdict. */
export interface Claim {
  /** `C08`, or `C08-raw` where a claim has several bars. */
  readonly id: string;
  /** Short. */
  readonly name: string;
  /** At most 25 words. */
  readonly statement: string;
  readonly said: readonly Said[];
  readonly published?: readonly PublishedFigure[];
  /** What of it holds whatever the images are: no finding, and told on its page. */
  readonly construction?: string;
  /** Those that decide it, by id. */
  readonly datasets: readonly string[];
  /** Chains and grids that are packed. */
  readonly packed?: readonly string[];
  /** Chains and grids that are cut and not compressed. */
  readonly swept?: readonly string[];
  readonly links?: readonly string[];
  /** Models that its page names, where its values are not of what is packed and cut: it looks into images, or delivers them. */
  readonly compares?: readonly string[];
  /** Name of the experiment whose run has the records, where models by themselves do not give them. */
  readonly experiment?: string;
  /** What decides it was timed: the machine is a condition. */
  readonly isTimed?: true;
  readonly bar: ClaimBar;
  /** Over which it may flip, the first ones preferred. */
  readonly axes: readonly Axis[];
  /** Parameter whose values are counted and left out in place of steps: {@link JudgeOptions.unit}. */
  readonly unit?: string;
  /** Where fewer steps than {@link LEAST_STEPS} decide, since it is about these images and no others. */
  readonly leastSteps?: number;
  /** What would decide it, where there is no case. */
  readonly whyNone: string;
  cases(records: Records): readonly OpenCase[] | Promise<readonly OpenCase[]>;
  /** What else the figures say of the steps of a kind: one sentence or two, empty where they say nothing. */
  remark?(records: Records, kind: CaseKind): string;
}

/** A case of the dataset that the records are of. */
export type OpenCase = Omit<ClaimCase, 'dataset'>;

export function caseOf(
  { step, kind }: Pick<OpenCase, 'step' | 'kind'>,
  parameters: OpenCase['parameters'],
  value: Maybe,
  bar: ClaimBar,
  bytes?: Bytes,
): OpenCase {
  const amounts = bytes === undefined ? {} : { bytes };
  return { step, kind, parameters, value, unit: bar.unit, bar, ...amounts };
}

/** Throws a MissingValue where the machine was busy: what was timed on it decides nothing. */
export function whereIdle({ busy }: Pick<Records, 'busy'>): void {
  if (busy !== undefined) throw new MissingValue(`${busy}; an idle machine would decide`);
}

/** An image that a step leads to, and the one before it. */
export interface Step {
  readonly step: string;
  readonly previous: string;
  readonly kind: KnownKind;
}

/** Kinds of steps that stand for pulls of a new version. */
const PULLED: readonly CaseKind[] = ['update', 'release', 'version'];

/** The steps of some kinds; by default those that stand for pulls of a new version. */
export function stepsOf(
  { images, steps }: Pick<Records, 'images' | 'steps'>,
  kinds: readonly CaseKind[] = PULLED,
): readonly Step[] {
  return steps
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ image, kind }: SeriesStep) => ({
      step: image,
      previous: images[images.indexOf(image) - 1]!,
      kind,
    }));
}

/** Each image by itself. */
export function imagesOf({
  images,
}: Pick<Records, 'images'>): readonly { step: string; kind: 'image' }[] {
  return images.map((step) => ({ step, kind: 'image' }));
}

/** What one dataset says of a claim, of one kind of step. */
export interface ClaimVerdict extends Judgement {
  readonly kind: CaseKind | '-';
  /** What n counts, where it is not steps of the kind. */
  readonly unit?: 'series';
  readonly cases: readonly ClaimCase[];
  /** Steps of other kinds, too few to be judged, and what they come to. */
  readonly leftOut?: string;
}

/** One verdict for each kind of step; one that is undecided where there is no case. */
export async function judgeClaim(
  claim: Claim,
  records: Records,
  dataset: string,
): Promise<readonly ClaimVerdict[]> {
  const { whyNone, unit, leastSteps = LEAST_STEPS } = claim;
  const axes = [...claim.axes.filter(({ name }) => name !== SERIES.name), SERIES];
  const options: JudgeOptions = {
    axes,
    leastSteps,
    whyNone,
    ...(unit === undefined ? {} : { unit }),
  };
  const series = seriesOf(records);
  const found = await casesOf(claim, records);
  if (typeof found === 'string') return [noCase(claim, found)];
  const kinds = [...new Set(found.map(({ kind }) => kind))];
  if (kinds.length === 0) return [noCase(claim, whyNone)];
  const all: ClaimVerdict[] = [];
  for (const kind of kinds) {
    const own = found.filter((one) => one.kind === kind);
    const isUnit = unit === SERIES.name;
    const cases = withSeries(own, series, isUnit).map((one) => ({ ...one, dataset }));
    const isOfSeries = isUnit && cases.some(({ parameters }) => SERIES.name in parameters);
    const told = isOfSeries ? { unit: 'series' as const } : {};
    all.push({ ...judge(cases, options), ...told, kind, cases });
  }
  return toldOf(all, claim.bar);
}

/** A claim that nothing was measured for. */
export function noCase({ axes, bar }: Pick<Claim, 'axes' | 'bar'>, why: string): ClaimVerdict {
  return { ...judge([], { axes, whyNone: why }), bar, kind: '-', cases: [] };
}

/** Kinds with too few steps have a row where no other kind decides; else the rows of the others tell of them. */
function toldOf(all: readonly ClaimVerdict[], bar: ClaimBar): readonly ClaimVerdict[] {
  const decided = all.filter(({ word }) => word !== 'undecided');
  if (decided.length === 0) return all;
  const others = all.flatMap((one) => (decided.includes(one) ? [] : leftOutText(one, bar)));
  return others.length === 0
    ? decided
    : decided.map((one) => ({ ...one, leftOut: others.join(' ') }));
}

/** `Not judged, too few: 1 release (21.1 % to 21.2 %, 0 of 2 met).` */
function leftOutText({ kind, cases }: ClaimVerdict, bar: ClaimBar): readonly string[] {
  const values = defined(cases.map(({ value }) => value));
  if (values.length === 0) return [];
  const steps = new Set(cases.flatMap(({ step, value }) => (value === undefined ? [] : [step])));
  const [least, most] = [Math.min(...values), Math.max(...values)].map((one) =>
    valueText(one, bar),
  );
  const figures = least === most ? least : `${least} to ${most}`;
  const met = cases.filter(({ value }) => sideOf({ value, bar }) === 'met').length;
  const count = `${met} of ${values.length} met`;
  return [`Not judged, too few: ${plural(steps.size, kind)} (${figures}, ${count}).`];
}

async function casesOf(claim: Claim, records: Records): Promise<readonly OpenCase[] | string> {
  try {
    return await claim.cases(records);
  } catch (error) {
    if (error instanceof MissingValue) return error.message;
    throw error;
  }
}

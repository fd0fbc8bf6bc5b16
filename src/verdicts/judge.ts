import { listWords, plural } from '../format.ts';
import { listed } from '../listed.ts';
import { defined, median } from '../stats/mod.ts';
import { type Axis, type ClaimBar, type ClaimCase, distanceOf, sideOf } from './case.ts';
import { type Flip, flipsAlong, linesAlong } from './flips.ts';
import { distinct, extentsText, namesOf, STEP, severalOf, valueAt } from './where.ts';

export type Word = 'confirmed' | 'refuted' | 'depends' | 'too close' | 'undecided';

/** What the cases of one dataset and kind say of a claim. */
export interface Judgement {
  readonly word: Word;
  /** `confirmed`, `depends on the cost of a request`. */
  readonly text: string;
  /**
   * `met below 1.9 ms a request in all 6 updates`, parts divided by `; `, the first one what matters most. Of what is undecided, what would decide it;
   * undefined of what is met everywhere or nowhere.
   */
  readonly where: string | undefined;
  /** Names of what it depends on. */
  readonly on: readonly string[];
  /** Of the cases that have a value. */
  readonly figure: Figures | undefined;
  readonly bar: ClaimBar | undefined;
  /** Distinct steps, or values of the unit, that have a value. */
  readonly n: number;
  /** Share of them that may be left out without another word; undefined of fewer than two. */
  readonly stability: number | undefined;
  /** Least distance from the bar to the side that was decided on, in the unit of the bar; undefined where none was. */
  readonly margin: number | undefined;
  /** Values of the numeric axis it depends on at which it flips, one for each line of cases, ascending. */
  readonly flipsAt: readonly number[];
}

export interface Figures {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

export interface JudgeOptions {
  readonly axes: readonly Axis[];
  /** Parameter whose values are independent of each other where steps are not: nested sums of one series are one observation. */
  readonly unit?: string;
  /** Fewer steps, or values of the unit, decide nothing; default {@link LEAST_STEPS}. */
  readonly leastSteps?: number;
  /** Why there is no case, and what would decide. */
  readonly whyNone?: string;
}

export const LEAST_STEPS = 3;
/** Leaving one step out must leave the word in this share of the steps. */
export const LEAST_STABILITY = 0.8;

/** The verdict of a claim from its cases, which are of one dataset and one kind of step. See METHODS.md, "Claims". */
export function judge(cases: readonly ClaimCase[], options: JudgeOptions): Judgement {
  const { axes, unit, leastSteps = LEAST_STEPS } = options;
  checkAlike(cases);
  const decided = cases.filter((one) => sideOf(one) !== 'open');
  const unitOf = (one: ClaimCase): string =>
    String((unit === undefined ? undefined : one.parameters[unit]) ?? one.step);
  const units = distinct(decided.map(unitOf));
  const isOfUnit = unit !== undefined && decided.some(({ parameters }) => unit in parameters);
  const counted = (count: number): string => plural(count, isOfUnit ? unit : 'step');
  const common = {
    figure: figuresOf(decided),
    bar: cases[0]?.bar,
    n: units.length,
    on: [],
    margin: undefined,
    stability: undefined,
    flipsAt: [],
  };
  const open = (where: string): Judgement => ({
    ...common,
    word: 'undecided',
    text: 'undecided',
    where,
  });
  if (cases.length === 0) return open(options.whyNone ?? 'no case');
  if (decided.length === 0) return open('nothing to compare (0 ÷ 0)');
  if (units.length < leastSteps) {
    return open(`n = ${counted(units.length)}, at least ${leastSteps} would decide`);
  }
  const found = outcomeOf(decided, axes);
  const others = units.map((own) =>
    outcomeOf(
      decided.filter((one) => unitOf(one) !== own),
      axes,
    ),
  );
  const same = others.filter((one) => agrees(one, found)).length;
  const stability = units.length < 2 ? undefined : same / units.length;
  const isSettled = stability === undefined || stability >= leastStability(found);
  const { word, text, where, on, flipsAt } = isSettled
    ? found
    : plain(
        'too close',
        `one decides: leaving out each of ${counted(units.length)} in turn gives “${found.text}” ${same} times`,
      );
  const margin = marginOf(decided, word);
  return { ...common, word, text, where: where(), on, flipsAt, stability, margin };
}

interface Outcome {
  readonly word: Word;
  readonly text: string;
  /** In words when they are told: those of cases without a step never are. */
  readonly where: () => string | undefined;
  readonly on: readonly string[];
  readonly flipsAt: readonly number[];
  /** Of a flip over counts: the word of cases on its other side alone. */
  readonly opposite?: Word;
}

/** Without the only count before a flip all are met, which is no other verdict: the flip lies outside of what is left. */
function agrees(one: Outcome, found: Outcome): boolean {
  if (keyOf(one) === keyOf(found)) return true;
  return found.opposite !== undefined && one.word !== 'depends' && one.word !== found.opposite;
}

function plain(word: Word, where?: string): Outcome {
  return { word, text: word, where: () => where, on: [], flipsAt: [] };
}

function keyOf({ word, on }: Outcome): string {
  return [word, ...on].join('\n');
}

/** A verdict that one step decides is none. */
function leastStability({ word }: Outcome): number {
  if (word === 'too close') return 0;
  return word === 'confirmed' || word === 'refuted' ? 1 : LEAST_STABILITY;
}

function outcomeOf(cases: readonly ClaimCase[], axes: readonly Axis[]): Outcome {
  const count = (side: string): number => cases.filter((one) => sideOf(one) === side).length;
  const [met, not, close] = [count('met'), count('not met'), count('close')];
  if (met > 0 && not > 0) return dependence(cases, axes);
  if (close > 0) {
    const rest = met + not === 0 ? '' : `, the others ${met > 0 ? 'met' : 'not met'}`;
    return plain('too close', `${close} of ${cases.length} cases within the resolution${rest}`);
  }
  if (met > 0) return plain('confirmed');
  return not > 0 ? plain('refuted') : plain('undecided', 'no case');
}

/** Both sides occur: the fewest axes that tell them apart. */
function dependence(cases: readonly ClaimCase[], axes: readonly Axis[]): Outcome {
  const varied = axes.filter(
    ({ name }) => distinct(cases.map((one) => one.parameters[name])).length > 1,
  );
  for (const axis of varied) {
    const flips = singleFlips(cases, axis, varied);
    if (flips) return along(axis, flips, () => extentsText(cases, axis, varied));
  }
  const on = fewest(cases, [...varied, STEP]);
  const [only] = on;
  return {
    word: 'depends',
    text: `depends on ${listWords(on.map(({ title }) => title))}`,
    where: () => (on.length === 1 ? namesOf(cases, only!) : severalOf(cases, on, varied)),
    on: on.map(({ name }) => name),
    flipsAt: [],
  };
}

/**
 * One flip in every line, all in one direction; undefined where the axis alone does not tell the sides apart. A line that is
 * on one side and close to the bar elsewhere may flip there: nothing tells.
 */
function singleFlips(
  cases: readonly ClaimCase[],
  axis: Axis,
  axes: readonly Axis[],
): readonly Flip[] | undefined {
  const lines = linesAlong(cases, axis, axes).filter((line) =>
    line.some((one) => sideOf(one) !== 'close'),
  );
  const found = lines.map((line) => ({
    flips: flipsAlong(line, axis),
    isOpen: line.some((one) => sideOf(one) === 'close'),
  }));
  const isSingle = found.every(({ flips, isOpen }) => flips.length === 1 || (isOpen && !flips[0]));
  const flips = found.flatMap((one) => one.flips);
  const isOneWay = distinct(flips.map(({ isMetAbove }) => isMetAbove)).length === 1;
  return isSingle && isOneWay ? flips : undefined;
}

function along(axis: Axis, flips: readonly Flip[], extents: () => readonly string[]): Outcome {
  return {
    word: 'depends',
    text: `depends on ${axis.title}`,
    where: () => `met ${extents().join('; ')}`,
    on: [axis.name],
    flipsAt: flips.map(({ at }) => at).toSorted((a, b) => a - b),
    ...(axis.isCount ? { opposite: flips[0]!.isMetAbove ? 'refuted' : 'confirmed' } : {}),
  };
}

/** A set of axes tells sides apart where cases with the same values of them are all met, or all not met. */
function fewest(cases: readonly ClaimCase[], axes: readonly Axis[]): readonly Axis[] {
  for (let size = 1; size < axes.length; size++) {
    const found = chosen(axes, size).find((some) => isPure(cases, some));
    if (found) return found;
  }
  return axes;
}

function chosen(axes: readonly Axis[], size: number): readonly (readonly Axis[])[] {
  if (size === 0) return [[]];
  return axes.flatMap((axis, place) =>
    chosen(axes.slice(place + 1), size - 1).map((rest) => [axis, ...rest]),
  );
}

function isPure(cases: readonly ClaimCase[], axes: readonly Axis[]): boolean {
  const sides = new Map<string, string>();
  return cases.every((one) => {
    const side = sideOf(one);
    if (side === 'close') return true;
    const key = JSON.stringify(axes.map((axis) => valueAt(one, axis)));
    const known = sides.get(key) ?? side;
    sides.set(key, known);
    return known === side;
  });
}

/** Least distance from the bar to the side that was decided on. */
function marginOf(decided: readonly ClaimCase[], word: Word): number | undefined {
  if (word !== 'confirmed' && word !== 'refuted') return undefined;
  return Math.min(...decided.map((one) => Math.abs(distanceOf(one)!)));
}

function figuresOf(decided: readonly ClaimCase[]): Figures | undefined {
  const values = defined(decided.map(({ value }) => value));
  if (values.length === 0) return undefined;
  return { least: Math.min(...values), median: median(values)!, most: Math.max(...values) };
}

/** Cases of several datasets or kinds are judged apart: a mean of both would be of neither. */
function checkAlike(cases: readonly ClaimCase[]): void {
  const kinds = distinct(cases.map(({ kind, dataset }) => `${kind} of ${dataset}`));
  if (kinds.length > 1) throw new TypeError(`judged together: ${listed(kinds)}`);
}

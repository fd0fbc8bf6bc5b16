import { listWords, plural } from '../format.ts';
import { median } from '../stats/mod.ts';
import { type Axis, type CaseSide, type ClaimCase, sideOf } from './case.ts';
import { type Extent, extentOf, type Flip, linesAlong } from './flips.ts';

/** Where a claim is met, in words, and on how many steps or combinations. */

/** The step itself, as something that a claim may depend on. */
export const STEP: Axis = { name: 'step', title: 'the step', print: String };

/** What claims call the series of a step. */
export const SERIES_NAME = 'series';

export function valueAt(one: ClaimCase, { name }: Axis): string {
  return String(name === STEP.name ? one.step : one.parameters[name]);
}

/** More values than these are counted and not named. */
const MOST_NAMED = 4;

/**
 * `met at A and B, not at C, too close at D`; of steps `met on 2 of 6 updates, not met on 3, too close on 1`. Each value is on one side; where some of
 * its cases are too close to the bar, it is a part of its own: `4 of their 40 cases too close`.
 */
export function namesOf(cases: readonly ClaimCase[], axis: Axis): string {
  const at = (wanted: CaseSide): readonly string[] =>
    distinct(cases.filter((one) => sideOf(one) === wanted).map((one) => nameAt(one, axis)));
  const [met, not] = [at('met'), at('not met')];
  const close = at('close').filter((name) => !met.includes(name) && !not.includes(name));
  if (axis.name === STEP.name) {
    const all = plural(distinct(cases.map(({ step }) => step)).length, kindOf(cases));
    return `${leanText(met.length, not.length)}met on ${met.length} of ${all}, not met on ${not.length}${closeText('on', close.length)}${partlyClose(cases, axis)}`;
  }
  const told = (names: readonly string[]): string =>
    names.length > MOST_NAMED ? `${names.length} of them` : listWords(names);
  const closeAt = close.length === 0 ? '' : `, too close at ${told(close)}`;
  return `met at ${told(met)}, not at ${told(not)}${closeAt}${partlyClose(cases, axis)}`;
}

/** Of values that lie on a side: "met at A" is not "met in every case of A". */
function partlyClose(cases: readonly ClaimCase[], axis: Axis): string {
  const onSide = new Set(
    cases.filter((one) => sideOf(one) !== 'close').map((one) => nameAt(one, axis)),
  );
  const own = cases.filter((one) => onSide.has(nameAt(one, axis)));
  const close = own.filter((one) => sideOf(one) === 'close').length;
  return close === 0 ? '' : `; ${close} of their ${own.length} cases too close`;
}

/** Share of the cases that are decided, beyond which "depends" alone would be read as balanced. */
const LEANS = 0.9;

/** `mostly met: ` or `mostly not met: `, where so many of those that are not too close lie on one side. */
function leanText(met: number, not: number): string {
  if (met + not === 0) return '';
  if (met >= LEANS * (met + not)) return 'mostly met: ';
  return not >= LEANS * (met + not) ? 'mostly not met: ' : '';
}

function closeText(word: string, count: number): string {
  return count === 0 ? '' : `, too close ${word} ${count}`;
}

function nameAt(one: ClaimCase, axis: Axis): string {
  const value = one.parameters[axis.name];
  return typeof value === 'number' ? axis.print(value) : valueAt(one, axis);
}

/**
 * Parts, each a sentence: in how many cases it is met; at which names, and on how many steps, always and never; where along a
 * numeric axis each line is met, and where the median of all lines is, also
 * where other axes tell the sides apart.
 */
export function severalOf(
  cases: readonly ClaimCase[],
  on: readonly Axis[],
  varied: readonly Axis[],
): string {
  const count = (wanted: CaseSide): number => cases.filter((one) => sideOf(one) === wanted).length;
  const [met, not] = [count('met'), count('not met')];
  const sides = `${leanText(met, not)}met in ${met} of ${cases.length} cases, not met in ${not}${closeText('in', count('close'))}`;
  const named = [...on, ...varied.filter(({ name }) => name === SERIES_NAME)];
  const names = named.map((axis) => purelyOf(cases, axis)).find((text) => text !== '');
  const [along] = [...on, ...varied].flatMap((axis) => {
    const extents = extentsText(cases, axis, varied);
    return extents.length === 0 ? [] : [[...extents, medianText(cases, axis, varied)]];
  });
  const steps = on.some(({ name }) => name === STEP.name) ? purelyOnSteps(cases) : '';
  return [sides, names, steps, ...(along ?? [])].filter(Boolean).join('; ');
}

/**
 * `along the actual mean chunk the median of all is met below 41 KiB`: of lines that have a case at every value, since others
 * would move it by being there. Empty of fewer than two lines, and where the median is too close throughout.
 */
function medianText(cases: readonly ClaimCase[], axis: Axis, varied: readonly Axis[]): string {
  const all = linesAlong(cases, axis, varied);
  const count = distinct(all.flat().map((one) => one.parameters[axis.name])).length;
  const lines = all.filter(({ length }) => length === count);
  const [first] = lines;
  if (!first || lines.length < 2) return '';
  const middle = first.map((one, place) => ({
    ...one,
    value: median(lines.map((line) => line[place]!.value!)),
  }));
  const extent = extentOf(middle, axis);
  if (!extent) return '';
  const of = lines.length === all.length ? 'all' : `${lines.length} of them`;
  return `along ${axis.title} the median of ${of} is met ${extentText(axis, [extent])}`;
}

/** `always at A and B, never at C`; empty where each name is on both sides, or the values are numbers or steps. */
function purelyOf(cases: readonly ClaimCase[], axis: Axis): string {
  const values = distinct(cases.map((one) => one.parameters[axis.name]));
  if (values.some((value) => typeof value !== 'string')) return '';
  const onlyOn = (side: 'met' | 'not met'): string => {
    const found = values.filter((value) =>
      isOnly(
        cases.filter((one) => one.parameters[axis.name] === value),
        side,
      ),
    );
    return found.length > MOST_NAMED
      ? `${found.length} of ${values.length}`
      : listWords(found.map(String));
  };
  const [always, never] = [onlyOn('met'), onlyOn('not met')];
  return [always && `always at ${always}`, never && `never at ${never}`].filter(Boolean).join(', ');
}

/** `always on 2 of 6 updates, never on 1`; empty where each step is on both sides. */
function purelyOnSteps(cases: readonly ClaimCase[]): string {
  const steps = distinct(cases.map(({ step }) => step));
  const onlyOn = (side: 'met' | 'not met'): number =>
    steps.filter((step) =>
      isOnly(
        cases.filter((one) => one.step === step),
        side,
      ),
    ).length;
  const [always, never] = [onlyOn('met'), onlyOn('not met')];
  if (always + never === 0) return '';
  return `always on ${always} of ${plural(steps.length, kindOf(cases))}, never on ${never}`;
}

/** Always met: in every case, beyond the resolution. Never: in none, and not for being too close alone. */
function isOnly(cases: readonly ClaimCase[], side: 'met' | 'not met'): boolean {
  const own = cases.map(sideOf);
  if (side === 'met') return own.every((one) => one === 'met');
  return own.includes('not met') && !own.includes('met');
}

/**
 * `below 1.9 ms a request (between 1 and 5 ms a request) in 5 of 6 updates`, `nowhere in 1`: all lines of cases along the axis, the
 * commonest first. Empty where none flips, or the axis has no numbers.
 */
export function extentsText(
  cases: readonly ClaimCase[],
  axis: Axis,
  varied: readonly Axis[],
): readonly string[] {
  const lines = linesAlong(cases, axis, varied);
  const found = lines.flatMap((line) => extentOf(line, axis) ?? []);
  if (found.every(({ flips }) => flips.length === 0)) return [];
  const close = lines.length - found.length;
  const groups = distinct(found.map(({ shape }) => shape))
    .map((shape) => found.filter((one) => one.shape === shape))
    .toSorted((a, b) => b.length - a.length);
  const what = linesText(cases, axis, varied, lines.length);
  return [
    ...groups.map((own, place) => {
      const text = extentText(axis, own);
      if (lines.length === 1) return text;
      if (own.length === lines.length) return `${text} in all ${what}`;
      return `${text} in ${own.length}${place === 0 ? ` of ${what}` : ''}`;
    }),
    ...(close === 0 ? [] : [`too close in ${close}`]),
  ];
}

/** `6 updates`, `24 combinations of round trip and update`. */
function linesText(
  cases: readonly ClaimCase[],
  axis: Axis,
  varied: readonly Axis[],
  count: number,
): string {
  const steps = axis.isCount ? 1 : distinct(cases.map(({ step }) => step)).length;
  // A step is of one series: beside steps that is no other choice.
  const others = varied
    .filter(({ name }) => name !== axis.name && (steps === 1 || name !== SERIES_NAME))
    .map(({ title }) => title.replace(/^the /, ''));
  if (others.length === 0) return plural(count, kindOf(cases));
  const names = steps > 1 ? [...others, kindOf(cases)] : others;
  const word = names.length > 1 ? 'combinations' : 'choices';
  return `${count} ${word} of ${listWords(names)}`;
}

/** Of lines of one shape: the median of where they flip, and what all lie between where it is one flip. */
function extentText(axis: Axis, lines: readonly Extent[]): string {
  const { isCount } = axis;
  const [lower, upper] = [0, 1].map((place) =>
    lines.flatMap(({ flips }) => flips.slice(place, place + 1)),
  );
  const [first, second] = [lower!, upper!].map(
    (flips) => median(flips.map(({ at }) => at)) ?? Number.NaN,
  );
  const [from, to] = [axis.print(first!), axis.print(second!)];
  switch (lines[0]!.shape) {
    case 'everywhere':
      return 'everywhere';
    case 'wherever decided':
      return 'everywhere but where it is too close';
    case 'nowhere':
      return 'nowhere';
    case 'above':
      return `${isCount ? `from ${from} on` : `above ${from}`}${rangeText(axis, lower!)}`;
    case 'below':
      return `${isCount ? 'before' : 'below'} ${from}${rangeText(axis, lower!)}`;
    case 'between':
      return isCount ? `from ${from} to before ${to}` : `between ${joined(from, 'and', to)}`;
    case 'outside':
      return isCount ? `before ${from} and from ${to} on` : `below ${from} and above ${to}`;
    default:
      return 'in several ranges';
  }
}

/** Of counts the flips themselves; else values with a case, the greatest below all flips and the least above. */
function rangeText({ print, isCount }: Axis, flips: readonly Flip[]): string {
  const ends = flips.flatMap(({ at, around }) => (isCount ? [at] : around));
  const [least, most] = [print(Math.min(...ends)), print(Math.max(...ends))];
  if (least === most) return '';
  return isCount ? ` (${joined(least, 'to', most)})` : ` (between ${joined(least, 'and', most)})`;
}

/** `1.2 to 2.4 ms`: a unit that both have is told once. */
function joined(from: string, word: string, to: string): string {
  const parts = [from, to].map((text) => /^(?<number>[\d.,]+) (?<unit>.+)$/.exec(text)?.groups);
  const [low, high] = parts;
  return low && high && low['unit'] === high['unit']
    ? `${low['number']} ${word} ${to}`
    : `${from} ${word} ${to}`;
}

/** What a step is counted as: one of a sum over a series is an image. */
function kindOf(cases: readonly ClaimCase[]): string {
  const { kind } = cases[0]!;
  return kind === 'series' ? 'image' : kind;
}

export function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}

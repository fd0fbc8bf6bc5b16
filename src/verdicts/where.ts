import { median } from '../stats/mod.ts';
import { type Axis, type ClaimCase, sideOf } from './case.ts';
import { type Flip, flipsAlong, linesAlong } from './flips.ts';

/** Where a claim is met, in words. */

/** The step itself, as something that a claim may depend on. */
export const STEP: Axis = { name: 'step', title: 'the step', print: String };

export function valueAt(one: ClaimCase, { name }: Axis): string {
  return String(name === STEP.name ? one.step : one.parameters[name]);
}

/** `below 1.9 ms a request (1.2 to 2.4)`, `from image 3 on`. */
export function placeOf({ print, isCount }: Axis, flips: readonly Flip[]): string {
  const found = flips.map(({ at }) => at).toSorted((a, b) => a - b);
  const [least, middle, most] = [found[0]!, median(found)!, found.at(-1)!].map(print);
  const range = least === most ? '' : ` (${least} to ${most})`;
  const { isMetAbove } = flips[0]!;
  if (isCount) return isMetAbove ? `from ${middle} on${range}` : `before ${middle}${range}`;
  return `${isMetAbove ? 'above' : 'below'} ${middle}${range}`;
}

const MOST_NAMED = 4;

/** `met at A and B; not at C`. */
export function namesOf(cases: readonly ClaimCase[], axis: Axis): string {
  const on = (wanted: string): string => {
    const found = cases.filter((one) => sideOf(one) === wanted);
    const names = distinct(found.map((one) => nameAt(one, axis)));
    return names.length > MOST_NAMED ? `${names.length} of them` : names.join(', ');
  };
  return `met at ${on('met')}; not at ${on('not met')}`;
}

function nameAt(one: ClaimCase, axis: Axis): string {
  const value = one.parameters[axis.name];
  return typeof value === 'number' ? axis.print(value) : valueAt(one, axis);
}

/** In how many cases it is met; at which names always and never; and where most lines along a numeric axis flip. */
export function severalOf(
  cases: readonly ClaimCase[],
  on: readonly Axis[],
  varied: readonly Axis[],
): string {
  const met = cases.filter((one) => sideOf(one) === 'met').length;
  const told = [`met in ${met} of ${cases.length} cases`];
  const names = on.map((axis) => purelyOf(cases, axis)).find((text) => text !== '');
  if (names !== undefined) told.push(names);
  for (const axis of on) {
    const lines = linesAlong(cases, axis, varied);
    const flips = lines.map((line) => flipsAlong(line, axis)).filter(({ length }) => length === 1);
    const all = flips.flat();
    // Where a few lines flip says nothing of the others.
    if (all.length === 0 || 2 * all.length < lines.length) continue;
    if (distinct(all.map(({ isMetAbove }) => isMetAbove)).length > 1) continue;
    told.push(`${placeOf(axis, all)} in ${all.length} of ${lines.length}`);
    break;
  }
  return told.join('; ');
}

/** `always at A, B, never at C`; empty where each name is on both sides, or the values are numbers or steps. */
function purelyOf(cases: readonly ClaimCase[], axis: Axis): string {
  const values = distinct(cases.map((one) => one.parameters[axis.name]));
  if (values.some((value) => typeof value !== 'string')) return '';
  const onlyOn = (side: 'met' | 'not met'): string => {
    const found = values.filter((value) => {
      const own = cases.filter((one) => one.parameters[axis.name] === value).map(sideOf);
      return own.includes(side) && own.every((one) => one === side || one === 'close');
    });
    return found.length > MOST_NAMED ? `${found.length} of ${values.length}` : found.join(', ');
  };
  const [always, never] = [onlyOn('met'), onlyOn('not met')];
  return [always && `always at ${always}`, never && `never at ${never}`].filter(Boolean).join(', ');
}

export function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}

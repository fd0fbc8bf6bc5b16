import { type Axis, type ClaimCase, distanceOf, sideOf } from './case.ts';

/** Where the values of cases cross their bar along a numeric axis, all else the same. */
export interface Flip {
  /** Value of the axis: interpolated, or the first count on the other side. */
  readonly at: number;
  /** The values with a case that it lies between: what is interpolated is no more exact than these. */
  readonly around: readonly [low: number, high: number];
  /** Met on the side of the greater values. */
  readonly isMetAbove: boolean;
}

/** Cases that differ in the axis alone, in its order. */
export function linesAlong(
  cases: readonly ClaimCase[],
  axis: Axis,
  others: readonly Axis[],
): readonly (readonly ClaimCase[])[] {
  const lines = new Map<string, ClaimCase[]>();
  for (const one of cases) {
    if (typeof one.parameters[axis.name] !== 'number' || sideOf(one) === 'open') continue;
    const key = JSON.stringify([
      // Counts are of steps: each step has one.
      axis.isCount ? '' : one.step,
      ...others.filter(({ name }) => name !== axis.name).map(({ name }) => one.parameters[name]),
    ]);
    const line = lines.get(key);
    if (line) line.push(one);
    else lines.set(key, [one]);
  }
  return [...lines.values()].map((line) => line.toSorted((a, b) => at(a, axis) - at(b, axis)));
}

function at(one: ClaimCase, { name }: Axis): number {
  return one.parameters[name] as number;
}

/** What lies too close to the bar is passed over: a flip is from one side to the other, beyond the resolution on both. */
export function flipsAlong(line: readonly ClaimCase[], axis: Axis): readonly Flip[] {
  const flips: Flip[] = [];
  let last: number | undefined;
  for (const [place, one] of line.entries()) {
    const side = sideOf(one);
    if (side !== 'met' && side !== 'not met') continue;
    if (last !== undefined && sideOf(line[last]!) !== side) {
      flips.push({ ...crossing(line.slice(last, place + 1), axis), isMetAbove: side === 'met' });
    }
    last = place;
  }
  return flips;
}

/** Between two cases on either side, and what is close to the bar between them. */
function crossing(part: readonly ClaimCase[], axis: Axis): Omit<Flip, 'isMetAbove'> {
  const from = distanceOf(part[0]!)!;
  const next = part.findIndex((one) => Math.sign(distanceOf(one)!) !== Math.sign(from));
  const [one, other] = [part[next - 1]!, part[next]!];
  const [low, high] = [at(one, axis), at(other, axis)];
  const around = [low, high] as const;
  if (axis.isCount) return { at: high, around };
  const [a, b] = [distanceOf(one)!, distanceOf(other)!];
  const share = a / (a - b);
  if (axis.isLogarithmic && low > 0) return { at: low * (high / low) ** share, around };
  return { at: low + share * (high - low), around };
}

/** Where along an axis the cases of one line are met. */
export interface Extent {
  readonly shape:
    | 'everywhere'
    | 'wherever decided'
    | 'nowhere'
    | 'above'
    | 'below'
    | 'between'
    | 'outside'
    | 'several';
  /** Where it flips, ascending. */
  readonly flips: readonly Flip[];
}

/** undefined of a line that lies within the resolution of its bar throughout. */
export function extentOf(line: readonly ClaimCase[], axis: Axis): Extent | undefined {
  const first = line.map(sideOf).find((side) => side === 'met' || side === 'not met');
  if (first === undefined) return undefined;
  const flips = flipsAlong(line, axis);
  const whole = line.every((one) => sideOf(one) === 'met') ? 'everywhere' : 'wherever decided';
  const shapes =
    first === 'met'
      ? ([whole, 'below', 'outside'] as const)
      : (['nowhere', 'above', 'between'] as const);
  return { shape: shapes[flips.length] ?? 'several', flips };
}

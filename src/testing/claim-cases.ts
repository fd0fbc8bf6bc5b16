import fc from 'fast-check';
import type { Axis, ClaimBar, ClaimCase } from '../verdicts/case.ts';
import { type Judgement, judge } from '../verdicts/judge.ts';

export const BAR: ClaimBar = { unit: 'ratio', side: 'at least', value: 2, resolution: 0.25 };
export const REQUEST: Axis = {
  name: 'request',
  title: 'the cost of a request',
  print: (x) => `${Number(x.toFixed(3))} ms`,
};
export const FORMAT: Axis = { name: 'format', title: 'the format', print: String };
export const COUNT: Axis = {
  name: 'k',
  title: 'the number',
  print: (k) => `image ${k}`,
  isCount: true,
};

export function made(
  values: readonly (number | undefined)[],
  bar: ClaimBar = BAR,
  parameters: (place: number) => ClaimCase['parameters'] = () => ({}),
): readonly ClaimCase[] {
  return values.map((value, place) => ({
    dataset: 'made',
    step: `t${place + 1}`,
    kind: 'update',
    parameters: parameters(place),
    value,
    unit: bar.unit,
    bar,
  }));
}

export const plain = (cases: readonly ClaimCase[], ...axes: readonly Axis[]): Judgement =>
  judge(cases, { axes });

/** One case for each step and value of an axis. */
export function grid(
  axis: string,
  at: readonly (number | string)[],
  steps: readonly (readonly (number | undefined)[])[],
  bar: ClaimBar = BAR,
): readonly ClaimCase[] {
  return steps.flatMap((values, step) =>
    values.map((value, place) => ({
      dataset: 'made',
      step: `t${step + 1}`,
      kind: 'update' as const,
      parameters: { [axis]: at[place]! },
      value,
      unit: bar.unit,
      bar,
    })),
  );
}

/** Numbers from 0.01 to 1. */
export const unit: fc.Arbitrary<number> = fc.double({ min: 0.01, max: 1, noNaN: true });

import type { Parameter, Values } from '../ids.ts';

interface Range {
  readonly least: number;
  readonly most: number;
}

/** Legal sizes and defaults of a chunker with min, avg and max: bytes. */
export interface Sizes {
  readonly min: Range & { readonly default: (avg: number) => number };
  readonly avg: Range & { readonly default: number; readonly description: string };
  readonly max: Range & { readonly default: (avg: number) => number };
}

/** The parameters min, avg and max; min and max follow avg where an id leaves them out. */
export function sizeParameters({ min, avg, max }: Sizes): readonly Parameter[] {
  const bounds = ({ least, most }: Range): { minimum: number; maximum: number } => ({
    minimum: least,
    maximum: most,
  });
  const within = (size: number, { least, most }: Range): number =>
    Math.min(most, Math.max(least, Math.floor(size)));
  const average = (values: Values): number => Number(values['avg'] ?? avg.default);
  return [
    {
      name: 'min',
      kind: 'bytes',
      description: 'shortest chunk',
      default: (values) => within(min.default(average(values)), min),
      ...bounds(min),
    },
    {
      name: 'avg',
      kind: 'bytes',
      description: avg.description,
      default: avg.default,
      ...bounds(avg),
    },
    {
      name: 'max',
      kind: 'bytes',
      description: 'longest chunk',
      default: (values) => within(max.default(average(values)), max),
      ...bounds(max),
    },
  ];
}

/** Says so where min ≤ avg ≤ max does not hold. */
export function disorder({ min, avg, max }: Values): string | undefined {
  if (Number(min) > Number(avg)) return 'min is above avg';
  if (Number(avg) > Number(max)) return 'avg is above max';
  return undefined;
}

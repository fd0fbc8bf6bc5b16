import { divide, type Maybe, mean } from './quotient.ts';

/** One observation: the level of each factor, and what was observed. */
export interface Observation {
  readonly levels: readonly string[];
  readonly value: number;
}

/** Two factors by number. */
export type Pair = readonly [one: number, other: number];

/** Levels of two factors that do together what neither does apart. */
export interface Together {
  readonly levels: readonly [string, string];
  /** Mean difference from the fit of the main effects. */
  readonly difference: number;
  readonly observations: number;
}

export interface Interaction {
  readonly pair: Pair;
  /** Share of the variance that it explains beyond all main effects. */
  readonly share: number;
  /** The levels with the greatest difference. */
  readonly strongest: Together;
}

/** Shares of the sum of squares about the mean. */
export interface VarianceShares {
  readonly observations: number;
  /** Of each factor: what is explained with it beyond all others; undefined where all values are equal. */
  readonly factors: readonly Maybe[];
  /** Of all factors together, without interactions. */
  readonly main: Maybe;
  /** With all interactions of two. */
  readonly withPairs: Maybe;
  /** Greatest first. */
  readonly interactions: readonly Interaction[];
}

/**
 * Analysis of variance of an unbalanced design, by least squares: the sum of squares of a factor is what the residual grows by
 * when the factor is left out of all main effects (type II), that of an interaction what it falls by when that is added.
 * Shares need not add up to one, since factors of an unbalanced design explain in part the same.
 */
export function varianceShares(observations: readonly Observation[]): VarianceShares {
  const centre = mean(observations.map(({ value }) => value)) ?? 0;
  const values = observations.map(({ value }) => value - centre);
  const total = values.reduce((sum, value) => sum + value * value, 0);
  const count = observations[0]?.levels.length ?? 0;
  const factors = Array.from({ length: count }, (_, factor) => factor);
  const columnsOf = factors.map((factor) => codesOf(observations, [factor]));
  const main = fit(columnsOf, values);
  const pairs = factors.flatMap((one) =>
    factors.filter((other) => other > one).map((other): Pair => [one, other]),
  );
  const pairCodes = pairs.map((pair) => codesOf(observations, pair));
  const share = (explained: number): Maybe =>
    total <= EPSILON * observations.length ? undefined : divide(Math.max(0, explained), total);
  return {
    observations: observations.length,
    factors: factors.map((factor) => {
      const others = columnsOf.filter((_, other) => other !== factor);
      return share(main.explained - fit(others, values).explained);
    }),
    main: share(main.explained),
    withPairs: share(fit([...columnsOf, ...pairCodes], values).explained),
    interactions: pairs
      .flatMap((pair, index): readonly Interaction[] => {
        const codes = pairCodes[index]!;
        const own = share(fit([...columnsOf, codes], values).explained - main.explained);
        const strongest = strongestOf(observations, pair, codes, main.residuals);
        return own === undefined || !strongest ? [] : [{ pair, share: own, strongest }];
      })
      .toSorted((one, other) => other.share - one.share),
  };
}

/** Below this, squared, a difference of logarithms is rounding. */
const EPSILON = 1e-18;

interface Codes {
  /** Of each observation: the number of its level, or of its levels together. */
  readonly numbers: Int32Array;
  readonly count: number;
}

function codesOf(observations: readonly Observation[], factors: readonly number[]): Codes {
  const known = new Map<string, number>();
  const numbers = Int32Array.from(observations, ({ levels }) => {
    const key = factors.map((factor) => levels[factor]!).join('\n');
    const number = known.get(key) ?? known.size;
    known.set(key, number);
    return number;
  });
  return { numbers, count: known.size };
}

interface Fit {
  /** Sum of squares. */
  readonly explained: number;
  readonly residuals: Float64Array;
}

/** Least squares on indicators of all levels, by the normal equations: columns that others give are left out. */
function fit(terms: readonly Codes[], values: readonly number[]): Fit {
  const starts: number[] = [];
  let size = 0;
  for (const { count } of terms) {
    starts.push(size);
    size += count;
  }
  const gram = Array.from({ length: size }, () => new Float64Array(size));
  const right = new Float64Array(size);
  for (const [row, value] of values.entries()) {
    const columns = terms.map(({ numbers }, term) => starts[term]! + numbers[row]!);
    for (const column of columns) {
      right[column]! += value;
      for (const other of columns) gram[column]![other]! += 1;
    }
  }
  const coefficients = solve(gram, right);
  const residuals = Float64Array.from(values, (value, row) =>
    terms.reduce(
      (left, { numbers }, term) => left - coefficients[starts[term]! + numbers[row]!]!,
      value,
    ),
  );
  const explained = right.reduce((sum, one, column) => sum + one * coefficients[column]!, 0);
  return { explained, residuals };
}

/** Share of a column's own square below which the columns before it give it. */
const DEPENDENT = 1e-9;

/** Cholesky; the coefficient of a column that depends on those before it is 0. */
function solve(gram: readonly Float64Array[], right: Float64Array): Float64Array {
  const size = right.length;
  const lower = gram.map(() => new Float64Array(size));
  const kept: number[] = [];
  const partial = new Float64Array(size);
  for (let column = 0; column < size; column++) {
    const own = lower[column]!;
    let square = gram[column]![column]!;
    for (const before of kept) {
      const row = lower[before]!;
      let product = gram[column]![before]!;
      for (const index of kept) {
        if (index >= before) break;
        product -= own[index]! * row[index]!;
      }
      own[before] = product / row[before]!;
      square -= own[before]! ** 2;
    }
    if (square <= DEPENDENT * gram[column]![column]!) {
      own.fill(0);
      continue;
    }
    own[column] = Math.sqrt(square);
    let rest = right[column]!;
    for (const before of kept) rest -= own[before]! * partial[before]!;
    partial[column] = rest / own[column]!;
    kept.push(column);
  }
  const coefficients = new Float64Array(size);
  for (const column of kept.toReversed()) {
    let rest = partial[column]!;
    for (const after of kept) {
      if (after > column) rest -= lower[after]![column]! * coefficients[after]!;
    }
    coefficients[column] = rest / lower[column]![column]!;
  }
  return coefficients;
}

function strongestOf(
  observations: readonly Observation[],
  [one, other]: Pair,
  { numbers, count }: Codes,
  residuals: Float64Array,
): Together | undefined {
  const sums = new Float64Array(count);
  const counts = new Float64Array(count);
  const first: number[] = [];
  for (const [row, code] of numbers.entries()) {
    sums[code]! += residuals[row]!;
    counts[code]! += 1;
    first[code] ??= row;
  }
  let strongest: Together | undefined;
  for (let code = 0; code < count; code++) {
    const { levels } = observations[first[code]!]!;
    const difference = sums[code]! / counts[code]!;
    if (strongest && Math.abs(difference) <= Math.abs(strongest.difference)) continue;
    strongest = {
      levels: [levels[one]!, levels[other]!],
      difference,
      observations: counts[code]!,
    };
  }
  return strongest;
}

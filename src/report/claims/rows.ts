import { median } from '../../stats/mod.ts';
import { type Axis, type CaseSide, distanceOf, sideOf } from '../../verdicts/case.ts';
import { parameterText, placeOf, type ToldClaim, type ToldVerdict } from './told.ts';

/** The cases of a claim, brought to the few rows that its table and its chart share. */

/** The cases of a row in one place. */
export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly most: number;
  /** Cases that are met by more than the resolution. */
  readonly met: number;
  readonly count: number;
  /** Of the median. */
  readonly side: CaseSide;
}

export interface ClaimRowsOf {
  /** What the rows are: `the cost of a request`, `step`. */
  readonly title: string;
  /** What follows each label, and is told once; empty where they have nothing in common. */
  readonly suffix: string;
  /** True where a row is a step, which is in one place alone. */
  readonly areSteps: boolean;
  /** True where neighbours are neighbours along an axis of numbers. */
  readonly isOrdered: boolean;
  /** `alpine release`, each with a spread in every row. */
  readonly places: readonly { readonly name: string; readonly n: number }[];
  readonly rows: readonly {
    readonly label: string;
    /** One for each place; undefined where it has no case there. */
    readonly spreads: readonly (Spread | undefined)[];
  }[];
  /** Which rows are not shown: `the 12 of 22 nearest to the bar`; empty where all are. */
  readonly left: string;
}

const MOST_ROWS = 12;

/** undefined where no case has a value. @param most rows */
export function claimRows(
  claim: ToldClaim,
  verdicts: readonly ToldVerdict[],
  most: number = MOST_ROWS,
): ClaimRowsOf | undefined {
  const valued = verdicts
    .map((one) => ({ ...one, cases: one.cases.filter(({ value }) => hasValue(value)) }))
    .filter(({ cases }) => cases.length > 0);
  if (valued.length === 0) return undefined;
  const axis = axisOf(claim, valued);
  const places = valued.map((one) => ({ name: placeOf(one), n: one.n }));
  const all = axis ? byAxis(claim, valued, axis) : bySteps(claim, valued);
  const isOrdered = axis !== undefined && isNumeric(valued, axis);
  const rows = isOrdered ? spaced(all, most) : nearest(claim, all, most);
  const left =
    rows.length === all.length
      ? ''
      : `${rows.length} of ${all.length} rows${isOrdered ? '' : ', those nearest to the bar'}`;
  const { suffix, own } = axis ? withoutSuffix(rows) : { suffix: '', own: rows };
  const title = [axis?.title ?? 'step', suffix].filter(Boolean).join(', ');
  return { title, suffix, areSteps: axis === undefined, isOrdered, places, rows: own, left };
}

type Row = ClaimRowsOf['rows'][number];

function hasValue(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value);
}

/** What the verdict depends on first; undefined where cases differ in the step alone. */
function axisOf({ axes }: ToldClaim, verdicts: readonly ToldVerdict[]): Axis | undefined {
  const named = verdicts.flatMap(({ on }) => on);
  const preferred = [
    ...named.flatMap((name) => axes.find((one) => one.name === name) ?? []),
    ...axes,
  ];
  return preferred.find((axis) => valuesOf(verdicts, axis).length > 1);
}

function valuesOf(verdicts: readonly ToldVerdict[], { name }: Axis): readonly (string | number)[] {
  const values = verdicts.flatMap(({ cases }) =>
    cases.flatMap(({ parameters }) => parameters[name] ?? []),
  );
  const distinct = [...new Set(values)];
  return distinct.every((one) => typeof one === 'number')
    ? distinct.toSorted((a, b) => Number(a) - Number(b))
    : distinct;
}

function isNumeric(verdicts: readonly ToldVerdict[], axis: Axis): boolean {
  return valuesOf(verdicts, axis).every((one) => typeof one === 'number');
}

function byAxis(claim: ToldClaim, verdicts: readonly ToldVerdict[], axis: Axis): readonly Row[] {
  return valuesOf(verdicts, axis).map((value) => ({
    label: parameterText(claim.axes, axis.name, value),
    spreads: verdicts.map(({ cases }) =>
      spreadOf(
        claim,
        cases.filter(({ parameters }) => parameters[axis.name] === value),
      ),
    ),
  }));
}

function bySteps(claim: ToldClaim, verdicts: readonly ToldVerdict[]): readonly Row[] {
  return verdicts.flatMap(({ cases }, place) =>
    [...new Set(cases.map(({ step }) => step))].map((step) => ({
      label: step,
      spreads: verdicts.map((_, other) =>
        other === place
          ? spreadOf(
              claim,
              cases.filter((one) => one.step === step),
            )
          : undefined,
      ),
    })),
  );
}

function spreadOf({ bar }: ToldClaim, cases: ToldVerdict['cases']): Spread | undefined {
  const values = cases.map(({ value }) => value).filter(hasValue);
  if (values.length === 0) return undefined;
  const middle = median(values)!;
  return {
    least: Math.min(...values),
    median: middle,
    most: Math.max(...values),
    met: values.filter((value) => sideOf({ value, bar }) === 'met').length,
    count: values.length,
    side: sideOf({ value: middle, bar }),
  };
}

/** `ms a request` of `0.1 ms a request` and `50 ms a request`: told once, in the title. */
function withoutSuffix(rows: readonly Row[]): {
  readonly suffix: string;
  readonly own: readonly Row[];
} {
  const suffixes = new Set(rows.map(({ label }) => /^[\d.,]+ (?<suffix>.+)$/.exec(label)?.[1]));
  const [suffix] = suffixes;
  if (suffixes.size !== 1 || suffix === undefined) return { suffix: '', own: rows };
  const own = rows.map((row) => ({ ...row, label: row.label.slice(0, -suffix.length - 1) }));
  return { suffix, own };
}

/** As many, the first and the last among them. */
function spaced(rows: readonly Row[], most: number): readonly Row[] {
  if (rows.length <= most) return rows;
  return Array.from(
    { length: most },
    (_, place) => rows[Math.round((place * (rows.length - 1)) / (most - 1))]!,
  );
}

/** Those of the medians nearest to the bar, in their order: where the least would change the verdict. */
function nearest({ bar }: ToldClaim, rows: readonly Row[], most: number): readonly Row[] {
  if (rows.length <= most) return rows;
  const distance = ({ spreads }: Row): number =>
    Math.min(
      ...spreads.map((one) =>
        one ? Math.abs(distanceOf({ value: one.median, bar })!) : Number.POSITIVE_INFINITY,
      ),
    );
  const kept = new Set(rows.toSorted((a, b) => distance(a) - distance(b)).slice(0, most));
  return rows.filter((row) => kept.has(row));
}

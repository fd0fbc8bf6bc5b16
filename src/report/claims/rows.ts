import { listWords } from '../../format.ts';
import { median } from '../../stats/mod.ts';
import { type Axis, type CaseSide, distanceOf, sideOf } from '../../verdicts/case.ts';
import { SERIES_NAME } from '../../verdicts/where.ts';
import { nearestOfEachSide } from '../nearest.ts';
import { parameterText, placeOf, type ToldClaim, type ToldVerdict } from './told.ts';

/** The cases of a claim, brought to the few rows that its table and its chart share. */

/** The cases of a row in one place. */
export interface Spread {
  readonly least: number;
  readonly median: number;
  readonly most: number;
  /** Cases that are met by more than the resolution. */
  readonly met: number;
  /** Cases within the resolution. */
  readonly close: number;
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
  /** Which rows are shown, and how many cases of the others are met, too close and not: `12 of 22 rows, …`; empty where all are. */
  readonly left: string;
  /** What a row has several of: `Cases differ in edit and format.` Empty where that goes without saying. */
  readonly caseText: string;
}

const MOST_ROWS = 12;

/** undefined where no case has a value. @param most rows, and more where the verdict turns at more of them */
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
  const rows = telling(claim, all, most, isOrdered);
  const left = leftText(all, rows, isOrdered);
  const { suffix, own } = axis ? withoutSuffix(rows) : { suffix: '', own: rows };
  const named = axis?.title ?? 'step';
  const unit = unitOf(named, suffix);
  const title = unit === '' ? named : `${named}, ${unit}`;
  const caseText = caseTextOf(claim, valued);
  return {
    title,
    suffix,
    areSteps: axis === undefined,
    isOrdered,
    places,
    rows: own,
    left,
    caseText,
  };
}

/** Kinds of steps that lead from one image of a series to the next. */
const FROM_IMAGE_TO_IMAGE = ['update', 'release', 'version'];

function caseTextOf({ axes }: ToldClaim, verdicts: readonly ToldVerdict[]): string {
  const kinds = [...new Set(verdicts.map(({ kind }) => kind))];
  const areSteps = kinds.every((kind) => FROM_IMAGE_TO_IMAGE.includes(kind));
  const named = axes.filter(
    (axis) => axis.name !== SERIES_NAME && valuesOf(verdicts, axis).length > 1,
  );
  if (named.length === 0) return areSteps ? 'A case is a step from image to image.' : '';
  const what = areSteps ? 'step (from image to image)' : kinds.join(' or ');
  const titles = named.map(({ title }) => title.replace(/^the /, ''));
  return `Cases differ in ${listWords([what, ...titles])}.`;
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
  // Not every place has several series: its cases would be in no row.
  return preferred.find((axis) => axis.name !== SERIES_NAME && valuesOf(verdicts, axis).length > 1);
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
  const known = cases.filter(({ value }) => hasValue(value));
  if (known.length === 0) return undefined;
  const values = known.map(({ value }) => value!);
  const middle = median(values)!;
  const countOf = (wanted: CaseSide): number =>
    known.filter((one) => sideOf({ ...one, bar }) === wanted).length;
  return {
    least: Math.min(...values),
    median: middle,
    most: Math.max(...values),
    met: countOf('met'),
    close: countOf('close'),
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

/** `ms`, where the title `the cost of a request` has the rest of `ms a request`. */
function unitOf(title: string, suffix: string): string {
  const words = suffix.split(' ');
  const own = words.findIndex((_, index) => title.endsWith(words.slice(index).join(' ')));
  return words.slice(0, own < 0 ? words.length : own).join(' ');
}

/** Which rows are shown, and what the others come to. */
function leftText(all: readonly Row[], shown: readonly Row[], isOrdered: boolean): string {
  const others = all.filter((row) => !shown.includes(row));
  if (others.length === 0) return '';
  const spreads = others.flatMap((row) => row.spreads.flatMap((one) => one ?? []));
  const sum = (of: (spread: Spread) => number): number =>
    spreads.reduce((total, spread) => total + of(spread), 0);
  const met = sum((one) => one.met);
  const close = sum((one) => one.close);
  const not = sum((one) => one.count) - met - close;
  const which = isOrdered ? 'with those at the bar' : 'nearest on each side';
  return `${shown.length} of ${all.length} rows, ${which}; left out: ${met}/${close}/${not}`;
}

/** A row in one place. */
interface Placed {
  readonly row: number;
  readonly spread: Spread;
}

/**
 * Rows that show where the verdict turns, in their order: in each place the nearest to the bar on either side of it, and along
 * numbers both rows at each turn, which are the ends of what is alike between them. These are shown even beyond `most`, up to
 * {@link MOST_ROWS}; then the ends of the axis, and rows between, or those next nearest to the bar.
 */
function telling(
  { bar }: ToldClaim,
  rows: readonly Row[],
  most: number,
  isOrdered: boolean,
): readonly Row[] {
  if (rows.length <= most) return rows;
  const places = (rows[0]?.spreads ?? []).map((_, place) =>
    rows.flatMap(({ spreads }, row): readonly Placed[] => {
      const spread = spreads[place];
      return spread ? [{ row, spread }] : [];
    }),
  );
  const distance = ({ spread }: Placed): number =>
    Math.abs(distanceOf({ value: spread.median, bar })!);
  const near = places.map((own) =>
    nearestOfEachSide(own, { side: ({ spread }) => spread.side, distance }),
  );
  const kept = new Set<number>();
  const keep = (some: readonly number[], limit: number): void => {
    for (const row of some) if (kept.size < limit) kept.add(row);
  };
  keep(
    near.flatMap((own) => own.slice(0, sidesOf(own).size).map(({ row }) => row)),
    MOST_ROWS,
  );
  if (isOrdered) {
    for (const classOf of [sideOfMedian, sideOfAll]) {
      const turns = places.flatMap((own) => turnsOf(own, classOf));
      keep(
        turns.toSorted((a, b) => distance(a) - distance(b)).map(({ row }) => row),
        MOST_ROWS,
      );
    }
    keep([0, rows.length - 1], most);
    while (kept.size < most) kept.add(farthest(rows.length, kept));
  } else {
    const others = near.flat().toSorted((a, b) => distance(a) - distance(b));
    keep(
      others.map(({ row }) => row),
      most,
    );
  }
  return rows.filter((_, row) => kept.has(row));
}

function sidesOf(placed: readonly Placed[]): ReadonlySet<string> {
  return new Set(placed.map(sideOfMedian));
}

function sideOfMedian({ spread }: Placed): string {
  return spread.side;
}

/** Whether all of its cases are met, some, or none. */
function sideOfAll({ spread: { met, count } }: Placed): string {
  if (met === 0) return 'none';
  return met === count ? 'all' : 'some';
}

/** Both neighbours wherever one is of another class than the one before it. */
function turnsOf(placed: readonly Placed[], classOf: (one: Placed) => string): readonly Placed[] {
  return placed.flatMap((one, index) => {
    const before = placed[index - 1];
    return before && classOf(before) !== classOf(one) ? [before, one] : [];
  });
}

/** The row farthest from those that are kept; the first of several. */
function farthest(count: number, kept: ReadonlySet<number>): number {
  const gap = (row: number): number => Math.min(...[...kept].map((own) => Math.abs(own - row)));
  const all = Array.from({ length: count }, (_, row) => row);
  return all.reduce((best, row) => (gap(row) > gap(best) ? row : best));
}

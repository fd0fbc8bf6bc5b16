import type { TopLevelSpec } from 'vega-lite';
import { median } from '../../stats/mod.ts';
import { acrossText } from '../../verdicts/across.ts';
import { type ClaimBar, sideOf } from '../../verdicts/case.ts';
import { axisUnit, type Chart, DECIMAL, inOrder, spread } from '../charts/chart.ts';
import { theme } from '../charts/theme.ts';
import { printable, short } from '../escape.ts';
import { wrap } from '../explained/labels.ts';
import type { ClaimRowsOf, Spread } from './rows.ts';
import {
  acrossOf,
  placeOf,
  sentence,
  shortDataset,
  type ToldClaim,
  type ToldVerdict,
  valueText,
} from './told.ts';

/** What the rows of a claim's table hold, with the bar drawn in it. */

const MARKS: readonly (readonly [side: string, colour: string, shape: string])[] = [
  ['met', '#009e73', 'circle'],
  ['not met', '#d55e00', 'cross'],
  ['too close', '#808080', 'square'],
];
/** A scale is logarithmic where its values differ by more than this. */
const WIDE = 5;
const LONGEST_LABEL = 34;
/** Letters of a line of the subtitle, as wide as two panels. */
const LINE = 90;
/** Pixels. */
const PANEL = { alone: 420, few: 250, many: 190 } as const;

export function claimChart(
  claim: ToldClaim,
  verdicts: readonly ToldVerdict[],
  told: ClaimRowsOf,
): Chart {
  const { id, name, bar } = claim;
  const { title, areSteps, places, rows, left } = told;
  const drawn = areSteps
    ? everyStep(claim, verdicts)
    : rows.flatMap(({ label, spreads }) =>
        spreads.flatMap((one, place) => (one ? [{ label, one, place: places[place]!.name }] : [])),
      );
  const scale = scaleOf(
    drawn.flatMap(({ one }) => [one.least, one.most]),
    bar,
  );
  const data = drawn.map(({ label, one, place }) => ({
    row: short(label, LONGEST_LABEL),
    place,
    least: scale.of(one.least),
    median: scale.of(one.median),
    most: scale.of(one.most),
    side: one.side === 'close' ? 'too close' : one.side,
    description: printable(`${[label, place].filter(Boolean).join(', ')}: ${spreadText(one, bar)}`),
  }));
  const y = {
    field: 'row',
    type: 'nominal',
    ...inOrder([...new Set(data.map(({ row }) => row))]),
    title: areSteps ? null : title.replace(/^the /, ''),
  };
  const width = areSteps ? PANEL.alone : places.length > 2 ? PANEL.many : PANEL.few;
  const panel = panelOf(bar, scale, y, { width, marks: areSteps ? 'each step' : 'median' });
  const barText = `${bar.side} ${valueText(bar.value, bar)}`;
  return {
    name: `claim-${id.toLowerCase()}`,
    title: `${id} ${name}`,
    question: `${id}: which cases lie on which side of the bar?`,
    caption: `${areSteps ? 'Every step' : 'Median of the cases of a row, with a line from the least to the greatest'}; the dashed line is the bar (${barText}), and within the grey band a case is too close to it.${areSteps || left === '' ? '' : ` Shown: ${left}.`}`,
    spec: {
      title: {
        text: `${id} ${name}`,
        subtitle: [
          acrossText(acrossOf(verdicts)),
          ...quantityOf(claim),
          `Bar, dashed: ${barText}; grey: too close${areSteps ? '' : '; line: least to most'}`,
          [...new Set(verdicts.map(shortDataset))].join(', '),
        ].flatMap((text) => wrap(text, LINE)),
      },
      description: printable(claim.statement),
      data: { values: data },
      ...(areSteps ? panel : facetOf(panel, places)),
      config: theme,
    } as unknown as TopLevelSpec,
  };
}

/** What its values are of, without the bar. */
function quantityOf({ compared }: ToldClaim): readonly string[] {
  const [, quantity] = /^(.+?),? (?:at most|at least|above) [\d−]/.exec(compared) ?? [];
  return quantity === undefined ? [] : [sentence(quantity).slice(0, -1)];
}

function facetOf(panel: object, places: ClaimRowsOf['places']): object {
  return {
    facet: { field: 'place', type: 'nominal', sort: places.map((one) => one.name), title: null },
    columns: places.length,
    spacing: 18,
    spec: panel,
  };
}

/** Cases that differ in the step alone: a strip for each place, with all of them. */
function everyStep(
  { bar }: ToldClaim,
  verdicts: readonly ToldVerdict[],
): readonly { readonly label: string; readonly one: Spread; readonly place: string }[] {
  return verdicts.flatMap((verdict) =>
    verdict.cases.flatMap((own) => {
      const { value } = own;
      if (value === undefined || !Number.isFinite(value)) return [];
      const side = sideOf({ ...own, bar });
      const [met, close] = [side === 'met' ? 1 : 0, side === 'close' ? 1 : 0];
      const one = { least: value, median: value, most: value, met, close, count: 1, side };
      return [{ label: placeOf(verdict), one, place: '' }];
    }),
  );
}

function spreadText({ least, median, most, met, count }: Spread, bar: ClaimBar): string {
  const [low, middle, high] = [least, median, most].map((value) => valueText(value, bar));
  const ends = low === high ? '' : `, from ${low} to ${high}`;
  return `${middle}${ends}; ${met} of ${count} met`;
}

interface ValueScale {
  /** A value in the unit of the axis. */
  of(value: number): number;
  readonly unit: string;
  readonly scale: object;
  readonly ticks: readonly number[] | undefined;
}

/** One axis for all panels, with the bar on it. */
function scaleOf(values: readonly number[], bar: ClaimBar): ValueScale {
  const [low, high] = [bar.value - bar.resolution, bar.value + bar.resolution];
  const all = [...values, bar.value, high, ...(low > 0 ? [low] : [])];
  const { factor, unit } = unitOf(all, bar);
  const shown = all.map((value) => value / factor);
  const isWide = Math.min(...shown) > 0 && Math.max(...shown) > WIDE * Math.min(...shown);
  const { scale, values: ticks } = isWide
    ? spread(shown)
    : aroundZero(shown, { bar: bar.value / factor, constant: bar.resolution / factor });
  const lowest = Math.min(...shown);
  // A logarithmic scale has no place for what lies below its first tick.
  const of = (value: number): number =>
    isWide ? Math.max(value / factor, lowest / 2) : value / factor;
  return { of, unit, scale, ticks };
}

/** Where zero lies among values, a few great ones would press all others against the bar: decades on both sides of it then. */
function aroundZero(
  shown: readonly number[],
  { bar, constant }: { readonly bar: number; readonly constant: number },
): { readonly scale: object; readonly values: readonly number[] | undefined } {
  const [least, most] = [Math.min(...shown), Math.max(...shown)];
  const usual = Math.max(median(shown.map(Math.abs))!, Math.abs(bar));
  if (constant <= 0 || Math.max(most, -least) <= WIDE * usual) {
    return { scale: { zero: false, nice: true, padding: 10 }, values: undefined };
  }
  const first = Math.ceil(Math.log10(constant));
  const last = Math.ceil(Math.log10(Math.max(most, -least)));
  const decades = Array.from(
    { length: Math.max(last - first + 1, 1) },
    (_, at) => 10 ** (first + at),
  );
  const all = [...decades.map((one) => -one), 0, ...decades].toSorted((a, b) => a - b);
  const ends = [
    all.findLast((one) => one <= least) ?? least,
    all.find((one) => one >= most) ?? most,
  ] as const;
  return {
    scale: { type: 'symlog', constant, domain: ends, nice: false },
    values: all.filter((one) => one >= ends[0] && one <= ends[1]),
  };
}

function unitOf(
  values: readonly number[],
  { unit }: ClaimBar,
): { readonly factor: number; readonly unit: string } {
  if (unit === 'bytes') {
    const { bytes, name } = axisUnit(values.map(Math.abs));
    return { factor: bytes, unit: name };
  }
  if (unit === 'share') return { factor: 0.01, unit: '%' };
  return { factor: 1, unit };
}

/** Once a panel, and not for each of its rows. */
const ONCE = { data: { values: [{}] } } as const;

function panelOf(
  bar: ClaimBar,
  { of, unit, scale, ticks }: ValueScale,
  y: object,
  { width, marks }: { readonly width: number; readonly marks: string },
): object {
  const x = (field: string): object => ({
    field,
    type: 'quantitative',
    title: unit,
    scale,
    axis: { format: DECIMAL, grid: true, tickCount: 5, ...(ticks ? { values: ticks } : {}) },
  });
  const [low, high] = [bar.value - bar.resolution, bar.value + bar.resolution];
  const side = {
    field: 'side',
    type: 'nominal',
    title: marks,
    sort: null,
  };
  return {
    width,
    height: { step: 18 },
    encoding: { y },
    layer: [
      {
        ...ONCE,
        mark: { type: 'rect', color: 'currentColor', opacity: 0.12, aria: false },
        encoding: { x: { datum: of(low), scale }, x2: { datum: of(high) }, y: null },
      },
      {
        ...ONCE,
        mark: {
          type: 'rule',
          strokeDash: [5, 3],
          strokeWidth: 1.5,
          color: 'currentColor',
          aria: false,
        },
        encoding: { x: { datum: of(bar.value), scale }, y: null },
      },
      {
        mark: { type: 'rule', color: 'currentColor', opacity: 0.55, aria: false },
        encoding: { x: x('least'), x2: { field: 'most' } },
      },
      {
        mark: { type: 'point', filled: true, size: 60, opacity: 1 },
        encoding: {
          x: x('median'),
          color: {
            ...side,
            scale: { domain: MARKS.map(([one]) => one), range: MARKS.map(([, colour]) => colour) },
          },
          shape: {
            ...side,
            scale: { domain: MARKS.map(([one]) => one), range: MARKS.map(([, , shape]) => shape) },
          },
          description: { field: 'description', type: 'nominal' },
        },
      },
    ],
  };
}

import { formatBinary, formatNumber, formatValue, MISSING, plural } from '../../format.ts';
import {
  type Case,
  type Figure,
  type FigureUnit,
  NO_STEP,
  type PlainFinding,
} from '../../results/verdict.ts';
import { type CaseSide, sideOf } from '../../verdicts/case.ts';
import { short } from '../escape.ts';
import { labelModels } from '../models.ts';
import { nearestOfEachSide } from '../nearest.ts';
import type { View } from '../view.ts';
import { number, text } from './cells.ts';
import type { Cell, Table } from './table.ts';

/**
 * What an answer rests on: the cases that its verdicts were made from, and the figures that its sentences sum up.
 * @param most rows of one finding at most: the cases nearest to their bars, the first figures
 */
export function answerTables(
  view: View,
  most: number = Number.POSITIVE_INFINITY,
): readonly Table[] {
  return [caseTable(view, most), figureTable(view, most)].filter(({ rows }) => rows.length > 0);
}

function caseTable(view: View, most: number): Table {
  const describe = describer(view);
  const findings = findingsOf(view);
  const shown = findings.map(({ cases }) => nearest(cases, most));
  const left = leftOut(
    findings.map(({ cases }) => cases.length),
    shown.map(({ length }) => length),
  );
  return {
    id: 'cases',
    title: 'Cases',
    note: `What each verdict was made from: a value, and the bar it is held against. A claim is confirmed where every case is met, refuted where none is; a case within the resolution of its bar is too close (METHODS.md, Claims).${left}`,
    columns: [
      { title: 'Claim', wide: true },
      number('Case'),
      { title: 'Step' },
      { title: 'At', wide: true },
      number('Value'),
      number('Bar'),
      { title: 'Met' },
    ],
    rows: findings.flatMap((finding, place) =>
      shown[place]!.map(([position, one]): readonly Cell[] => [
        nameCell(finding, place),
        { text: String(position), sort: position },
        ...describe(one),
        figureCell(one.value, one.unit, one.bar),
        barCell(one),
        text(MET[sideOfCase(one)]),
      ]),
    ),
  };
}

function figureTable(view: View, most: number): Table {
  const describe = describer(view);
  const findings = findingsOf(view);
  const shown = findings.map(({ figures }) => figures.slice(0, most));
  const left = leftOut(
    findings.map(({ figures }) => figures.length),
    shown.map(({ length }) => length),
  );
  return {
    id: 'figures',
    title: 'Figures',
    note: `What the findings above sum up.${left}`,
    columns: [
      { title: 'Finding', wide: true },
      { title: 'Step' },
      { title: 'Figure', wide: true },
      number('Value'),
    ],
    rows: findings.flatMap((finding, place) =>
      shown[place]!.map((one) => [
        nameCell(finding, place),
        ...describe(one),
        figureCell(one.value, one.unit),
      ]),
    ),
  };
}

/** Characters; the whole statement stands above the table. */
const LONGEST_CLAIM = 70;

function findingsOf({ verdict }: View): readonly PlainFinding[] {
  return verdict?.findings ?? [];
}

/** From the bar, as a share of it: bytes and ratios compare. */
function distanceOf({ value, bar }: Case): number {
  if (value === undefined) return Number.POSITIVE_INFINITY;
  return Math.abs(value - bar) / (Math.abs(bar) || 1);
}

/** Up to so many rows, in order: those where the least would change the verdict, on both sides of the bar. */
function nearest(
  cases: readonly Case[],
  most: number,
): readonly (readonly [position: number, one: Case])[] {
  const numbered = cases.map((one, index) => [index + 1, one] as const);
  return nearestOfEachSide(numbered, {
    side: ([, one]) => sideOfCase(one),
    distance: ([, one]) => distanceOf(one),
  })
    .slice(0, most)
    .toSorted(([a], [b]) => a - b);
}

function sideOfCase({ value, unit, side, bar, resolution }: Case): CaseSide {
  return sideOf({ value, bar: { unit, side, value: bar, resolution } });
}

function leftOut(all: readonly number[], shown: readonly number[]): string {
  const missing = all.reduce((sum, count, place) => sum + count - shown[place]!, 0);
  if (missing === 0) return '';
  return ` Left out here: ${plural(missing, 'row')}, of cases those farthest from the bar; verdict.json and the page have all.`;
}

/** The number of the finding and its claim, short of conditions: `2 C16 one blob by ranges transfers …`. */
function nameCell({ statement = '', text: words }: PlainFinding, place: number): Cell {
  const claim = short(statement.replace(/ \([^()]*\)/g, ''), LONGEST_CLAIM);
  const name = [place + 1, claim].filter(Boolean).join(' ');
  return { text: name, sort: place, hint: statement || words };
}

type Describer = (figure: Figure) => readonly [step: Cell, conditions: Cell];

function describer({ info }: View): Describer {
  const links = info.links.map(({ id, title }) => [id, title] as const);
  const labels = new Map([...labelModels(info.models), ...links]);
  const places = new Map(info.images.map(({ id }, place) => [id, place]));
  return ({ step, parameters }) => {
    const conditions = Object.entries(parameters).map(([name, value]) => {
      const shown = labels.get(String(value)) ?? String(value);
      return name === 'of' ? shown : `${name} ${shown}`;
    });
    return [
      { text: step === NO_STEP ? MISSING : step, sort: places.get(step) ?? places.size },
      text(conditions.join(', ')),
    ];
  };
}

function barCell({ side, bar, value = bar, unit }: Case): Cell {
  return { text: `${side} ${printed(bar, unit, value)}`, sort: bar };
}

function figureCell(value: number | undefined, unit: FigureUnit, beside = value): Cell {
  return value === undefined
    ? text(MISSING)
    : { text: printed(value, unit, beside ?? value), sort: value };
}

/** As a figure of its unit, with as many decimals as tell it from the one beside it. */
function printed(value: number, unit: FigureUnit, beside: number): string {
  const mark = MARKS[unit] ?? '';
  const [own, other] = [value, beside].map((one) =>
    unit === 'KiB' ? formatBinary(1024 * one) : `${formatValue(one, unit)}${mark}`,
  );
  if (value === beside || own !== other) return own!;
  if (unit === 'bytes') return `${formatNumber(value)} B`;
  const factor = unit === 'share' ? 100 : 1;
  const digits = [1, 2, 3, 4, 5].find(
    (count) => formatNumber(factor * value, count) !== formatNumber(factor * beside, count),
  );
  return `${formatNumber(factor * value, digits ?? 6)}${unit === 'share' ? ' %' : mark}`;
}

/** Units of one column differ here, so those that a figure does not have by itself are told. */
const MARKS: Partial<Readonly<Record<FigureUnit, string>>> = {
  ms: ' ms',
  ratio: ' ×',
  'MB/s': ' MB/s',
};

const MET: Readonly<Record<CaseSide, string>> = {
  met: 'yes',
  'not met': 'no',
  close: 'too close',
  open: 'undecided',
};

import { DRAWN_KINDS, decadeOf } from '../../src/datasets/edits/mod.ts';
import { formatBytes, formatNumber, MISSING, plural } from '../../src/format.ts';
import type { Image } from '../../src/images/image.ts';
import { FACTORS, type Pulled } from '../../src/measures/avalanche.ts';
import type { Progress } from '../../src/progress.ts';
import type { View } from '../../src/report/mod.ts';
import { drawsOf } from '../../src/runs/drawn-edits.ts';
import { defined, type Maybe } from '../../src/stats/mod.ts';
import { type Figure, type Finding, remark } from '../verdict.ts';
import {
  type Asked,
  type Column,
  Columns,
  columnsOf,
  digits,
  headingOf,
  parametersOf,
  type Row,
} from './columns.ts';
import {
  type Distribution,
  distributionOf,
  distributionsIn,
  figuresOf,
  rangeOfMedians,
} from './distribution.ts';

/** Bytes pulled ÷ bytes that changed, of draws. */

interface Told {
  readonly unit: 'ratio' | 'bytes';
  readonly title: string;
  of(pulled: Pulled, changes: Pulled): Maybe;
}

/** What is told of each draw, as of a declared edit; the first is the headline. */
const TOLD: Readonly<Record<string, Told>> = {
  'avalanche.factor': {
    unit: 'ratio',
    title: 'Bytes pulled ÷ bytes changed.',
    of: FACTORS['avalanche.factor'],
  },
  'avalanche.content_factor': {
    unit: 'ratio',
    title: 'Content pulled ÷ content changed.',
    of: FACTORS['avalanche.content_factor'],
  },
  'avalanche.metadata_factor': {
    unit: 'ratio',
    title: 'Metadata pulled ÷ metadata changed.',
    of: FACTORS['avalanche.metadata_factor'],
  },
  'transfer.content_bytes': {
    unit: 'bytes',
    title:
      'Content pulled, also where no content changed. Of a layer it is what the registry stores more.',
    of: ({ contentBytes }) => contentBytes,
  },
};

export interface Factors {
  readonly draws: number;
  readonly findings: readonly Finding[];
  /** By kind. */
  readonly rows: ReadonlyMap<string, readonly Row[]>;
}

/** Measures draws of all kinds. */
export async function factorsOf(
  image: Image,
  asked: readonly Asked[],
  progress: Progress,
): Promise<Factors> {
  const most = Math.max(...asked.map(({ draws }) => draws));
  progress.more(DRAWN_KINDS.length * most);
  const columns = await Columns.of(image, columnsOf(asked));
  const findings: Finding[] = [];
  const rows = new Map<string, readonly Row[]>();
  let count = 0;
  for (const [place, kind] of DRAWN_KINDS.entries()) {
    const drawn: Row[] = [];
    for (const [number, draw] of drawsOf(kind, place, most).entries()) {
      const one = await columns.draw(draw, number);
      if (one) drawn.push(one);
      progress.step(kind);
    }
    count += drawn.length;
    rows.set(kind, drawn);
    const { id } = image.descriptor;
    findings.push(
      drawn.length === 0
        ? remark(`${kind}: ${id} has nothing to draw it from.`)
        : findingOf(kind, plural(drawn.length, 'draw'), drawn, id),
    );
  }
  return { draws: count, findings, rows };
}

/** @param said how many there are, in words */
export function findingOf(kind: string, said: string, rows: readonly Row[], step: string): Finding {
  const figures: Figure[] = [];
  const medians: (readonly [string, Distribution])[] = [];
  for (const column of columnsIn(rows)) {
    const own = rows.filter(({ pulled }) => pulled.has(column));
    for (const [measure, { unit, of }] of Object.entries(TOLD)) {
      const values = own.map(({ pulled, changes }) => of(pulled.get(column)!, changes));
      const distribution = distributionOf(defined(values));
      if (!distribution) continue;
      const at = { of: measure, edit: kind, ...parametersOf(column) };
      figures.push(...figuresOf(step, at, distribution, unit));
      if (measure !== 'avalanche.factor') continue;
      const fewer = own.length < rows.length ? `, the first ${own.length}` : '';
      medians.push([`${headingOf(parametersOf(column))}${fewer}`, distribution]);
    }
  }
  const different = new Set(rows.map(({ name }) => name)).size;
  const fewer = different < rows.length ? `, ${formatNumber(different)} of them different` : '';
  const what = `${kind}, ${said}${fewer}${sizesText(rows)}`;
  const range = medians.length > 0 ? rangeOfMedians(medians, digits) : MISSING;
  return remark(
    `${what}: bytes pulled ÷ bytes changed, medians of the models from ${range}.`,
    figures,
  );
}

/** Of how many lengths the files are, where each row is of one. */
function sizesText(rows: readonly Row[]): string {
  const sizes = defined(rows.map(({ fileBytes }) => fileBytes));
  if (sizes.length < rows.length || sizes.length === 0) return '';
  const decades = new Set(sizes.map(decadeOf)).size;
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)].map(formatBytes);
  const range = least === most ? least : `${least} to ${most}`;
  return `, files of ${range} in ${plural(decades, 'decade')}`;
}

function columnsIn(rows: readonly Row[]): readonly Column[] {
  return [...new Set(rows.flatMap(({ pulled }) => [...pulled.keys()]))];
}

export function shownAs(unit: Told['unit']): (distribution: Distribution) => string {
  const print = unit === 'bytes' ? formatBytes : digits;
  return ({ median, p5, p95, worst }) => {
    const [middle, low, high, most] = [median, p5, p95, worst].map(print);
    return `${middle} (${low} to ${high}; ${most})`;
  };
}

/** One table a measure: rows are kinds, columns models. */
export function factorTables({ verdict }: View): readonly string[] {
  const figures = (verdict?.observed ?? []).flatMap((finding) => finding.figures);
  const found = distributionsIn(figures.filter(({ parameters }) => parameters['edit']));
  return Object.entries(TOLD).flatMap(([measure, { unit, title }]) => {
    const own = found.filter(([{ of }]) => of === measure);
    if (own.length === 0) return [];
    return [
      `## \`${measure}\``,
      `${title} Median (5th to 95th percentile; worst) of n draws.`,
      tableOf('edit', own, ({ edit }) => String(edit), shownAs(unit)),
    ];
  });
}

/** Rows by what names them, columns by model and form. */
export function tableOf(
  head: string,
  found: ReturnType<typeof distributionsIn>,
  rowOf: (parameters: Figure['parameters']) => string,
  show: (distribution: Distribution) => string,
): string {
  const rows = new Set(found.map(([parameters]) => rowOf(parameters)));
  const headings = [...new Set(found.map(([parameters]) => headingOf(parameters)))];
  const cell = (row: string, heading: string): string => {
    const one = found.find(([own]) => rowOf(own) === row && headingOf(own) === heading);
    return one ? `${show(one[1])}, n ${one[1].n}` : MISSING;
  };
  return [
    `| ${head} | ${headings.join(' | ')} |`,
    `| --- | ${headings.map(() => '--:').join(' | ')} |`,
    ...[...rows].map(
      (row) => `| ${row} | ${headings.map((name) => cell(row, name)).join(' | ')} |`,
    ),
  ].join('\n');
}

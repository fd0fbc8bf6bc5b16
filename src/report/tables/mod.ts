import { withoutVainSums } from '../sums.ts';
import type { View } from '../view.ts';
import { alignmentTable } from './alignment.ts';
import { editTable } from './edits.ts';
import { fidelityTable, imageTable, layerTable, modelTable } from './facts.ts';
import { lazyStartTable } from './lazy-start.ts';
import { reproducibilityTable, throughputTable } from './machine.ts';
import { otherTable, watched } from './other.ts';
import { parallelCutsTable } from './parallel-cuts.ts';
import { parallelismTable } from './parallelism.ts';
import { parametersTable } from './parameters.ts';
import { producersTable } from './producers.ts';
import { publishedTable } from './published.ts';
import { growthTable, seriesTable } from './series.ts';
import { pairTable, sidesTable } from './sides.ts';
import { speedTable } from './speed.ts';
import { stepTable } from './steps.ts';
import type { Table } from './table.ts';
import { timeModelTable } from './time-model.ts';
import { linkTable, transferTable } from './transfer.ts';
import { transparencyTable, unaccountedTable } from './transparency.ts';

export { missingTable } from './facts.ts';
export type { Cell, Column, Table } from './table.ts';

/** The tables of a report that have rows. */
export function makeTables(run: View): readonly Table[] {
  const view = withoutVainSums(run);
  const own = makers.map((make) => {
    const { view: seen, asked } = watched(view);
    return { table: make(seen), asked };
  });
  const drawn = own.filter(({ table }) => table.rows.length > 0);
  const shown = new Set(drawn.flatMap(({ asked }) => [...asked]));
  const other = otherTable(view, shown);
  return [...drawn.map(({ table }) => table), ...(other.rows.length > 0 ? [other] : [])];
}

/** What one experiment measures for, and no other run has. */
const ANSWERS: ReadonlySet<string> = new Set([
  'producers',
  'transparency',
  'unaccounted',
  'lazy-start',
  'parallel-cuts',
  'speed',
  'time-model',
]);

/** The tables of a report: those that are the answer of its experiment, to stand right after the findings, and the others. */
export function dividedTables(view: View): {
  readonly answering: readonly Table[];
  readonly others: readonly Table[];
} {
  const isAnswer = ({ id }: Table): boolean => view.verdict !== undefined && ANSWERS.has(id);
  const tables = makeTables(view);
  return {
    answering: tables.filter(isAnswer),
    others: tables.filter((table) => !isAnswer(table)),
  };
}

const makers: readonly ((view: View) => Table)[] = [
  seriesTable,
  stepTable,
  editTable,
  publishedTable,
  transferTable,
  pairTable,
  parametersTable,
  alignmentTable,
  sidesTable,
  growthTable,
  linkTable,
  lazyStartTable,
  transparencyTable,
  unaccountedTable,
  timeModelTable,
  throughputTable,
  parallelismTable,
  parallelCutsTable,
  speedTable,
  reproducibilityTable,
  producersTable,
  fidelityTable,
  modelTable,
  imageTable,
  layerTable,
];

import type { View } from '../view.ts';
import { fidelityTable, imageTable, modelTable } from './facts.ts';
import { reproducibilityTable, throughputTable } from './machine.ts';
import { publishedTable } from './published.ts';
import { growthTable, seriesTable } from './series.ts';
import { pairTable, sidesTable } from './sides.ts';
import { speedTable } from './speed.ts';
import type { Table } from './table.ts';
import { timeModelTable } from './time-model.ts';
import { linkTable, transferTable } from './transfer.ts';

export { missingTable } from './facts.ts';
export type { Cell, Column, Table } from './table.ts';

/** The tables of a report that have rows. */
export function makeTables(view: View): readonly Table[] {
  return [
    seriesTable(view),
    publishedTable(view),
    transferTable(view),
    pairTable(view),
    sidesTable(view),
    growthTable(view),
    linkTable(view),
    timeModelTable(view),
    throughputTable(view),
    speedTable(view),
    reproducibilityTable(view),
    fidelityTable(view),
    modelTable(view),
    imageTable(view),
  ].filter(({ rows }) => rows.length > 0);
}

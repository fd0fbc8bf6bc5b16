import Papa from 'papaparse';
import type { Io } from './command.ts';

/** Rows of a table for another program: CSV with a row of names, or a JSON object a line. */
export function printRows(
  io: Io,
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
  isJson: boolean,
): void {
  if (!isJson) {
    io.out(`${Papa.unparse({ fields: [...columns], data: [...rows] }, { newline: '\n' })}\n`);
    return;
  }
  for (const row of rows) {
    io.out(`${JSON.stringify(Object.fromEntries(columns.map((name, at) => [name, row[at]])))}\n`);
  }
}

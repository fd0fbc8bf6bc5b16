import { readRun } from '../results/read.ts';
import { createView, summaryCsv, summaryMarkdown, summaryRows } from './mod.ts';

/**
 * A run for another program: `csv` one row per image × model, `md` the summary with its tables, `json` the run, those rows and
 * every record. Throws an InputError or a StorageError.
 * @param note told where the records are not those of the run
 */
export async function exportRun(
  directory: string,
  format: 'csv' | 'md' | 'json',
  note: (text: string) => void = () => {},
): Promise<string> {
  const { info, records, verdict, damage, warnings } = await readRun(directory);
  if (damage !== undefined) note(damage);
  const view = createView(info, records, verdict);
  if (format === 'csv') return summaryCsv(view);
  if (format === 'md') return summaryMarkdown(view, warnings);
  const document = { run: info, warnings, verdict, rows: summaryRows(view), records };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

import { readRun } from '../results/read.ts';
import { drawCharts } from './charts/mod.ts';
import { issueMarkdown } from './claims/issue.ts';
import { latexTables } from './latex.ts';
import { createView, summaryCsv, summaryMarkdown, summaryRows } from './mod.ts';

/** What a run is handed out as. */
export type ExportFormat = 'csv' | 'md' | 'json' | 'latex' | 'vega' | 'issue';

export const EXPORT_FORMATS: readonly { readonly name: ExportFormat }[] = [
  { name: 'csv' },
  { name: 'md' },
  { name: 'json' },
  { name: 'latex' },
  { name: 'vega' },
  { name: 'issue' },
];

/**
 * A run for another program: `csv` one row per image × model, `md` the summary with its tables, `json` the run, those rows and
 * every record, `latex` tables with captions, `vega` the Vega-Lite specification of every chart by its name, `issue` at most 2 kB of Markdown to paste. Throws an InputError or a StorageError.
 * @param note told where the records are not those of the run
 */
export async function exportRun(
  directory: string,
  format: ExportFormat,
  note: (text: string) => void = () => {},
): Promise<string> {
  const { info, records, verdict, damage, warnings } = await readRun(directory);
  if (damage !== undefined) note(damage);
  const view = createView(info, records, verdict);
  if (format === 'csv') return summaryCsv(view);
  if (format === 'md') return summaryMarkdown(view, warnings);
  if (format === 'issue') return issueMarkdown(view);
  if (format === 'latex') return latexTables(view);
  if (format === 'vega') {
    const specs = drawCharts(view).map(({ name, spec }) => [name, spec]);
    return `${JSON.stringify(Object.fromEntries(specs), undefined, 1)}\n`;
  }
  const document = { run: info, warnings, verdict, rows: summaryRows(view), records };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

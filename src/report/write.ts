import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { storageError } from '../errors.ts';
import { makeDirectories } from '../make-directories.ts';
import { readRun } from '../results/read.ts';
import { writeWhole } from '../write-whole.ts';
import { drawCharts } from './charts/mod.ts';
import { summaryMarkdown } from './markdown.ts';
import { type Drawing, makePage } from './page.ts';
import { renderSvg } from './render.ts';
import { summaryCsv } from './summary.ts';
import { createView } from './view.ts';

/**
 * Writes `report.html`, `charts/*.svg`, `summary.csv` and `summary.md` into the run's directory, each complete or not at all.
 * Returns their paths. The same run gives the same bytes. Throws an InputError or a StorageError.
 */
export async function writeReport(directory: string): Promise<string[]> {
  const { info, records, verdict, warnings } = await readRun(directory);
  const view = createView(info, records, verdict);
  const drawings: Drawing[] = [];
  for (const chart of drawCharts(view)) drawings.push({ chart, svg: await renderSvg(chart) });

  const folder = join(directory, 'charts');
  prepare(folder);
  const files: [path: string, text: string][] = [
    [join(directory, 'report.html'), makePage(view, drawings, warnings)],
    ...drawings.map(({ chart, svg }): [string, string] => [
      join(folder, `${chart.name}.svg`),
      standalone(svg),
    ]),
    [join(directory, 'summary.csv'), summaryCsv(view)],
    [join(directory, 'summary.md'), summaryMarkdown(view, warnings)],
  ];
  for (const [path, text] of files) writeWhole(path, text);
  return files.map(([path]) => path);
}

/** Charts of an earlier report that this one has no data for would be taken for current. */
function prepare(folder: string): void {
  try {
    makeDirectories(folder);
    for (const name of readdirSync(folder)) if (name.endsWith('.svg')) rmSync(join(folder, name));
  } catch (error) {
    throw storageError(error, folder);
  }
}

/** By itself a drawing has a white ground and black ink; in the page it takes those of the page. */
function standalone(svg: string): string {
  return svg.replace('<svg ', '<svg style="background:#fff;color:#000" ');
}

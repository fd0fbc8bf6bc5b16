import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type PluginError, reasonOf, storageError } from '../errors.ts';
import { NewDirectory } from '../new-directory.ts';
import { readRun } from '../results/read.ts';
import { sweepTemporary, writeTogether } from '../write-whole.ts';
import { chartFault } from './charts/added.ts';
import { drawCharts } from './charts/mod.ts';
import { summaryMarkdown } from './markdown.ts';
import { type Drawing, makePage } from './page.ts';
import { renderSvg } from './render.ts';
import { summaryCsv } from './summary.ts';
import { createView, type View } from './view.ts';

/**
 * Writes `report.html`, `charts/*.svg`, `summary.csv` and `summary.md` into the run's directory, each complete or not at all.
 * Returns their paths. The same run gives the same bytes. Throws an InputError or a StorageError.
 * @param note told where the records are not those of the run
 */
export async function writeReport(
  directory: string,
  note: (text: string) => void = () => {},
): Promise<string[]> {
  const { info, records, verdict, damage, warnings: known } = await readRun(directory);
  if (damage !== undefined) note(damage);
  const view = createView(info, records, verdict);
  const warnings = [...known];
  const drawings = await draw(view, (error) => warnings.push(error.toString()));

  const folder = join(directory, 'charts');
  const files: [path: string, text: string][] = [
    [join(directory, 'report.html'), makePage(view, drawings, warnings)],
    ...drawings.map(({ chart, svg }): [string, string] => [
      join(folder, `${chart.name}.svg`),
      standalone(svg),
    ]),
    [join(directory, 'summary.csv'), summaryCsv(view)],
    [join(directory, 'summary.md'), summaryMarkdown(view, warnings)],
  ];
  const made = new NewDirectory(folder);
  try {
    writeTogether(files);
    made.finish();
  } catch (error) {
    made.remove();
    throw error;
  }
  const paths = files.map(([path]) => path);
  removeOthers(folder, paths);
  // Of an answer that is no more, or not of these records.
  if (!verdict) rmSync(join(directory, 'verdict.md'), { force: true });
  for (const place of [directory, folder]) sweepTemporary(place);
  return paths;
}

/** A chart of a plug-in that cannot be drawn costs itself. */
async function draw(view: View, failed: (error: PluginError) => void): Promise<readonly Drawing[]> {
  const drawings: Drawing[] = [];
  for (const chart of drawCharts(view, failed)) {
    try {
      drawings.push({ chart, svg: await renderSvg(chart) });
    } catch (cause) {
      if (chart.plugin === undefined) throw cause;
      failed(chartFault(chart.plugin, `${chart.name}: ${reasonOf(cause)}`, cause));
    }
  }
  return drawings;
}

/** Charts of an earlier report that this one has no data for would be taken for current. */
function removeOthers(folder: string, current: readonly string[]): void {
  try {
    for (const path of readdirSync(folder).map((name) => join(folder, name))) {
      if (path.endsWith('.svg') && !current.includes(path)) rmSync(path);
    }
  } catch (error) {
    throw storageError(error, folder);
  }
}

/** By itself a drawing has a white ground and black ink; in the page it takes those of the page. */
function standalone(svg: string): string {
  return svg.replace('<svg ', '<svg style="background:#fff;color:#000" ');
}

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type PluginError, reasonOf, storageError } from '../errors.ts';
import { type Run, readRun } from '../results/read.ts';
import { sweepTemporary, writeInto } from '../write-whole.ts';
import { chartFault } from './charts/added.ts';
import { type Chart, drawCharts } from './charts/mod.ts';
import type { ClaimJudge } from './claims/page.ts';
import { drawClaims } from './claims/section.ts';
import { drawKept } from './explained/drawings.ts';
import { type Drawing, standalone } from './figure.ts';
import { summaryMarkdown } from './markdown.ts';
import { makePage } from './page.ts';
import { renderSvg } from './render.ts';
import { summaryCsv } from './summary.ts';
import { createView, type View } from './view.ts';

const SCHEMA = 'https://vega.github.io/schema/vega-lite/v6.json';

/**
 * Writes `report.html`, `charts/*.svg`, `charts/*.vl.json`, `summary.csv` and `summary.md` into the run's directory, each complete or not at all.
 * Returns their paths. The same run gives the same bytes. Throws an InputError or a StorageError.
 * @param note told where the records are not those of the run
 * @param judge what the records say of claims; none are told where it is absent
 */
export async function writeReport(
  directory: string,
  note: (text: string) => void = () => {},
  judge: ClaimJudge = judgeNone,
): Promise<string[]> {
  const run = await readRun(directory);
  if (run.damage !== undefined) note(run.damage);
  const files = (await filesOf(run, directory, judge)).map(
    ([name, text]) => [join(directory, name), text] as const,
  );
  const folder = join(directory, 'charts');
  writeInto(folder, files);
  const paths = files.map(([path]) => path);
  removeOthers(folder, paths);
  // Of an answer that is no more, or not of these records.
  if (!run.verdict) rmSync(join(directory, 'verdict.md'), { force: true });
  for (const place of [directory, folder]) sweepTemporary(place);
  return paths;
}

/**
 * The files of a report: names below its directory, and texts.
 * @param directory of the run: it may keep an explanation
 */
export async function filesOf(
  run: Run,
  directory: string,
  judge: ClaimJudge = judgeNone,
): Promise<readonly (readonly [name: string, text: string])[]> {
  const { info, records, verdict, warnings: known } = run;
  const view = createView(info, records, verdict);
  const warnings = [...known];
  const drawings = await draw(view, (error) => warnings.push(error.toString()));
  const explained = await drawKept(directory, view, (text) => warnings.push(text));
  const claims = await drawClaims(await judge(run));
  return [
    ['report.html', makePage(view, drawings, warnings, { explained, claims })],
    ...[...drawings, ...(explained?.drawings ?? []), ...claims.drawings].flatMap(
      ({ chart, svg }) =>
        [
          [`charts/${chart.name}.svg`, standalone(svg)],
          [`charts/${chart.name}.vl.json`, specification(chart)],
        ] as const,
    ),
    ['summary.csv', summaryCsv(view)],
    ['summary.md', summaryMarkdown(view, warnings)],
  ];
}

async function judgeNone(): Promise<readonly []> {
  return [];
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
      if (/\.(svg|vl\.json)$/.test(path) && !current.includes(path)) rmSync(path);
    }
  } catch (error) {
    throw storageError(error, folder);
  }
}

/** For an editor of Vega-Lite, or a paper. */
export function specification({ spec }: Chart): string {
  return `${JSON.stringify({ $schema: SCHEMA, ...spec }, undefined, 1)}\n`;
}

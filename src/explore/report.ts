import { join } from 'node:path';
import type { Dataset } from '../datasets/mod.ts';
import { plural } from '../format.ts';
import { METHOD } from '../method.ts';
import { projectPackage } from '../project.ts';
import { escapeHtml, escapeMarkdown } from '../report/escape.ts';
import { type Drawing, figure } from '../report/figure.ts';
import { htmlTable } from '../report/html-table.ts';
import { tableMarkdown } from '../report/markdown.ts';
import { facts, framed, htmlPage, type Section } from '../report/page-frame.ts';
import { renderSvg } from '../report/render.ts';
import type { Table } from '../report/tables/table.ts';
import { checkShared, type NamedFile } from '../targets.ts';
import { writeInto } from '../write-whole.ts';
import type { KindAnalysis } from './analysis.ts';
import { frontChart } from './chart.ts';
import type { Exploration } from './measure.ts';
import { plainExploration } from './plain.ts';
import type { Response } from './responses.ts';
import { shortLevel } from './short.ts';
import { AXES, type Space, type SpaceModel, variedAxes } from './space.ts';
import { kindTables, missingTables, whichSteps } from './tables.ts';

export interface ExploreReport {
  readonly dataset: Dataset;
  readonly images: readonly string[];
  readonly space: Space;
  readonly exploration: Exploration;
  readonly analyses: readonly KindAnalysis[];
  /** k where about 1/2^k of the contents were compressed; exact where absent. */
  readonly estimate?: number | undefined;
  /** Repeats it. */
  readonly command: string;
}

const HEADING = 'Design space on: ';
const PAGE = 'ocibench design space';

/** Throws where the report could not be written into a directory, or would replace what somebody else wrote. */
export function checkReportPlace(directory: string): void {
  const file = (name: string, sign: RegExp): NamedFile => ({ path: join(directory, name), sign });
  checkShared(directory, [
    file('explore.html', new RegExp(`<title>.*${PAGE}</title>`)),
    file('explore.md', new RegExp(`^# ${HEADING}`)),
    file('explore.json', /^\{"ocibench":/),
  ]);
}

/**
 * Writes `explore.html`, `explore.md` and `explore.json`, each complete or not at all, and returns their paths. The same
 * figures give the same bytes. Throws as {@link checkReportPlace}.
 */
export async function writeExploreReport(
  directory: string,
  report: ExploreReport,
): Promise<readonly string[]> {
  const drawings = new Map<KindAnalysis, Drawing>();
  for (const analysis of report.analyses) {
    const chart = frontChart(analysis);
    if (chart) drawings.set(analysis, { chart, svg: await renderSvg(chart) });
  }
  const failed = [...report.exploration.explored.values()].filter(({ error }) => error);
  const missing = missingTables(report.space, failed);
  const files: readonly [path: string, text: string][] = [
    [join(directory, 'explore.html'), page(report, drawings, missing)],
    [join(directory, 'explore.md'), markdown(report, missing)],
    [join(directory, 'explore.json'), `${JSON.stringify(plainExploration(report))}\n`],
  ];
  checkReportPlace(directory);
  writeInto(directory, files);
  return files.map(([path]) => path);
}

function heading({ dataset, estimate }: ExploreReport): string {
  return `${HEADING}${dataset.title}${estimate === undefined ? '' : ' (estimates)'}`;
}

type Told = readonly (readonly [title: string, text: string])[];

function identity(report: ExploreReport): Told {
  const { dataset, images, space, exploration, analyses, estimate } = report;
  const models = space.models.filter(({ isInGrid }) => isInGrid);
  const grid = models.length;
  const beside = space.models.length - grid;
  const alike = fixedLevels(models);
  const failed = [...exploration.explored.values()].filter(({ error }) => error).length;
  return [
    ['Dataset', `${dataset.id}, ${dataset.digest}`],
    ['Images', images.join(', ')],
    [
      'Measures',
      (analyses[0]?.responses ?? []).map(({ response }) => toldMeasure(response)).join('; '),
    ],
    ['Steps', exploration.steps.map(({ image, kind }) => `${image}: ${kind}`).join(', ')],
    ['Grid', space.grids.join('  ')],
    ...(alike === '' ? [] : [['One level', `${alike}: no effect of these can be told`] as const]),
    ['Chains', `${grid} of the grid, ${plural(beside, 'preset')} beside it, ${failed} failed`],
    ...(estimate === undefined
      ? []
      : [
          [
            'Estimates',
            `about 1 of ${2 ** estimate} contents was compressed: values marked ≈, ± their 95 % interval; ratios and shares of variance are of estimates`,
          ] as const,
        ]),
    ...(space.misfits.length === 0
      ? []
      : [['Left out', `${plural(space.misfits.length, 'combination')} that do not fit`] as const]),
    [
      'Method',
      `version ${METHOD} (METHODS.md, Design spaces), ocibench ${projectPackage().version}`,
    ],
  ];
}

/** `stored.bytes (Bytes …: what the step adds)`: columns have the id alone. */
function toldMeasure({ id, title }: Response): string {
  return `${id} (${title})`;
}

/** `codec zstd:3, packer blob`: what all chains have alike. */
function fixedLevels(models: readonly SpaceModel[]): string {
  const varied = variedAxes(models);
  return AXES.map((name, axis) => [name, axis] as const)
    .filter(([, axis]) => !varied.includes(axis))
    .map(([name, axis]) => `${name} ${shortLevel(axis, models[0]!.levels[axis]!)}`)
    .join(', ');
}

function page(
  report: ExploreReport,
  drawings: ReadonlyMap<KindAnalysis, Drawing>,
  missing: readonly Table[],
): string {
  const sections = report.analyses.map((analysis): Section => {
    const drawing = drawings.get(analysis);
    const parts = [drawing ? figure(drawing) : '', ...kindTables(analysis).map(htmlTable)];
    return [analysis.id, whichSteps(analysis), parts.join('\n')];
  });
  return htmlPage(
    `${report.dataset.title} · ${PAGE}`,
    framed(heading(report), facts(identity(report)), [
      ...sections,
      ['missing', 'Not compared', missing.map(htmlTable).join('\n')],
      ['reproduce', 'Reproduce', `<pre>${escapeHtml(report.command)}</pre>`],
    ]),
  );
}

function markdown(report: ExploreReport, missing: readonly Table[]): string {
  const parts = [
    `# ${escapeMarkdown(heading(report))}`,
    identity(report)
      .map(([title, text]) => `- ${title}: ${escapeMarkdown(text)}`)
      .join('\n'),
    ...report.analyses.flatMap(kindTables).map(tableMarkdown),
    ...missing.map(tableMarkdown),
    `## Reproduce\n\n    ${report.command}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

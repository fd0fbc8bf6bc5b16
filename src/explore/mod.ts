import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { FetchContext } from '../datasets/provider.ts';
import { UsageError } from '../errors.ts';
import { plural } from '../format.ts';
import type { Progress } from '../progress.ts';
import { analyse } from './analysis.ts';
import { type ExplorePlan, measureSpace } from './measure.ts';
import { checkReportPlace, writeExploreReport } from './report.ts';
import type { Response } from './responses.ts';

export type { ExplorePlan } from './measure.ts';
export { checkReportPlace } from './report.ts';
export { readResponses } from './responses.ts';
export { readSpace } from './space.ts';

export interface Explore extends ExplorePlan {
  readonly responses: readonly Response[];
  /** Where the report is written; default below `reports/`. */
  readonly directory?: string | undefined;
  /** Repeats it. */
  readonly command: string;
}

export interface ExploreOutcome {
  /** Chains that failed. */
  readonly failures: number;
  /** Paths of the report. */
  readonly files: readonly string[];
}

/** Measures a design space and writes what it says. What was measured before, by whichever run, is used again. */
export async function explore(
  order: Explore,
  context: FetchContext,
  progress: Progress,
): Promise<ExploreOutcome> {
  const directory = resolve(order.directory ?? defaultDirectory(order));
  checkReportPlace(directory);
  if (order.images.length < 2) {
    throw new UsageError('one image is no series to explore', {}, 'name two images or more');
  }
  const exploration = await measureSpace(order, context, progress);
  const { space, responses, images, dataset, command, estimate } = order;
  const analyses = analyse(space.models, exploration, responses, images);
  const report = { dataset, images, space, exploration, analyses, estimate, command };
  const files = await writeExploreReport(directory, report);
  const failed = [...exploration.explored.values()].filter(({ error }) => error !== undefined);
  for (const { model, error } of failed.slice(0, MOST_NOTED)) progress.note(`${model}: ${error}`);
  if (space.misfits.length > 0) {
    progress.note(`${plural(space.misfits.length, 'combination')} do not fit: see the report`);
  }
  return { failures: failed.length, files };
}

/** Failed chains that are told at the end; the report has more. */
const MOST_NOTED = 10;

function defaultDirectory({ dataset, images, space, responses, estimate }: Explore): string {
  const identity = [dataset.digest, images, space.grids, responses.map(({ id }) => id), estimate];
  const digest = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 8);
  return join('reports', `explore-${dataset.id}-${digest}`);
}

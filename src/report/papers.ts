import { listWords, plural } from '../format.ts';
import { readRun } from '../results/read.ts';
import { type Chart, drawCharts } from './charts/mod.ts';
import { forPaper } from './charts/paper.ts';
import { short } from './escape.ts';
import { standalone } from './figure.ts';
import { recordsParquet } from './parquet.ts';
import { renderSvg } from './render.ts';
import { countSteps } from './steps.ts';
import { createView, type View } from './view.ts';
import { specification } from './write.ts';

/** What a run is handed out as in files of their own: drawings beside their captions, and records in columns. */

/** Looks of a drawing. */
export const CHART_THEMES: readonly { readonly name: 'page' | 'paper' }[] = [
  { name: 'page' },
  { name: 'paper' },
];

export type ChartTheme = (typeof CHART_THEMES)[number]['name'];

/**
 * `NAME.svg`, `NAME.vl.json` and `NAME.txt`, its caption, of every chart that a run has data for: names of files, and texts.
 * Throws an InputError or a StorageError.
 * @param note told where the records are not those of the run
 */
export async function chartFiles(
  directory: string,
  theme: ChartTheme,
  note: (text: string) => void = () => {},
): Promise<readonly (readonly [name: string, text: string])[]> {
  const { info, records, verdict, damage } = await readRun(directory);
  if (damage !== undefined) note(damage);
  const view = createView(info, records, verdict);
  const files: (readonly [string, string])[] = [];
  for (const drawn of drawCharts(view)) {
    const chart = theme === 'paper' ? forPaper(drawn) : drawn;
    files.push(
      [`${chart.name}.svg`, standalone(await renderSvg(chart))],
      [`${chart.name}.vl.json`, specification(chart)],
      [`${chart.name}.txt`, captionOf(chart, view)],
    );
  }
  return files;
}

/** What is shown with its unit, of which dataset, and how much of it there is. */
export function captionOf({ title, question, caption }: Chart, { info, steps }: View): string {
  const { dataset, method, images, models } = info;
  const digest = dataset.digest.replace('sha256:', '').slice(0, 12);
  const counted = listWords([plural(images.length, 'image'), ...countSteps(steps)]);
  return `${title}. ${question} ${caption} Dataset ${short(dataset.id, 40)} (sha256 ${digest}…), method ${method}; n: ${counted}, ${plural(models.length, 'model')}.\n`;
}

/** As {@link recordsParquet}, of a run directory. Throws an InputError or a StorageError. */
export async function exportParquet(
  directory: string,
  note: (text: string) => void = () => {},
): Promise<Uint8Array> {
  const { info, records, damage } = await readRun(directory);
  if (damage !== undefined) note(damage);
  return recordsParquet(info, records);
}

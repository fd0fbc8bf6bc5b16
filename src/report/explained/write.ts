import { join } from 'node:path';
import type { Explanation } from '../../attribution/explanation.ts';
import { keptOf } from '../../attribution/kept.ts';
import { writeInto } from '../../write-whole.ts';
import { escapeHtml as html } from '../escape.ts';
import { standalone } from '../figure.ts';
import { htmlPage } from '../page-frame.ts';
import { drawExplained } from './drawings.ts';
import { explainedSection } from './section.ts';

/**
 * Writes an explanation into a new directory: `explained.html`, its pictures, and `explained.json` with every path, each
 * complete or not at all. Returns their paths. Throws a StorageError.
 *
 * @param directory checked by `checkNewDirectory` before
 */
export async function writeExplained(
  explanation: Explanation,
  directory: string,
): Promise<readonly string[]> {
  const explained = await drawExplained(keptOf(explanation));
  const title = `What the bytes of ${explanation.image} are for`;
  const page = htmlPage(
    `${title} · ocibench`,
    `<header>\n<h1>${html(title)}</h1>\n</header>\n<section>\n${explainedSection(explained)}\n</section>`,
  );
  const files: readonly [path: string, text: string][] = [
    [join(directory, 'explained.html'), page],
    [join(directory, 'explained.json'), `${JSON.stringify(explanation)}\n`],
    ...explained.drawings.map(({ chart, svg }): [string, string] => [
      join(directory, `${chart.name}.svg`),
      standalone(svg),
    ]),
  ];
  writeInto(directory, files);
  return files.map(([path]) => path);
}

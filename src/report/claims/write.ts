import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeInto } from '../../write-whole.ts';
import { standalone } from '../figure.ts';
import { claimMarkdown } from './markdown.ts';
import type { ClaimPage } from './page.ts';
import { drawClaims } from './section.ts';

/**
 * Writes `README.md`, an index of all pages there, and for each claim `c08.md` with its chart beside it; what else lies in the directory stays.
 * Returns their paths, the index first. Throws a StorageError.
 */
export async function writeClaimPages(
  directory: string,
  pages: readonly ClaimPage[],
): Promise<readonly string[]> {
  const { drawings } = await drawClaims(pages);
  const files: readonly [path: string, text: string][] = [
    [join(directory, 'README.md'), indexMarkdown(directory, pages)],
    ...pages.map(entryOf).map(([file, text]): [string, string] => [join(directory, file), text]),
    ...drawings.map(({ chart, svg }): [string, string] => [
      join(directory, `${chart.name}.svg`),
      standalone(svg),
    ]),
  ];
  writeInto(directory, files);
  return files.map(([path]) => path);
}

function fileOf({ id }: ClaimPage): string {
  return `${id.toLowerCase()}.md`;
}

/** Of the pages that are there, and of these; a page says of itself what the index does. */
function indexMarkdown(directory: string, pages: readonly ClaimPage[]): string {
  const texts = new Map([...pagesIn(directory), ...pages.map(entryOf)]);
  const rows = [...texts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, text]) => {
      const title = /^# (.*)$/m.exec(text)?.[1] ?? file;
      const statement = /^\*\*(.*)\*\*$/m.exec(text)?.[1] ?? '';
      const verdicts = [...text.matchAll(/^- \*\*(.*?)\*\*/gm)].map(([, lead]) => lead);
      return `| [${title}](${file}) | ${statement} | ${verdicts.join('<br>')} |`;
    });
  return `${['# Claims of the design debate', '', '| claim | statement | verdict |', '| --- | --- | --- |', ...rows].join('\n')}\n`;
}

function entryOf(page: ClaimPage): readonly [file: string, text: string] {
  return [fileOf(page), claimMarkdown(page)];
}

function pagesIn(directory: string): readonly (readonly [file: string, text: string])[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => /^[ct]\d\d.*\.md$/.test(name))
    .map((name) => [name, readFileSync(join(directory, name), 'utf8')]);
}

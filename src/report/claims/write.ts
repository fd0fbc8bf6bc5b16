import { join } from 'node:path';
import { NewDirectory } from '../../new-directory.ts';
import { writeTogether } from '../../write-whole.ts';
import { escapeMarkdown as md } from '../escape.ts';
import { standalone } from '../figure.ts';
import { claimMarkdown } from './markdown.ts';
import type { ClaimPage } from './page.ts';
import { drawClaims } from './section.ts';

/**
 * Writes `README.md`, an index, and for each claim `c08.md` with its chart beside it; what else lies in the directory stays.
 * Returns their paths, the index first. Throws a StorageError.
 */
export async function writeClaimPages(
  directory: string,
  pages: readonly ClaimPage[],
): Promise<readonly string[]> {
  const { drawings } = await drawClaims(pages);
  const files: readonly [path: string, text: string][] = [
    [join(directory, 'README.md'), indexMarkdown(pages)],
    ...pages.map((page): [string, string] => [join(directory, fileOf(page)), claimMarkdown(page)]),
    ...drawings.map(({ chart, svg }): [string, string] => [
      join(directory, `${chart.name}.svg`),
      standalone(svg),
    ]),
  ];
  const made = new NewDirectory(directory);
  try {
    writeTogether(files);
    made.finish();
  } catch (error) {
    made.remove();
    throw error;
  }
  return files.map(([path]) => path);
}

function fileOf({ id }: ClaimPage): string {
  return `${id.toLowerCase()}.md`;
}

function indexMarkdown(pages: readonly ClaimPage[]): string {
  const rows = pages.map((page) => {
    const verdicts = page.verdicts.map(({ lead }) => md(lead)).join('<br>');
    return `| [${md(page.title)}](${fileOf(page)}) | ${md(page.statement)} | ${verdicts} |`;
  });
  return `${['# Claims of the design debate', '', '| claim | statement | verdict |', '| --- | --- | --- |', ...rows].join('\n')}\n`;
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitForLock } from '../../locks.ts';
import { NewDirectory } from '../../new-directory.ts';
import { checkShared, type NamedFile } from '../../targets.ts';
import { writeTogether } from '../../write-whole.ts';
import { type Drawing, STANDALONE, standalone } from '../figure.ts';
import { claimMarkdown } from './markdown.ts';
import type { ClaimPage } from './page.ts';
import { drawClaims } from './section.ts';

const INDEX = 'README.md';
const LOCK = 'claims.lock';
const TITLE = '# Claims of the design debate';
const INTRODUCTION =
  'A claim is judged case by case against a bar. METHODS.md (Claims) has the bars with their reasons, and what each verdict means: *too close*, *depends on*, *mostly met*.';

/** Throws where {@link writeClaimPages} could not write pages of these claims, or would replace what somebody else wrote. */
export function checkClaimPages(directory: string, ids: readonly string[]): void {
  const file = (name: string, sign: RegExp): NamedFile => ({ path: join(directory, name), sign });
  checkShared(directory, [
    file(INDEX, new RegExp(`^${TITLE}\n`)),
    ...ids.flatMap((id) => [
      file(fileOf({ id }), new RegExp(`^# ${id} `)),
      file(`${chartName(id)}.svg`, STANDALONE),
    ]),
  ]);
}

/**
 * Writes `README.md`, an index of all pages there, and for each claim `c08.md` with its chart beside it; what else lies in the directory stays.
 * Returns their paths, the index first. Throws as {@link checkClaimPages}.
 */
export async function writeClaimPages(
  directory: string,
  pages: readonly ClaimPage[],
): Promise<readonly string[]> {
  const { drawings } = await drawClaims(pages);
  checkClaimPages(
    directory,
    pages.map(({ id }) => id),
  );
  const made = new NewDirectory(directory);
  try {
    // Who writes other pages there meanwhile would lose them from the index.
    const lock = waitForLock(join(directory, LOCK), { does: 'is writing pages of claims' });
    try {
      return writePages(directory, pages, drawings);
    } finally {
      lock.release();
    }
  } catch (error) {
    made.remove();
    throw error;
  } finally {
    made.finish();
  }
}

function writePages(
  directory: string,
  pages: readonly ClaimPage[],
  drawings: readonly Drawing[],
): readonly string[] {
  const files: readonly [path: string, text: string][] = [
    [join(directory, INDEX), indexMarkdown(directory, pages)],
    ...pages.map(entryOf).map(([file, text]): [string, string] => [join(directory, file), text]),
    ...drawings.map(({ chart, svg }): [string, string] => [
      join(directory, `${chart.name}.svg`),
      standalone(svg),
    ]),
  ];
  writeTogether(files);
  return files.map(([path]) => path);
}

/** As its chart is called. */
function chartName(id: string): string {
  return `claim-${id.toLowerCase()}`;
}

function fileOf({ id }: Pick<ClaimPage, 'id'>): string {
  return `${id.toLowerCase()}.md`;
}

/** Of the pages that are there, and of these; a page says of itself what the index does. */
function indexMarkdown(directory: string, pages: readonly ClaimPage[]): string {
  const texts = new Map([...pagesIn(directory), ...pages.map(entryOf)]);
  const rows = [...texts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, text]) => {
      const title = /^# (.*)$/m.exec(text)?.[1] ?? file;
      const statement = /^\*\*(?:Claim: )?(.*)\*\*$/m.exec(text)?.[1] ?? '';
      const verdicts = [...text.matchAll(/^- \*\*(.*?)\*\*/gm)].map(([, lead]) => lead);
      return `| [${title}](${file}) | ${statement} | ${verdicts.join('<br>')} |`;
    });
  return `${[TITLE, '', INTRODUCTION, '', '| claim | statement | verdict |', '| --- | --- | --- |', ...rows].join('\n')}\n`;
}

function entryOf(page: ClaimPage): readonly [file: string, text: string] {
  return [fileOf(page), claimMarkdown(page)];
}

function pagesIn(directory: string): readonly (readonly [file: string, text: string])[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => /^[ct]\d\d.*\.md$/.test(name))
    .map((name) => [name, readFileSync(join(directory, name), 'utf8')] as const)
    .filter(([, text]) => /^# [CT]\d\d/.test(text));
}

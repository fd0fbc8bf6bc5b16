import { readFileSync } from 'node:fs';
import { basename, join, resolve, sep } from 'node:path';
import { BenchError, UsageError } from '../errors.ts';
import { plural } from '../format.ts';
import { NewDirectory } from '../new-directory.ts';
import { identityDigest } from '../results/identity.ts';
import { checkMeasured, type Run, readRun } from '../results/read.ts';
import type { RunInfo } from '../results/run.ts';
import { writeTogether } from '../write-whole.ts';
import type { ClaimJudge, ClaimPage } from './claims/page.ts';
import { escapeHtml as html } from './escape.ts';
import { labelModels } from './models.ts';
import { framed, htmlPage, type Section } from './page-frame.ts';
import { filesOf } from './write.ts';

/** Reports of several runs behind one index, as files: links are relative, so that a file server or a disk will do. */

/** A run with its place in the site. */
interface Leaf {
  readonly run: Run;
  readonly directory: string;
  /** Folder below the site. */
  readonly name: string;
}

/** As the index names it. */
interface TitledLeaf extends Leaf {
  readonly title: string;
}

/** A run that has no report in the site. */
interface Unread {
  readonly directory: string;
  readonly error: BenchError;
}

/** What was written. */
export interface Site {
  /** Path of the index. */
  readonly index: string;
  /** How many of the directories hold no run that can be shown: the index names them. */
  readonly unread: number;
}

/**
 * Writes the reports of runs below a new directory, each with its records, and an index by dataset, claim, chunker and model.
 * A directory without a run that can be read is noted and named in the index. A run repeated on
 * another machine or day has a folder of its own; the first that is named keeps the plain name. Throws a UsageError where one run is named twice,
 * a StorageError, and what is wrong with the first directory where there is no other.
 */
export async function writeSite(
  site: string,
  directories: readonly string[],
  note: (text: string) => void = () => {},
  judge?: ClaimJudge,
): Promise<Site> {
  const leaves: Leaf[] = [];
  const unread: Unread[] = [];
  for (const directory of directories) {
    let run: Run;
    try {
      checkMeasured(directory);
      run = await readRun(directory);
    } catch (error) {
      if (!(error instanceof BenchError)) throw error;
      unread.push({ directory, error });
      continue;
    }
    if (run.damage !== undefined) note(`${directory}: ${run.damage}`);
    const twin = leaves.find((leaf) => isSameRun(leaf.run.info, run.info));
    if (twin) {
      throw new UsageError(
        `${twin.directory} and ${directory} hold the same run`,
        {},
        'leave one of them out',
      );
    }
    const name = folderOf(run.info);
    const isTaken = leaves.some((leaf) => leaf.name === name);
    leaves.push({ run, directory, name: isTaken ? `${name}-${momentOf(run.info)}` : name });
  }
  if (leaves.length === 0 && unread[0]) throw unread[0].error;
  const pages = new Map<Run, readonly ClaimPage[]>();
  for (const { run } of leaves) pages.set(run, (await judge?.(run)) ?? []);
  const judged: ClaimJudge = async (run) => pages.get(run)!;
  for (const { directory, error } of unread) note(`${directory} is left out: ${String(error)}`);
  const made = new NewDirectory(site);
  try {
    for (const leaf of leaves) await writeLeaf(site, leaf, judged);
    const index = join(site, 'index.html');
    writeTogether([[index, indexPage(titled(leaves), unread, pages)]]);
    made.finish();
    return { index, unread: unread.length };
  } catch (error) {
    made.remove();
    throw error;
  }
}

async function writeLeaf(
  site: string,
  { run, directory, name }: Leaf,
  judge: ClaimJudge,
): Promise<void> {
  const folder = join(site, name);
  const made = new NewDirectory(join(folder, 'charts'));
  try {
    const files = await filesOf(run, directory, judge);
    const own = ['run.json', 'records.jsonl'].map(
      (file) => [file, readFileSync(join(directory, file))] as const,
    );
    writeTogether([...files, ...own].map(([file, content]) => [join(folder, file), content]));
    made.finish();
  } catch (error) {
    made.remove();
    throw error;
  }
}

/** Characters: with the moment of a run, file systems take it. */
const LONGEST_NAME = 150;

/** `chunk-size-debian-updates-1f2e3d4c`: what runs are called by default. */
function folderOf(info: RunInfo): string {
  const { experiment, dataset } = info;
  const name = [experiment, dataset.id, identityDigest(info)].filter(Boolean).join('-');
  // Both are read from a file of whoever made the run: no name of theirs leads out of the site, is hidden, or is too long.
  return name
    .replaceAll(/[^\w.-]/g, '_')
    .slice(-LONGEST_NAME)
    .replace(/^\.+/, '_');
}

/** What was asked for, and when: the same on another machine or day is another run. */
function isSameRun(one: RunInfo, other: RunInfo): boolean {
  const told = (info: RunInfo): string =>
    [info.experiment, info.dataset.id, identityDigest(info), info.startedAt].join('\n');
  return told(one) === told(other);
}

/** `20261201T174012345Z`: when a run began. */
function momentOf({ startedAt }: RunInfo): string {
  return startedAt.replaceAll(/[^\dTZ]/g, '');
}

function indexPage(
  leaves: readonly TitledLeaf[],
  unread: readonly Unread[],
  pages: ReadonlyMap<Run, readonly ClaimPage[]>,
): string {
  const sections: readonly (readonly [
    id: string,
    title: string,
    of: (leaf: TitledLeaf) => readonly string[],
  ])[] = [
    ['datasets', 'Datasets', ({ run }) => [run.info.dataset.id]],
    ['claims', 'Claims', ({ run }) => claimsOf(run, pages.get(run)!)],
    ['chunkers', 'Chunkers', ({ run }) => chunkersOf(run.info)],
    ['models', 'Models', ({ run }) => namedModels(run.info)],
  ];
  const parts = sections
    .map(([id, title, of]) => [id, title, groupedBy(leaves, of)] as const)
    .filter(([, , groups]) => groups.length > 0);
  const table = `<div class="wide"><table><thead><tr>${HEADS.map((title) => `<th scope="col"><span>${title}</span></th>`).join('')}</tr></thead>
<tbody>
${leaves.map(rowOf).join('\n')}
</tbody></table></div>`;
  return htmlPage(
    'ocibench reports',
    framed(`Container image formats: ${plural(leaves.length, 'run')}`, '', [
      ['runs', 'Runs', table],
      ...(unread.length === 0 ? [] : [leftOut(unread)]),
      ...parts.map(([id, title, groups]): Section => [id, title, listOf(groups)]),
    ]),
  );
}

const HEADS = ['Run', 'Dataset', 'Images', 'Models', 'Date', 'Machine'];

type Group = readonly [name: string, leaves: readonly TitledLeaf[]];

function groupedBy(
  leaves: readonly TitledLeaf[],
  of: (leaf: TitledLeaf) => readonly string[],
): readonly Group[] {
  const groups = new Map<string, TitledLeaf[]>();
  for (const leaf of leaves) {
    for (const name of new Set(of(leaf))) groups.set(name, [...(groups.get(name) ?? []), leaf]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

function listOf(groups: readonly Group[]): string {
  const items = groups.map(
    ([name, leaves]) => `<li>${html(name)}: ${leaves.map(linkTo).join(' · ')}</li>`,
  );
  return `<ul>\n${items.join('\n')}\n</ul>`;
}

function linkTo({ name, title }: TitledLeaf): string {
  return `<a href="${html(encodeURIComponent(name))}/report.html">${html(title)}</a>`;
}

/** Each by what its run asks; where several ask the same, also by dataset; then by date and machine. */
function titled(leaves: readonly Leaf[]): readonly TitledLeaf[] {
  const all = leaves.map((leaf) => ({ leaf, titles: titlesOf(leaf) }));
  return all.map(({ leaf, titles }) => {
    const isItsOwn = (title: string, place: number): boolean =>
      all.filter((other) => other.titles[place] === title).length === 1;
    return { ...leaf, title: titles.find(isItsOwn) ?? titles.at(-1)! };
  });
}

function titlesOf({ run: { info, verdict } }: Leaf): readonly string[] {
  const { dataset, environment, experiment, startedAt } = info;
  const title = verdict?.title ?? experiment ?? dataset.title;
  return [
    title,
    `${title} (${dataset.id})`,
    `${title} (${dataset.id}, ${startedAt}, ${environment.processor})`,
  ];
}

function leftOut(unread: readonly Unread[]): Section {
  // The page may be published: where the runs lie on this disk is nobody's business.
  const partsOf = (directory: string): readonly string[] => resolve(directory).split(sep).slice(-2);
  const items = unread.map(({ directory, error: { message, where } }) => {
    const own = partsOf(directory).at(-1)!;
    // Two of one name are told by the folder that they are in, and by no more of the path.
    const alike = unread.filter((other) => partsOf(other.directory).at(-1) === own);
    const name = alike.length > 1 ? partsOf(directory).join('/') : own;
    const file = where.file === undefined ? '' : ` (${basename(where.file)})`;
    return `<li>${html(`${name}${file}: ${message.replaceAll(directory, name)}`)}</li>`;
  });
  return ['left-out', 'Left out: no run that can be read', `<ul>\n${items.join('\n')}\n</ul>`];
}

function rowOf(leaf: TitledLeaf): string {
  const { info, damage } = leaf.run;
  const { dataset, images, models, startedAt, environment } = info;
  const cells = [
    damage === undefined ? linkTo(leaf) : `${linkTo(leaf)}<br>${html(damage)}`,
    html(`${dataset.id}, ${dataset.digest.slice(0, 19)}…`),
    String(images.length),
    String(models.length),
    `<time>${html(startedAt.slice(0, 10))}</time>`,
    html(`${environment.processor}, ${plural(environment.cores, 'core')}, ${environment.runtime}`),
  ];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

/** With the word of the verdict: `C08 without compression …: depends on the cost of a request`. */
function claimsOf({ verdict }: Run, pages: readonly ClaimPage[]): readonly string[] {
  if (!verdict) return pages.map(({ id, statement }) => `${id} ${statement.replace(/\.$/, '')}`);
  return (verdict?.findings ?? []).flatMap(({ statement, verdict: word }) =>
    statement === undefined || word === undefined ? [] : [`${statement}: ${word}`],
  );
}

function chunkersOf({ models }: RunInfo): readonly string[] {
  return models.flatMap(({ id }) => {
    const chunker = id.split('|')[1];
    return chunker === undefined ? [] : [chunker.split(':')[0]!];
  });
}

function namedModels(info: RunInfo): readonly string[] {
  const labels = labelModels(info.models);
  return info.models
    .filter(({ alias, id }) => alias !== undefined || !id.includes('|'))
    .map(({ id }) => labels.get(id)!);
}

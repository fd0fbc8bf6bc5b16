import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../errors.ts';
import { plural } from '../format.ts';
import { NewDirectory } from '../new-directory.ts';
import { identityDigest } from '../results/identity.ts';
import { type Run, readRun } from '../results/read.ts';
import type { RunInfo } from '../results/run.ts';
import { writeTogether } from '../write-whole.ts';
import type { ClaimJudge } from './claims/page.ts';
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

/**
 * Writes the reports of runs below a new directory, each with its records, and an index by dataset, claim, chunker and model.
 * Returns the path of the index. Throws a UsageError where a run is named twice, an InputError or a StorageError.
 */
export async function writeSite(
  site: string,
  directories: readonly string[],
  note: (text: string) => void = () => {},
  judge?: ClaimJudge,
): Promise<string> {
  const leaves: Leaf[] = [];
  for (const directory of directories) {
    const run = await readRun(directory);
    if (run.damage !== undefined) note(`${directory}: ${run.damage}`);
    const name = folderOf(run.info);
    const twin = leaves.find((leaf) => leaf.name === name);
    if (twin) {
      throw new UsageError(
        `${twin.directory} and ${directory} are runs of the same`,
        {},
        'leave one of them out',
      );
    }
    leaves.push({ run, directory, name });
  }
  const made = new NewDirectory(site);
  try {
    for (const leaf of leaves) await writeLeaf(site, leaf, judge);
    const path = join(site, 'index.html');
    writeTogether([[path, indexPage(leaves)]]);
    made.finish();
    return path;
  } catch (error) {
    made.remove();
    throw error;
  }
}

async function writeLeaf(
  site: string,
  { run, directory, name }: Leaf,
  judge: ClaimJudge | undefined,
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

/** `chunk-size-debian-updates-1f2e3d4c`: what runs are called by default. */
function folderOf(info: RunInfo): string {
  const { experiment, dataset } = info;
  const id = dataset.id.replaceAll(/[^\w.-]/g, '_');
  return [experiment, id, identityDigest(info)].filter(Boolean).join('-');
}

function indexPage(leaves: readonly Leaf[]): string {
  const sections: readonly (readonly [
    id: string,
    title: string,
    of: (leaf: Leaf) => readonly string[],
  ])[] = [
    ['datasets', 'Datasets', ({ run }) => [run.info.dataset.id]],
    ['claims', 'Claims', ({ run }) => claimsOf(run)],
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
      ...parts.map(([id, title, groups]): Section => [id, title, listOf(groups)]),
    ]),
  );
}

const HEADS = ['Run', 'Dataset', 'Images', 'Models', 'Date', 'Machine'];

type Group = readonly [name: string, leaves: readonly Leaf[]];

function groupedBy(
  leaves: readonly Leaf[],
  of: (leaf: Leaf) => readonly string[],
): readonly Group[] {
  const groups = new Map<string, Leaf[]>();
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

function linkTo(leaf: Leaf): string {
  return `<a href="${html(encodeURIComponent(leaf.name))}/report.html">${html(titleOf(leaf))}</a>`;
}

function titleOf({ run: { info, verdict } }: Leaf): string {
  return verdict?.title ?? info.experiment ?? info.dataset.title;
}

function rowOf(leaf: Leaf): string {
  const { dataset, images, models, startedAt, environment } = leaf.run.info;
  const cells = [
    linkTo(leaf),
    html(`${dataset.id}, ${dataset.digest.slice(0, 19)}…`),
    String(images.length),
    String(models.length),
    html(startedAt.slice(0, 10)),
    html(`${environment.processor}, ${plural(environment.cores, 'core')}, ${environment.runtime}`),
  ];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

/** With the word of the verdict: `C08 without compression …: depends on the cost of a request`. */
function claimsOf({ verdict }: Run): readonly string[] {
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

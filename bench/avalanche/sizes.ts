import {
  applyEdits,
  DRAWN_KINDS,
  type DrawnKind,
  decadeOf,
  LARGEST,
} from '../../src/datasets/edits/mod.ts';
import { formatBytes, formatNumber, plural } from '../../src/format.ts';
import type { Image } from '../../src/images/image.ts';
import type { Progress } from '../../src/progress.ts';
import type { View } from '../../src/report/mod.ts';
import { drawsOf } from '../../src/runs/drawn-edits.ts';
import { treeToTar } from '../../src/serialisers/tar.ts';
import type { Tree } from '../../src/trees/tree.ts';
import { type Figure, type Finding, remark } from '../verdict.ts';
import { type Asked, Columns, columnsOf, headingOf, parametersOf, type Row } from './columns.ts';
import {
  type Distribution,
  distributionOf,
  distributionsIn,
  figuresOf,
  rangeOfMedians,
} from './distribution.ts';
import { shownAs, tableOf } from './factors.ts';

/** What an edit of one file pulls, by the length of that file. */

/** Edits of the content of one file. */
const KINDS: readonly DrawnKind[] = ['flip', 'append', 'prepend', 'insert', 'replace'];
const MEASURE = 'transfer.content_bytes';

/** A file of noise that no image has: where in an image a file of this size would lie changes nothing that is told. */
const MADE = { path: 'made', length: LARGEST, seed: 1 };
const MADE_CLASS = '100 MiB, made';

/** `10 kB to 100 kB`: from the first on, below the second. */
function classOf(bytes: number): string {
  const decade = decadeOf(bytes);
  return `${name(10 ** (decade - 1))} to ${name(10 ** decade)}`;
}

function name(bytes: number): string {
  return formatBytes(bytes).replace(/\.0+ /, ' ');
}

/** By the decades that the image has, of rows that were drawn from it. */
export function sizesOf(
  { tree, descriptor }: Image,
  rows: ReadonlyMap<string, readonly Row[]>,
): readonly Finding[] {
  const own = KINDS.flatMap((kind) => rows.get(kind) ?? []);
  const classes = new Map<string, Row[]>();
  for (const row of own.toSorted((a, b) => a.fileBytes! - b.fileBytes!)) {
    const label = classOf(row.fileBytes!);
    classes.set(label, [...(classes.get(label) ?? []), row]);
  }
  const files = filesByClass(tree);
  return [...classes].map(([label, drawn]) =>
    findingOf(label, `${plural(files.get(label) ?? 0, 'file')} of the image`, drawn, descriptor.id),
  );
}

function filesByClass({ entries }: Tree): ReadonlyMap<string, number> {
  const files = new Set(entries.map(({ inode }) => inode));
  const counts = new Map<string, number>();
  for (const { type, size } of files) {
    if (type !== 'file' || size === 0) continue;
    counts.set(classOf(size), (counts.get(classOf(size)) ?? 0) + 1);
  }
  return counts;
}

function findingOf(label: string, what: string, rows: readonly Row[], step: string): Finding {
  const figures: Figure[] = [];
  const medians: (readonly [string, Distribution])[] = [];
  const columns = new Set(rows.flatMap(({ pulled }) => [...pulled.keys()]));
  for (const column of columns) {
    const values = rows.flatMap(({ pulled }) => pulled.get(column)?.contentBytes ?? []);
    const distribution = distributionOf(values)!;
    const parameters = parametersOf(column);
    figures.push(
      ...figuresOf(step, { of: MEASURE, size: label, ...parameters }, distribution, 'bytes'),
    );
    const fewer = values.length < rows.length ? `, n ${values.length}` : '';
    medians.push([`${headingOf(parameters)}${fewer}`, distribution]);
  }
  return remark(
    `An edit of the content of a file of ${label} (${what}), ${plural(rows.length, 'draw')}: content pulled, medians of the models from ${rangeOfMedians(medians, formatBytes)}.`,
    figures,
  );
}

/**
 * The same of a file of 100 MiB, where the image has none that can be drawn, of 100 MB to 100 MiB: it is made, and added to the image for these draws alone.
 */
export async function madeSizeOf(
  image: Image,
  asked: readonly Asked[],
  progress: Progress,
): Promise<readonly Finding[]> {
  const isThere = image.tree.entries.some(
    ({ inode: { type, size } }) =>
      type === 'file' && size <= LARGEST && decadeOf(size) === decadeOf(LARGEST),
  );
  if (isThere || image.tree.entries.some(({ path }) => path === MADE.path)) return [];
  const most = Math.max(...asked.map(({ draws }) => draws));
  progress.more(KINDS.length * most);
  const columns = await Columns.of(withMade(image), columnsOf(asked));
  const rows: Row[] = [];
  for (const kind of KINDS) {
    for (const [number, draw] of drawsOf(kind, DRAWN_KINDS.indexOf(kind), most).entries()) {
      rows.push((await columns.draw(draw, number, MADE.path))!);
      progress.step(`${kind} of a large file`);
    }
  }
  const what = `${formatNumber(MADE.length)} bytes of noise added to the image`;
  return [findingOf(MADE_CLASS, what, rows, image.descriptor.id)];
}

function withMade({ descriptor, tree }: Image): Image {
  const more = applyEdits(tree, [{ add: MADE }]);
  const tar = Object.assign(treeToTar(more), { path: '' });
  return { descriptor, layers: [{ diffId: 'made', tar }], tree: more };
}

/** Rows are decades of lengths, columns models. */
export function sizeTable({ verdict }: View): readonly string[] {
  const figures = (verdict?.observed ?? []).flatMap((finding) => finding.figures);
  const found = distributionsIn(figures.filter(({ parameters }) => parameters['size']));
  if (found.length === 0) return [];
  return [
    `## \`${MEASURE}\` by the size of the edited file`,
    `Edits of its content (${KINDS.join(', ')}): median (5th to 95th percentile; worst) of n draws.`,
    tableOf('file of', found, ({ size }) => String(size), shownAs('bytes')),
  ];
}

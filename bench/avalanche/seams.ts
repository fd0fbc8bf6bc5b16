import { createChunker } from '../../src/chunkers/mod.ts';
import { DRAWN_KINDS, drawByDecade, noise } from '../../src/datasets/edits/mod.ts';
import { formatBytes, MISSING, plural } from '../../src/format.ts';
import type { Image } from '../../src/images/image.ts';
import { round } from '../../src/measures/measurement.ts';
import { KnownChunks, type Pieces } from '../../src/measures/seams.ts';
import type { Progress } from '../../src/progress.ts';
import type { View } from '../../src/report/mod.ts';
import { seedsOf } from '../../src/runs/drawn-edits.ts';
import { orderEntries } from '../../src/serialisers/order.ts';
import { filesOf } from '../../src/serialisers/root.ts';
import { seeded } from '../../src/stats/mod.ts';
import { readAll } from '../../src/streams/source.ts';
import { contentSource } from '../../src/trees/content.ts';
import { type Figure, type Finding, figureOf, percent, remark } from '../verdict.ts';
import { AVERAGED, shortOf } from './chunkers.ts';
import {
  type Distribution,
  distributionOf,
  distributionsIn,
  figuresOf,
  rangeOfMedians,
} from './distribution.ts';
import { shownAs } from './factors.ts';

/** What each chunker loses where a file gets other neighbours, in one stream of all contents. */

export const SEAM_KINDS = ['moved', 'inserted'] as const;
export type SeamKind = (typeof SEAM_KINDS)[number];

/** A file of the stream, and between which of the others it comes to lie. */
export interface SeamDraw {
  /** Number of the file in the stream: the one that moves, or as long as which the new one is. */
  readonly file: number;
  /** Number of the file before which it comes, of those that stay; their count for the end of the stream. */
  readonly before: number;
  /** Of the noise that is inserted. */
  readonly seed: number;
}

/** As where an edit is found back from, and those that have no average: with these, chunks of noise have a mean of about 64 KiB. */
const CHUNKERS = [...AVERAGED, 'repmax:min=32KiB', 'maxcdc:min=32KiB', 'seqcdc:min=32KiB'];

/** Of the order in which chunks follow when they are cut again. */
const ORDER_SEED = 1;

export interface Seams {
  readonly models: readonly { readonly id: string }[];
  readonly records: readonly {
    readonly chunker: string;
    /** Of moved files, median: bytes; undefined where none could be drawn. */
    readonly moved: number | undefined;
    readonly reordered: number;
  }[];
  readonly findings: readonly Finding[];
}

/** undefined where the image has fewer than two files with content: there is no seam. */
export function drawSeam(
  kind: SeamKind,
  sizes: readonly number[],
  seed: number,
): SeamDraw | undefined {
  if (sizes.length < 2) return undefined;
  const random = seeded(seed);
  const below = (count: number): number => Math.floor(count * random());
  const { file } = drawByDecade(
    sizes.map((bytes, file) => ({ bytes, file })),
    below,
  )!;
  if (kind === 'inserted') return { file, before: below(sizes.length + 1), seed };
  // Of the places between those that stay, all but the one that it has.
  const place = below(sizes.length - 1);
  return { file, before: place < file ? place : place + 1, seed };
}

/** The stream after it. */
export function applySeam(kind: SeamKind, files: Pieces, { file, before, seed }: SeamDraw): Pieces {
  const isMoved = kind === 'moved';
  const rest = isMoved ? files.toSpliced(file, 1) : files;
  return rest.toSpliced(before, 0, isMoved ? files[file]! : noise(files[file]!.length, seed));
}

export async function seamsOf(
  image: Image,
  count: number,
  progress: Progress,
  ids: readonly string[] = CHUNKERS,
): Promise<Seams> {
  const files = contentsOf(image);
  const chunkers = ids.map((id) => createChunker(id));
  const known = new KnownChunks(chunkers, files);
  const sizes = files.map(({ length }) => length);
  progress.more(SEAM_KINDS.length * count + 1);
  const findings: Finding[] = [];
  const medians = new Map<string, number>();
  for (const [place, kind] of SEAM_KINDS.entries()) {
    const lost: number[][] = chunkers.map(() => []);
    for (const seed of seedsOf(DRAWN_KINDS.length + place, count)) {
      const draw = drawSeam(kind, sizes, seed);
      progress.step(`seams ${kind}`);
      if (!draw) continue;
      // All of a file that only moves is there already; of a new one its own bytes are no loss.
      const own = kind === 'inserted' ? sizes[draw.file]! : 0;
      const moved = known.newBytes(applySeam(kind, files, draw));
      for (const [number, bytes] of moved.entries()) lost[number]!.push(bytes - own);
    }
    const figures: Figure[] = [];
    const own: (readonly [string, Distribution])[] = [];
    for (const [number, { id }] of chunkers.entries()) {
      const distribution = distributionOf(lost[number]!);
      if (!distribution) continue;
      const at = { of: 'avalanche.seam_bytes', kind, chunker: id };
      figures.push(...figuresOf(image.descriptor.id, at, distribution, 'bytes'));
      own.push([shortOf(id), distribution]);
      if (kind === 'moved') medians.set(id, distribution.median);
    }
    if (own.length === 0) continue;
    findings.push(
      remark(
        `A file ${kind}, ${plural(lost[0]!.length, 'draw')} in one stream of all contents: bytes of new chunks${kind === 'inserted' ? ' less its own' : ''}, medians of the chunkers from ${rangeOfMedians(own, formatBytes)}.`,
        figures,
      ),
    );
  }
  const reordered = known.reordered(ORDER_SEED);
  progress.step('seams reordered');
  findings.push(
    remark(
      `The chunks of that stream in another order, cut again: share of bytes in chunks that are known, by the chunkers from ${rangeOfMedians(
        chunkers.map(({ id }, number) => [shortOf(id), { median: reordered[number]! }]),
        percent,
      )}.`,
      chunkers.map(({ id }, number) =>
        figureOf(
          image.descriptor.id,
          { of: 'avalanche.reordered_share', chunker: id },
          round(reordered[number]!),
          'share',
        ),
      ),
    ),
  );
  return {
    models: chunkers.map(({ id }) => ({ id })),
    records: chunkers.map(({ id }, number) => ({
      chunker: id,
      moved: medians.get(id),
      reordered: round(reordered[number]!),
    })),
    findings,
  };
}

/** Contents of all files in the order of their paths, each hardlinked content once. */
function contentsOf({ tree }: Image): Pieces {
  return filesOf(orderEntries(tree, 'lexicographic')).map((inode) =>
    readAll(contentSource(tree, inode)),
  );
}

const shown = shownAs('bytes');

/** Rows are chunkers, columns kinds. */
export function seamTable({ verdict }: View): readonly string[] {
  const figures = (verdict?.observed ?? []).flatMap((finding) => finding.figures);
  const found = distributionsIn(
    figures.filter(({ parameters }) => parameters['of'] === 'avalanche.seam_bytes'),
  );
  const shares = figures.filter(
    ({ parameters }) => parameters['of'] === 'avalanche.reordered_share',
  );
  if (found.length === 0) return [];
  const cell = (id: string, kind: string): string => {
    const one = found.find(([own]) => own['chunker'] === id && own['kind'] === kind);
    return one ? shown(one[1]) : MISSING;
  };
  const rows = shares.map(({ parameters, value }) => {
    const id = String(parameters['chunker']);
    const cells = SEAM_KINDS.map((kind) => cell(id, kind));
    return `| ${id} | ${cells.join(' | ')} | ${percent(value)} |`;
  });
  return [
    '## `avalanche.seam_bytes`',
    'Bytes of new chunks where one file of the stream moves, and where a new one is inserted, less its own: median (5th to 95th percentile; worst). `avalanche.reordered_share`: bytes found again when the chunks follow in another order.',
    [
      `| chunker | ${SEAM_KINDS.map((kind) => `file ${kind}`).join(' | ')} | reordered |`,
      `| --- | ${SEAM_KINDS.map(() => '--:').join(' | ')} | --: |`,
      ...rows,
    ].join('\n'),
  ];
}

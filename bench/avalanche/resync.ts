import { createChunker } from '../../src/chunkers/mod.ts';
import { cutBefore, recut } from '../../src/chunkers/recut.ts';
import { heldImage } from '../../src/datasets/editor.ts';
import { applyEdits, DRAWN_KINDS, type DrawnKind, drawEdit } from '../../src/datasets/edits/mod.ts';
import { formatBytes, MISSING, plural } from '../../src/format.ts';
import type { Image } from '../../src/images/image.ts';
import { resyncBytes, sharedStretches } from '../../src/measures/resync.ts';
import type { Progress } from '../../src/progress.ts';
import type { View } from '../../src/report/mod.ts';
import { drawsOf } from '../../src/runs/drawn-edits.ts';
import { createSerialiser } from '../../src/serialisers/mod.ts';
import { type ByteSource, MemorySource, readAll } from '../../src/streams/source.ts';
import type { Tree } from '../../src/trees/tree.ts';
import { type Figure, type Finding, remark } from '../verdict.ts';
import { AVERAGED, shortOf } from './chunkers.ts';
import {
  type Distribution,
  distributionOf,
  distributionsIn,
  figuresOf,
  rangeOfMedians,
} from './distribution.ts';
import { shownAs } from './factors.ts';

/** How far behind an edit a chunker cuts as it did before. */

/** Edits of contents alone: in one stream of contents each is one place. */
const KINDS: readonly DrawnKind[] = ['flip', 'insert', 'replace'];
/** All contents end to end, in the order of their paths. */
const STREAM = 'stream:order=lexicographic';

export interface Resync {
  readonly models: readonly { readonly id: string }[];
  /** Of insertions, by chunker: bytes. */
  readonly medians: readonly (readonly [chunker: string, bytes: number])[];
  readonly findings: readonly Finding[];
}

export async function resyncOf(image: Image, count: number, progress: Progress): Promise<Resync> {
  const held = heldImage(image);
  const old = new MemorySource(readAll(streamOf(held, held.tree)));
  const chunkers = AVERAGED.map((id) => {
    const chunker = createChunker(id);
    const lengths = chunker.lengths(old);
    return { chunker, lengths, before: cutBefore(lengths) };
  });
  progress.more(KINDS.length * count);
  const medians: (readonly [string, number])[] = [];
  const findings: Finding[] = [];
  for (const kind of KINDS) {
    const found = new Map<string, number[]>(chunkers.map(({ chunker }) => [chunker.id, []]));
    for (const draw of drawsOf(kind, DRAWN_KINDS.indexOf(kind), count)) {
      progress.step(`resync ${kind}`);
      const edit = drawEdit(held.tree, draw);
      if (!edit) continue;
      const own = streamOf(held, applyEdits(held.tree, [edit]));
      const stretches = sharedStretches(old, own);
      for (const { chunker, lengths, before } of chunkers) {
        const cut = { bytes: own, lengths: recut(chunker, before, own, stretches) };
        const distance = resyncBytes({ bytes: old, lengths }, cut);
        if (distance !== undefined) found.get(chunker.id)!.push(distance);
      }
    }
    const figures: Figure[] = [];
    const own: (readonly [string, Distribution])[] = [];
    let n = 0;
    for (const [id, distances] of found) {
      const distribution = distributionOf(distances);
      if (!distribution) continue;
      n = distribution.n;
      const at = { of: 'avalanche.resync_bytes', kind, chunker: id };
      figures.push(...figuresOf(image.descriptor.id, at, distribution, 'bytes'));
      own.push([shortOf(id), distribution]);
      if (kind === 'insert') medians.push([id, distribution.median]);
    }
    if (n === 0) continue;
    findings.push(
      remark(
        `${kind}, ${plural(n, 'draw')} in one stream of all contents: from the edit to the first cut that both streams share, medians of the chunkers from ${rangeOfMedians(own, formatBytes)}.`,
        figures,
      ),
    );
  }
  return { models: chunkers.map(({ chunker }) => ({ id: chunker.id })), medians, findings };
}

function streamOf(image: Image, tree: Tree): ByteSource {
  const [stream] = createSerialiser(STREAM).serialise({ ...image, tree }).streams;
  // Without a file that has content there is no stream.
  return stream?.bytes ?? new MemorySource(new Uint8Array());
}

const shown = shownAs('bytes');

/** Rows are chunkers, columns kinds. */
export function resyncTable({ verdict }: View): readonly string[] {
  const figures = (verdict?.observed ?? []).flatMap((finding) => finding.figures);
  const found = distributionsIn(
    figures.filter(({ parameters }) => parameters['of'] === 'avalanche.resync_bytes'),
  );
  if (found.length === 0) return [];
  const chunkers = [...new Set(found.map(([{ chunker }]) => String(chunker)))];
  const cell = (id: string, kind: string): string => {
    const one = found.find(([own]) => own['chunker'] === id && own['kind'] === kind);
    return one ? shown(one[1]) : MISSING;
  };
  return [
    '## `avalanche.resync_bytes`',
    'From the edit to the first cut that both streams share: median (5th to 95th percentile; worst).',
    [
      `| chunker | ${KINDS.join(' | ')} |`,
      `| --- | ${KINDS.map(() => '--:').join(' | ')} |`,
      ...chunkers.map((id) => `| ${id} | ${KINDS.map((kind) => cell(id, kind)).join(' | ')} |`),
    ].join('\n'),
  ];
}

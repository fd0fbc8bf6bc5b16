import { parseSize } from '../../src/ids.ts';
import type { Image } from '../../src/images/image.ts';
import { divide, type Maybe } from '../../src/stats/mod.ts';
import { contentSource } from '../../src/trees/content.ts';
import { type ClaimBar, quotientBar } from '../../src/verdicts/case.ts';
import type { Records } from '../records.ts';
import { FORMAT } from './axes.ts';
import { type Claim, caseOf, type OpenCase } from './claim.ts';

const LAYERS = 'oci-gzip';
const FILES = 'per-file';
const CHUNKS = 'catar';

export const layersAreSerial: Claim = {
  id: 'C27',
  name: 'parallel extraction',
  statement:
    'Layers keep no eight cores busy when decompressed: their bytes are less than eight times the longest layer.',
  said: [
    {
      who: 'Aleksa Sarai',
      where: 'The Road to OCIv2 Images: What’s Wrong with Tar?, Parallel',
      date: '2019-01-21',
    },
  ],
  construction: 'An image of one layer is one times its longest layer.',
  datasets: ['debian-updates', 'alpine', 'app-series'],
  packed: [LAYERS, FILES, CHUNKS],
  bar: quotientBar('at most', 8),
  axes: [],
  whyNone: 'at least three images would decide',
  cases: (records) => spreads(records, [LAYERS], layersAreSerial.bar),
};

export const partsAreParallel: Claim = {
  ...layersAreSerial,
  id: 'C27-parts',
  construction:
    'The longest chunk is the longest that the chunker may cut, so that by chunks this is the length of the image.',
  name: 'parallel parts',
  statement:
    'Formats of independent parts keep eight cores busy when decompressed: their bytes are at least eight times the longest part.',
  bar: quotientBar('at least', 8),
  axes: [FORMAT],
  cases: (records) => spreads(records, [FILES, CHUNKS], partsAreParallel.bar),
};

/** Bytes ÷ the longest part of each image, by these formats. */
async function spreads(
  records: Records,
  formats: readonly string[],
  bar: ClaimBar,
): Promise<readonly OpenCase[]> {
  const cases: OpenCase[] = [];
  for (const step of records.images) {
    const parts = await records.kept('parts', [step], () => records.withImage(step, partsOf));
    const chunks = records.number(step, records.model(CHUNKS), 'dedup.stream_bytes');
    const values: Readonly<Record<string, Maybe>> = {
      [LAYERS]: spread(parts.layers),
      [FILES]: spread(parts.files),
      [CHUNKS]: divide(chunks, longestChunk(records)),
    };
    for (const format of formats) {
      cases.push(caseOf({ step, kind: 'image' }, { format }, values[format], bar));
    }
  }
  return cases;
}

/** Bytes of what is decompressed by itself. */
function partsOf({ layers, tree }: Image): {
  readonly layers: readonly number[];
  readonly files: readonly number[];
} {
  const files = [...new Set(tree.entries.map(({ inode }) => inode))].flatMap((inode) =>
    inode.type === 'file' ? [contentSource(tree, inode).length] : [],
  );
  return { layers: layers.map(({ tar }) => tar.length), files };
}

/** All bytes ÷ the longest part: no more cores than that are ever busy on average. */
function spread(parts: readonly number[]): Maybe {
  const sum = parts.reduce((all, one) => all + one, 0);
  return divide(
    sum,
    parts.reduce((most, one) => Math.max(most, one), 0),
  );
}

function longestChunk({ model }: Records): number {
  return parseSize(/max=([^,|]+)/.exec(model(CHUNKS))![1]!)!;
}

import { createHash } from 'node:crypto';
import { createChunker } from '../../src/chunkers/mod.ts';
import type { Image } from '../../src/images/image.ts';
import { type Maybe, remainder } from '../../src/stats/mod.ts';
import { type ByteSource, readRange } from '../../src/streams/source.ts';
import { contentSource } from '../../src/trees/content.ts';
import { differenceBar } from '../../src/verdicts/case.ts';
import { type Claim, caseOf, type OpenCase } from './claim.ts';
import { SARAI } from './edits.ts';

const PROGRAM = 'bash';
const PATH = /^(usr\/)?bin\/bash$/;
/** Smaller ones would find more, and cost more than they find. */
const CUT = 'fastcdc:avg=4KiB';

/** Chunks of a program: digest to length, bytes. */
export type Chunks = ReadonlyMap<string, number>;

export const programsDiffer: Claim = {
  id: 'T02',
  name: 'bash of another distribution',
  statement:
    'Two distributions have the same programs and share none: at least 90 % of bash is new beside another’s bash.',
  said: SARAI,
  datasets: ['cross-distro', 'alpine-debian'],
  packed: ['per-file'],
  compares: [CUT],
  bar: differenceBar('at least', 0.9),
  axes: [],
  // It is about the images that are named.
  leastSteps: 1,
  whyNone: `images of two distributions that both have ${PROGRAM} would decide (dataset cross-distro, or your own)`,
  async cases(records) {
    const programs: { image: string; distribution: string; chunks: Chunks }[] = [];
    for (const { image, value } of records.view.of('image.distribution')) {
      const chunks = await records.kept(JSON.stringify([PROGRAM, CUT]), [image], () =>
        records.withImage(image, programOf),
      );
      if (chunks.size > 0) programs.push({ image, distribution: String(value), chunks });
    }
    const cases: OpenCase[] = [];
    for (const own of programs) {
      for (const other of programs) {
        if (own.distribution === other.distribution) continue;
        const step = `${own.image} with ${other.image}`;
        const share = newBeside(own.chunks, other.chunks);
        cases.push(caseOf({ step, kind: 'pair' }, {}, share, programsDiffer.bar));
      }
    }
    return cases;
  },
};

function programOf({ tree }: Image): Chunks {
  const found = tree.entries.find(
    ({ path, inode }) => inode.type === 'file' && PATH.test(path),
  )?.inode;
  return found ? chunksOf(contentSource(tree, found)) : new Map();
}

export function chunksOf(source: ByteSource): Chunks {
  const chunks = new Map<string, number>();
  let at = 0;
  for (const length of createChunker(CUT).lengths(source)) {
    const digest = createHash('sha256')
      .update(readRange(source, at, length))
      .digest('hex');
    chunks.set(digest, length);
    at += length;
  }
  return chunks;
}

/** Share of the bytes of distinct chunks that the other has not; undefined of none. */
export function newBeside(own: Chunks, other: Chunks): Maybe {
  let [all, shared] = [0, 0];
  for (const [digest, length] of own) {
    all += length;
    if (other.has(digest)) shared += length;
  }
  return remainder(shared, all);
}

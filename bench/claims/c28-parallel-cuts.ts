import { checkedLengths } from '../../src/chunkers/checked.ts';
import { createChunker } from '../../src/chunkers/mod.ts';
import { cutSegment, divide, joinSegments } from '../../src/chunkers/segments.ts';
import type { Image } from '../../src/images/image.ts';
import { createSerialiser } from '../../src/serialisers/mod.ts';
import { countBar } from '../../src/verdicts/case.ts';
import { CHUNKER } from './axes.ts';
import { type Claim, caseOf, type OpenCase } from './claim.ts';

const CHUNKERS = ['fastcdc:avg=64KiB', 'rabin:avg=64KiB', 'casync:avg=64KiB', 'xet'];
const WORKERS = 4;
/** More would say no more, and take time. */
const MOST_IMAGES = 3;

export const parallelCutsAlike: Claim = {
  id: 'C28',
  name: 'parallel cuts',
  statement: 'A stream cut by several threads has the cut points of one thread: not one differs.',
  said: [
    {
      who: 'desync',
      where: 'folbricht/desync README',
      date: 'undated',
      quote: 'identical output to casync, up to 10x faster',
    },
  ],
  published: [{ figure: 'identical', dataset: 'desync README', ours: {} }],
  datasets: ['debian-updates'],
  packed: ['oci-gzip'],
  compares: [],
  bar: countBar('at most', 0),
  axes: [CHUNKER],
  whyNone: 'at least three images long enough to be divided, 2 MiB, would decide',
  async cases(records) {
    const cases: OpenCase[] = [];
    const what = JSON.stringify(['cuts', CHUNKERS, WORKERS]);
    for (const step of records.images.slice(0, MOST_IMAGES)) {
      const found = await records.kept(what, [step], () => records.withImage(step, differencesOf));
      for (const [chunker, differing] of found) {
        cases.push(caseOf({ step, kind: 'image' }, { chunker }, differing, parallelCutsAlike.bar));
      }
    }
    return cases;
  },
};

/** By chunker; of an image too short to be divided none. */
function differencesOf(image: Image): readonly (readonly [chunker: string, count: number])[] {
  const source = createSerialiser('catar').serialise(image).streams[0]!.bytes;
  return CHUNKERS.flatMap((id) => {
    const chunker = createChunker(id);
    const segments = divide(source.length, WORKERS, chunker);
    if (segments.length < 2) return [];
    const cut = segments.map((segment) => cutSegment(chunker, source, segment));
    const joined = joinSegments(chunker, source, cut);
    return [[id.split(':')[0]!, differencesIn(checkedLengths(chunker, source), joined)] as const];
  });
}

/** Cut points that only one of both has. */
function differencesIn(one: Float64Array, other: Float64Array): number {
  const [own, others] = [endsOf(one), endsOf(other)];
  const lacking = (ends: ReadonlySet<number>, wanted: ReadonlySet<number>): number =>
    [...wanted].filter((end) => !ends.has(end)).length;
  return lacking(own, others) + lacking(others, own);
}

function endsOf(lengths: Float64Array): ReadonlySet<number> {
  let end = 0;
  return new Set(Array.from(lengths, (length) => (end += length)));
}

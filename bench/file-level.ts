import { formatBytes, plural } from '../src/format.ts';
import type { Contents } from '../src/measures/contents.ts';
import { printable } from '../src/report/escape.ts';
import { divide } from '../src/stats/mod.ts';
import { filesAreEnough } from './claims/c10-files.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import { type Finding, figureOf, percent, remark, SERIES } from './verdict.ts';

/** Is dedup of whole files enough? Claim C10. */

const WHOLE = 'files|whole|none|objects|get';
/** As contents are cut (METHODS.md): what files are charged with adds up to what this chain stores. */
const FINEST = 'files|fastcdc:avg=4KiB|none|objects|get';
const NAMED = 10;

export const fileLevel: Experiment = createExperiment({
  name: 'file-level',
  claims: 'C10 dedup of whole files is enough',
  title: 'Is dedup of whole files enough?',
  decides: [filesAreEnough],
  swept: [WHOLE, FINEST],
  packed: [],
  chart: 'chunk-size',
  isOfAnyStep: true,
  verdict: async (records) => [await namedFiles(records)],
});

/** Which files the gap lies in: bytes of files that are new as a whole, but whose chunks are not. */
async function namedFiles(records: Records): Promise<Finding> {
  const [files, chunks] = [new Set<string>(), new Set<string>()];
  const spared = new Map<string, number>();
  for (const image of records.images) {
    for (const { path, bytes } of charge(await records.contents(image), files, chunks)) {
      spared.set(path, (spared.get(path) ?? 0) + bytes);
    }
  }
  const gap = [...spared.values()].reduce((sum, bytes) => sum + bytes, 0);
  const last = records.images.at(-1)!;
  const [whole, finest] = [records.model(WHOLE), records.model(FINEST)];
  const unique = (model: string): number => records.number(last, model, 'dedup.unique_bytes');
  if (gap !== unique(whole) - unique(finest)) {
    throw new Error(`files are charged with ${gap}, not ${unique(whole) - unique(finest)} bytes`);
  }
  if (gap === 0) return remark('Over the series, chunks of 4 KiB inside files spare nothing more.');
  const most = [...spared]
    .filter(([, bytes]) => bytes > 0)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, NAMED);
  const shares = most.map(([path, bytes]) => ({ path, share: divide(bytes, gap) }));
  const covered = shares.reduce((sum, { share = 0 }) => sum + share, 0);
  return remark(
    `The gap over the series to chunks of 4 KiB inside files is ${formatBytes(gap)}; the ${plural(most.length, 'file')} (all versions of a path together) with most of it hold ${percent(covered)}, the first alone ${percent(shares[0]?.share)}.`,
    shares.map(({ path, share }) =>
      figureOf(SERIES, { of: 'share of the gap', file: printable(path) }, share, 'share'),
    ),
  );
}

/** Bytes that chunks spare in each file of an image that is new as a whole; enters both in what is known. */
function charge(
  { paths, digests, sizes, chunks }: Contents,
  knownFiles: Set<string>,
  knownChunks: Set<string>,
): readonly { readonly path: string; readonly bytes: number }[] {
  let chunk = 0;
  return paths.flatMap((path, file) => {
    const [from, to] = [chunk, chunk + chunks.counts[file]!];
    chunk = to;
    if (isKnown(knownFiles, digests, 32, file)) return [];
    let fresh = 0;
    for (let number = from; number < to; number++) {
      if (!isKnown(knownChunks, chunks.digests, 16, number)) fresh += chunks.lengths[number]!;
    }
    return [{ path, bytes: sizes[file]! - fresh }];
  });
}

function isKnown(known: Set<string>, digests: Uint8Array, length: number, number: number): boolean {
  const key = Buffer.from(digests.subarray(length * number, length * (number + 1))).toString(
    'latin1',
  );
  const had = known.has(key);
  known.add(key);
  return had;
}

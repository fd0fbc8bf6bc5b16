import { formatBytes, plural } from '../src/format.ts';
import type { Contents } from '../src/measures/contents.ts';
import { printable } from '../src/report/escape.ts';
import { divide } from '../src/stats/mod.ts';
import { createExperiment, type Experiment } from './experiment.ts';
import type { Records } from './records.ts';
import {
  aboutUpdates,
  type Bar,
  caseOf,
  claim,
  type Finding,
  figureOf,
  fromTo,
  leastBy,
  percent,
  recorded,
  remark,
  SERIES,
  verdictWord,
} from './verdict.ts';

/** Is dedup of whole files enough? Claim C10. */

/** "Most of the win" is held to be at least this share of it. */
const MOST: Bar = { unit: 'share', side: 'at least', bar: 0.8 };
const WHOLE = 'files|whole|none|objects|get';
/** As contents are cut (METHODS.md): what files are charged with adds up to what this chain stores. */
const FINEST = 'files|fastcdc:avg=4KiB|none|objects|get';
const CUT = [
  FINEST,
  'files|fastcdc:avg=8KiB..64KiB|none|objects|get',
  'catar|fastcdc:avg=4KiB..64KiB|none|objects|get',
];
const NAMED = 10;

const WINS = `C10 whole files win most (at least ${percent(MOST.bar)}) of what parts of files can`;

export const fileLevel: Experiment = createExperiment({
  name: 'file-level',
  claims: 'C10 dedup of whole files is enough',
  title: 'Is dedup of whole files enough?',
  swept: [WHOLE, ...CUT],
  packed: [],
  chart: 'chunk-size',
  isOfAnyStep: true,
  async verdict(records) {
    return [aboutUpdates(records, WINS, win), await namedFiles(records)];
  },
});

/** New bytes of every update, against the bytes that no dedup would store. */
function win(records: Records): Finding {
  const { updates, number } = records;
  const [whole, cut] = [records.model(WHOLE), records.models(...CUT)];
  const rows = updates.map((image) => {
    const fresh = (model: string): number => number(image, model, 'dedup.new_bytes');
    const best = leastBy(cut, fresh);
    const stream = number(image, whole, 'dedup.stream_bytes');
    // Where no chunker spares a byte, files can have no share of it.
    const share = divide(stream - fresh(whole), stream - fresh(best));
    return { image, stream, whole: fresh(whole), best, cut: fresh(best), share };
  });
  const word = verdictWord(
    rows.map(({ image, best, share }) => caseOf(image, { chunks: best }, share, MOST)),
    'the update',
  );
  const [all, files, chunks] = (['stream', 'whole', 'cut'] as const).map((field) =>
    fromTo(
      rows.map((row) => row[field]),
      formatBytes,
    ),
  );
  const shares = fromTo(
    rows.map(({ share }) => share),
    percent,
  );
  return claim(
    WINS,
    word,
    `. Of the win in ${plural(rows.length, 'update')}: ${shares}. New of ${all}: ${files} by whole files, ${chunks} by the best chunks.`,
    [
      ...recorded(records, updates, [whole], ['dedup.stream_bytes', 'dedup.new_bytes']),
      ...recorded(records, updates, cut, ['dedup.new_bytes']),
    ],
  );
}

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

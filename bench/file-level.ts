import type { Contents } from '../src/measures/contents.ts';
import { printable } from '../src/report/escape.ts';
import { divide } from '../src/stats/mod.ts';
import { createExperiment, type Experiment, type Records } from './experiment.ts';
import {
  atLeast,
  claim,
  type Finding,
  leastBy,
  megabytes,
  NOTHING_TO_WIN,
  namer,
  percent,
  remark,
  verdictWord,
} from './verdict.ts';

/** Is dedup of whole files enough? Claim C10. */

/** "Most of the win" is held to be at least this share of it. */
const MOST = 0.8;
/** As contents are cut (METHODS.md): what files are charged with adds up to the books of this chain, the second. */
const FINEST = 'files|fastcdc:avg=4KiB|none|objects|get';
const NAMED = 10;

export const fileLevel: Experiment = createExperiment({
  name: 'file-level',
  claims: 'C10',
  title: 'Is dedup of whole files enough?',
  swept: [
    'files|whole|none|objects|get',
    FINEST,
    'files|fastcdc:avg=8KiB..64KiB|none|objects|get',
    'catar|fastcdc:avg=4KiB..64KiB|none|objects|get',
  ],
  packed: [],
  async verdict(records) {
    return [win(records), await namedFiles(records)];
  },
});

/** New bytes of every update, against the bytes that no dedup would store. */
function win(records: Records): Finding {
  const { updates, models, number } = records;
  const name = namer(models);
  const [whole, ...cut] = models as [string, ...string[]];
  const rows = updates.map((image) => {
    const fresh = (model: string): number => number(image, model, 'dedup.new_bytes');
    const best = leastBy(cut, fresh);
    const stream = number(image, whole, 'dedup.stream_bytes');
    // Where no chunker spares a byte, files can have no share of it.
    const share = divide(stream - fresh(whole), stream - fresh(best));
    const part = share === undefined ? NOTHING_TO_WIN : `${percent(share)} of the win`;
    const text = `→ ${image}: ${megabytes(fresh(whole))} of ${megabytes(stream)} new by whole files, ${megabytes(fresh(best))} by ${name(best)}: ${part}`;
    return { share, text };
  });
  const word = verdictWord(
    rows.map(({ share }) => atLeast(share, MOST)),
    'the step between versions',
  );
  return claim(
    `C10 whole files win most (at least ${percent(MOST)}) of what parts of files can`,
    word,
    `. ${rows.map(({ text }) => text).join('; ')}.`,
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
  const [last, [whole, finest]] = [records.images.at(-1)!, records.models as [string, string]];
  const unique = (model: string): number => records.number(last, model, 'dedup.unique_bytes');
  if (gap !== unique(whole) - unique(finest)) {
    throw new Error(`files are charged with ${gap}, not ${unique(whole) - unique(finest)} bytes`);
  }
  if (gap === 0) return remark('Over the series, chunks of 4 KiB inside files spare nothing more.');
  const most = [...spared].toSorted(([, a], [, b]) => b - a).slice(0, NAMED);
  const named = most.map(([path, bytes]) => `${printable(path)} ${percent(divide(bytes, gap))}`);
  const covered = divide(
    most.reduce((sum, [, bytes]) => sum + bytes, 0),
    gap,
  );
  return remark(
    `The gap over the series to chunks of 4 KiB inside files is ${megabytes(gap)}; the ${most.length} files (all versions of a path together) with most of it hold ${percent(covered)}: ${named.join('; ')}.`,
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

import { divideShare, type Share as StreamShare, serialiseAll } from '../accounting/shares.ts';
import { createChunker } from '../chunkers/mod.ts';
import { cutSegment, type Segment } from '../chunkers/segments.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { openLatest } from '../images/open.ts';
import { takeContents } from '../measures/contents.ts';
import { type CellInput, measureCell } from '../models/cell.ts';
import { type Pass, type Ranges, storeRanges, takeRuns } from '../objects/work.ts';
import { Rope, type RopeDescriptor } from '../streams/rope.ts';

/** What a worker thread can do, by name. */

interface Done {
  readonly result: unknown;
  readonly transfer?: readonly ArrayBuffer[];
}

type Task<Payload> = (payload: Payload) => Promise<Done>;

const sources = new Map<number, Rope>();

const open: Task<{ readonly number: number; readonly rope: RopeDescriptor }> = async (payload) => {
  sources.set(payload.number, Rope.open(payload.rope));
  return { result: undefined };
};

const cut: Task<{
  readonly source: number;
  readonly offset: number;
  readonly length: number;
  readonly chunker: string;
  readonly segment: Segment;
}> = async ({ source, offset, length, chunker, segment }) => {
  const stream = new Rope().slice(sources.get(source)!, offset, length);
  return { result: cutSegment(createChunker(chunker), stream, segment) };
};

const runs: Task<{
  readonly source: number;
  readonly pass: Pass;
  readonly thread: number;
  readonly path: string | undefined;
}> = async ({ source, pass, thread, path }) => {
  const share = await takeRuns(sources.get(source)!, pass, thread, path);
  const { spool } = share;
  return { result: share, transfer: 'bytes' in spool ? [spool.bytes.buffer as ArrayBuffer] : [] };
};

const store: Task<{
  readonly source: number;
  readonly paths: readonly string[];
  readonly ranges: Ranges;
}> = async ({ source, paths, ranges }) => {
  storeRanges(paths, sources.get(source)!, ranges);
  return { result: undefined };
};

const serialise: Task<{
  readonly image: ImageDescriptor;
  readonly serialisers: readonly string[];
}> = async ({ image, serialisers }) => ({ result: serialiseAll(openLatest(image), serialisers) });

const divide: Task<StreamShare> = async (share) => {
  const divided = await divideShare(share);
  const arrays = divided.flatMap((each) => [
    each.digests,
    'ends' in each ? each.ends : each.lengths,
  ]);
  const transfer = [...new Set(arrays.map(({ buffer }) => buffer))] as ArrayBuffer[];
  return { result: divided, transfer };
};

const cell: Task<CellInput> = async (input) => ({ result: await measureCell(input) });

const contents: Task<ImageDescriptor> = async (image) => ({
  result: await takeContents(openLatest(image)),
});

export const tasks: Readonly<Record<string, Task<never>>> = {
  open,
  cut,
  runs,
  store,
  cell,
  contents,
  serialise,
  divide,
};

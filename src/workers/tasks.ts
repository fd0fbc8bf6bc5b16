import type { Share as StreamShare } from '../accounting/shares.ts';
import type { Segment } from '../chunkers/segments.ts';
import type { Unit } from '../explore/unit.ts';
import type { ImageDescriptor } from '../images/image.ts';
import type { CellInput } from '../models/cell.ts';
import type { Pass, Ranges } from '../objects/work.ts';
import { Rope, type RopeDescriptor } from '../streams/rope.ts';

/** What a worker thread can do, by name. It loads what it is asked for: all of it takes longer than a short task. */

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
  const { createChunker } = await import('../chunkers/mod.ts');
  const { cutSegment } = await import('../chunkers/segments.ts');
  const stream = new Rope().slice(sources.get(source)!, offset, length);
  return { result: cutSegment(createChunker(chunker), stream, segment) };
};

const runs: Task<{
  readonly source: number;
  readonly pass: Pass;
  readonly thread: number;
  readonly path: string | undefined;
}> = async ({ source, pass, thread, path }) => {
  const { takeRuns } = await import('../objects/work.ts');
  const share = await takeRuns(sources.get(source)!, pass, thread, path);
  const { spool } = share;
  return { result: share, transfer: 'bytes' in spool ? [spool.bytes.buffer as ArrayBuffer] : [] };
};

const store: Task<{
  readonly source: number;
  readonly paths: readonly string[];
  readonly ranges: Ranges;
}> = async ({ source, paths, ranges }) => {
  const { storeRanges } = await import('../objects/work.ts');
  storeRanges(paths, sources.get(source)!, ranges);
  return { result: undefined };
};

const serialise: Task<{
  readonly image: ImageDescriptor;
  readonly serialisers: readonly string[];
}> = async ({ image, serialisers }) => {
  const { openLatest } = await import('../images/open.ts');
  const { serialiseAll } = await import('../accounting/streams.ts');
  return { result: serialiseAll(openLatest(image), serialisers) };
};

const divide: Task<StreamShare> = async (share) => {
  const { divideShare } = await import('../accounting/divide-share.ts');
  const divided = await divideShare(share);
  const arrays = divided.flatMap((each) => [
    each.digests,
    'ends' in each ? each.ends : each.lengths,
  ]);
  const transfer = [...new Set(arrays.map(({ buffer }) => buffer))] as ArrayBuffer[];
  return { result: divided, transfer };
};

const cell: Task<CellInput> = async (input) => {
  const { measureCell } = await import('../models/cell.ts');
  return { result: await measureCell(input) };
};

const contents: Task<ImageDescriptor> = async (image) => {
  const { openLatest } = await import('../images/open.ts');
  const { takeContents } = await import('../measures/contents.ts');
  return { result: await takeContents(openLatest(image)) };
};

const explore: Task<Unit> = async (unit) => {
  const { exploreUnit } = await import('../explore/unit.ts');
  return { result: await exploreUnit(unit) };
};

export const tasks: Readonly<Record<string, Task<never>>> = {
  open,
  cut,
  runs,
  store,
  cell,
  contents,
  explore,
  serialise,
  divide,
};

import type { Share as StreamShare } from '../accounting/shares.ts';
import type { Chunker } from '../chunkers/chunker.ts';
import type { Segment } from '../chunkers/segments.ts';
import type { Unit } from '../explore/unit.ts';
import type { ImageDescriptor } from '../images/image.ts';
import type { CellInput } from '../models/cell.ts';
import type { StoredObjects } from '../objects/store.ts';
import type { Pass, Ranges } from '../objects/work.ts';
import { Rope, type RopeDescriptor } from '../streams/rope.ts';
import type { CutStreamLengths } from './shared-cuts.ts';

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
  const { cutSegment } = await import('../chunkers/segments.ts');
  const stream = new Rope().slice(sources.get(source)!, offset, length);
  return { result: cutSegment(await chunkerOf(chunker), stream, segment) };
};

const cutEach: Task<Ranges & { readonly source: number; readonly chunker: string }> = async ({
  source,
  offsets,
  lengths,
  chunker,
}) => {
  const { checkedLengths } = await import('../chunkers/checked.ts');
  const { concatenate } = await import('../chunkers/lengths.ts');
  const by = await chunkerOf(chunker);
  const cuts = Array.from(lengths, (length, stream) =>
    checkedLengths(by, new Rope().slice(sources.get(source)!, offsets[stream]!, length)),
  );
  const result: CutStreamLengths = {
    lengths: concatenate(cuts),
    counts: Uint32Array.from(cuts, (own) => own.length),
  };
  return { result };
};

const chunkers = new Map<string, Chunker>();

/** Some take milliseconds to make: tables, and polynomials that are tested. */
async function chunkerOf(id: string): Promise<Chunker> {
  const { createChunker } = await import('../chunkers/mod.ts');
  const chunker = chunkers.get(id) ?? createChunker(id);
  chunkers.set(id, chunker);
  return chunker;
}

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

const digestFile: Task<{ readonly path: string }> = async ({ path }) => {
  const { digestFile: digest } = await import('../images/file-digest.ts');
  return { result: await digest(path) };
};

const store: Task<{
  readonly source: number;
  readonly objects: StoredObjects;
  readonly thread: number;
  readonly threads: number;
}> = async ({ source, objects, thread, threads }) => {
  const { storeObjects } = await import('../objects/store.ts');
  storeObjects(sources.get(source)!, objects, thread, threads);
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

/** Calls of one task that several threads take in turn, and the number of the next. */
export interface Taken {
  readonly task: string;
  readonly payloads: readonly unknown[];
  readonly next: Int32Array;
}

/** Results of those that this thread took, each with its number. */
export async function takeCalls({ task, payloads, next }: Taken): Promise<{
  readonly result: readonly (readonly [number: number, result: unknown])[];
  readonly transfer: readonly ArrayBuffer[];
}> {
  const run = tasks[task] as Task<unknown>;
  const result: (readonly [number, unknown])[] = [];
  const transfer: ArrayBuffer[] = [];
  try {
    for (;;) {
      const number = Atomics.add(next, 0, 1);
      if (number >= payloads.length) return { result, transfer };
      const done = await run(payloads[number]);
      result.push([number, done.result]);
      transfer.push(...(done.transfer ?? []));
    }
  } catch (error) {
    // The others need not go on.
    Atomics.store(next, 0, payloads.length);
    throw error;
  }
}

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
  cutEach,
  digestFile,
  runs,
  store,
  cell,
  contents,
  explore,
  serialise,
  divide,
  takeCalls,
};

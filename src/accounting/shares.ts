import type { Chunker } from '../chunkers/chunker.ts';
import { createChunker } from '../chunkers/mod.ts';
import { divide, reachOf, runsOf, type Segment, SHORTEST_SEGMENT } from '../chunkers/segments.ts';
import { groupsOf } from '../chunkers/sweep.ts';
import type { ImageDescriptor } from '../images/image.ts';
import type { RopeDescriptor } from '../streams/rope.ts';
import type { DividedSegment, Division } from './divide.ts';
import { divisionOf, joined } from './join.ts';

/**
 * One image divided by several threads, with the divisions of one:
 *
 *     one thread     serialise   the streams of the image, end to end
 *     every thread   divide      a share of them: some streams, or a segment of a long one
 *     this thread    join        where the cuts of consecutive segments meet
 */

/** A serialiser and the chunkers that its streams are divided by: ids. */
export interface Sweep {
  readonly serialiser: string;
  readonly chunkers: readonly string[];
}

/** Streams end to end. Plain data: it crosses threads. */
export interface Streams {
  readonly rope: RopeDescriptor;
  /** Bytes of each. */
  readonly lengths: Float64Array;
}

/** What a thread divides: streams from `offset` on, or of the only one a segment. */
export interface Share extends Streams {
  /** Of the first stream in the rope: bytes. */
  readonly offset: number;
  readonly chunkers: readonly string[];
  readonly segment?: Segment;
}

/** Divisions by chunker: of segments where one was asked for. */
export type Divided = readonly Division[] | readonly DividedSegment[];

/** Has one of several threads do a task, see workers/tasks.ts. */
export interface Threads {
  readonly size: number;
  call<Result>(
    task: string,
    payload: unknown,
    transfer?: readonly ArrayBuffer[],
    took?: (ms: number) => void,
  ): Promise<Result>;
}

/**
 * Divisions of an image: by sweep, then by chunker.
 *
 * @param took told how long threads worked on it in all, milliseconds
 */
export async function divideImage(
  threads: Threads,
  image: ImageDescriptor,
  sweeps: readonly Sweep[],
  took: (ms: number) => void = () => {},
): Promise<readonly (readonly Division[])[]> {
  let sum = 0;
  const call: Call = (task, payload) =>
    threads.call(task, payload, [], (ms) => {
      sum += ms;
    });
  const serialisers = sweeps.map(({ serialiser }) => serialiser);
  const serialised = await call<readonly Streams[]>('serialise', { image, serialisers });
  const divided = await Promise.all(
    sweeps.map(({ chunkers }, number) =>
      divideStreams(call, threads.size, serialised[number]!, chunkers),
    ),
  );
  took(sum);
  return divided;
}

type Call = <Result>(task: string, payload: unknown) => Promise<Result>;

/** Divisions of streams by chunker. */
export async function divideStreams(
  call: Call,
  workers: number,
  { rope, lengths }: Streams,
  ids: readonly string[],
): Promise<readonly Division[]> {
  const shareBytes =
    workers > 1
      ? Math.max(SHORTEST_SEGMENT, rope.length / (4 * workers))
      : Number.POSITIVE_INFINITY;
  const shares: Promise<readonly Division[]>[] = [];
  let [first, offset, end] = [0, 0, 0];
  const close = (last: number): void => {
    if (last === first) return;
    const share: Share = { rope, offset, lengths: lengths.slice(first, last), chunkers: ids };
    shares.push(call('divide', share));
    [first, offset] = [last, end];
  };
  for (const [number, length] of lengths.entries()) {
    if (length > shareBytes) {
      close(number);
      const stream = { rope, offset, lengths: Float64Array.of(length) };
      shares.push(divideStream(call, workers, stream, ids));
      end += length;
      [first, offset] = [number + 1, end];
    } else {
      end += length;
      if (end - offset >= shareBytes) close(number + 1);
    }
  }
  close(lengths.length);
  const parts = await Promise.all(shares);
  return ids.map((_, number) => joined(parts.map((part) => part[number]!)));
}

/** Divisions of one long stream by chunker. */
async function divideStream(
  call: Call,
  workers: number,
  stream: Omit<Share, 'chunkers'>,
  ids: readonly string[],
): Promise<readonly Division[]> {
  const length = stream.lengths[0]!;
  const chunkers = ids.map((id) => createChunker(id));
  const cut = (numbers: readonly number[], segment: Segment): Promise<readonly DividedSegment[]> =>
    call('divide', { ...stream, segment, chunkers: numbers.map((number) => ids[number]!) });
  const segments = async (numbers: readonly number[]) => {
    const members = numbers.map((number) => chunkers[number]!);
    const parts = await Promise.all(
      divide(length, workers, ...members).map((segment) => cut(numbers, segment)),
    );
    return numbers.map((number, index) => [number, parts.map((part) => part[index]!)] as const);
  };
  const divisions = new Map<number, Division>();
  const cuts = await Promise.all(teamsOf(chunkers, length, workers).map(segments));
  await Promise.all(
    cuts.flat().map(async ([number, own]) => {
      const joining = runsOf(own, reachOf(chunkers[number]!));
      let step = joining.next();
      while (!step.done) step = joining.next((await cut([number], step.value))[0]!);
      divisions.set(number, divisionOf(step.value));
    }),
  );
  return chunkers.map((_, number) => divisions.get(number)!);
}

/**
 * Numbers of the chunkers that are cut together: first those that cannot be divided, which take longest, those of one scan in
 * one team and no more teams than threads beside one; then all others.
 */
function teamsOf(
  chunkers: readonly Chunker[],
  length: number,
  workers: number,
): readonly (readonly number[])[] {
  const isDivided = chunkers.map((chunker) => divide(length, workers, chunker).length > 1);
  const numbers = [...chunkers.keys()];
  const undivided = numbers.filter((number) => !isDivided[number]);
  const groups = groupsOf(undivided.map((number) => chunkers[number]!)).map(({ members }) =>
    members.map(({ index }) => undivided[index]!),
  );
  const grouped = new Set(groups.flat());
  const units = [
    ...groups,
    ...undivided.filter((number) => !grouped.has(number)).map((number) => [number]),
  ];
  const teams: number[][] = [];
  for (const [index, unit] of units.entries()) {
    const team = index % Math.max(1, workers - 1);
    teams[team] = [...(teams[team] ?? []), ...unit];
  }
  const divided = numbers.filter((number) => isDivided[number]);
  return divided.length > 0 ? [...teams, divided] : teams;
}

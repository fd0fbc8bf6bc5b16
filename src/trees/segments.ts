import { HOLE, type Segment, type Segments } from './tree.ts';

/** Data of a sparse file: runs that ascend and do not overlap, as columns, since a file may have a million of them. */
export class Extents {
  #offsets = new Float64Array(4);
  #lengths = new Float64Array(4);
  #count = 0;
  #end = 0;
  #bytes = 0;

  get count(): number {
    return this.#count;
  }

  /** Bytes of data. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Where the last run ends: bytes. */
  get end(): number {
    return this.#end;
  }

  /** Makes room for so many runs in all. */
  reserve(count: number): void {
    if (count <= this.#offsets.length) return;
    this.#offsets = grown(this.#offsets, count);
    this.#lengths = grown(this.#lengths, count);
  }

  /** False where the run begins before the last one ends, or is of no length that one can have. */
  add(offset: number, length: number): boolean {
    if (!(offset >= this.#end && length >= 0)) return false;
    // GNU tar marks the end with an empty extent; one between two holes must not part them.
    if (length === 0) return true;
    if (this.#count === this.#offsets.length) this.reserve(2 * this.#count);
    this.#offsets[this.#count] = offset;
    this.#lengths[this.#count++] = length;
    this.#end = offset + length;
    this.#bytes += length;
    return true;
  }

  /** The finished list, without spare room. @param size of the file; `data` where its stored bytes start: bytes */
  segments(size: number, data: number): Segments {
    const offsets = trimmed(this.#offsets, this.#count);
    return new SparseSegments(offsets, trimmed(this.#lengths, this.#count), size, 0, data);
  }
}

/** Runs of data whose bytes lie end to end in one source, and the holes around them. */
class SparseSegments implements Segments {
  readonly length: number;
  readonly #offsets: Float64Array;
  readonly #lengths: Float64Array;
  readonly #size: number;
  readonly #source: number;
  readonly #data: number;

  constructor(
    offsets: Float64Array,
    lengths: Float64Array,
    size: number,
    source: number,
    data: number,
    length = countSegments(offsets, lengths, size),
  ) {
    this.#offsets = offsets;
    this.#lengths = lengths;
    this.#size = size;
    this.#source = source;
    this.#data = data;
    this.length = length;
  }

  *[Symbol.iterator](): Generator<Segment> {
    let position = 0;
    let data = this.#data;
    for (let index = 0; index < this.#offsets.length; index++) {
      const offset = this.#offsets[index]!;
      const length = this.#lengths[index]!;
      if (offset > position) yield { source: HOLE, offset: 0, length: offset - position };
      yield { source: this.#source, offset: data, length };
      data += length;
      position = offset + length;
    }
    if (position < this.#size) yield { source: HOLE, offset: 0, length: this.#size - position };
  }

  /** The same runs in another source. */
  movedBy(sources: number): Segments {
    const source = this.#source + sources;
    const { length } = this;
    return new SparseSegments(this.#offsets, this.#lengths, this.#size, source, this.#data, length);
  }
}

class JoinedSegments implements Segments {
  readonly length: number;
  readonly #parts: readonly Segments[];

  constructor(parts: readonly Segments[]) {
    this.#parts = parts;
    this.length = parts.reduce((sum, { length }) => sum + length, 0);
  }

  *[Symbol.iterator](): Generator<Segment> {
    for (const part of this.#parts) yield* part;
  }

  movedBy(sources: number): Segments {
    return new JoinedSegments(this.#parts.map((part) => moveSegments(part, sources)));
  }
}

/** The same content, where its sources have numbers that are higher by `sources`. Columns are shared. */
export function moveSegments(segments: Segments, sources: number): Segments {
  if (sources === 0) return segments;
  if (segments instanceof SparseSegments || segments instanceof JoinedSegments) {
    return segments.movedBy(sources);
  }
  return Array.from(segments, (segment) =>
    segment.source === HOLE ? segment : { ...segment, source: segment.source + sources },
  );
}

/** Contents one after another. */
export function joinSegments(...parts: readonly Segments[]): Segments {
  return new JoinedSegments(parts);
}

/** The content from `start` up to `end`, offsets in the file: bytes. */
export function cutSegments(segments: Segments, start: number, end: number): Segments {
  const kept: Segment[] = [];
  let position = 0;
  for (const { source, offset, length } of segments) {
    const skipped = Math.max(0, start - position);
    const left = Math.min(length, end - position) - skipped;
    if (left > 0)
      kept.push({ source, offset: source === HOLE ? 0 : offset + skipped, length: left });
    position += length;
  }
  return kept;
}

/** Bytes that are no hole. */
export function dataBytes(segments: Segments): number {
  let bytes = 0;
  for (const { source, length } of segments) if (source !== HOLE) bytes += length;
  return bytes;
}

/** The first segment that is no hole. */
export function firstData(segments: Segments): Segment | undefined {
  for (const segment of segments) if (segment.source !== HOLE) return segment;
  return undefined;
}

/** The last segment that is no hole. */
export function lastData(segments: Segments): Segment | undefined {
  let last: Segment | undefined;
  for (const segment of segments) if (segment.source !== HOLE) last = segment;
  return last;
}

function countSegments(offsets: Float64Array, lengths: Float64Array, size: number): number {
  let count = offsets.length;
  let position = 0;
  for (let index = 0; index < offsets.length; index++) {
    if (offsets[index]! > position) count++;
    position = offsets[index]! + lengths[index]!;
  }
  return position < size ? count + 1 : count;
}

function grown(column: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(length);
  longer.set(column);
  return longer;
}

function trimmed(column: Float64Array, length: number): Float64Array {
  return length === column.length ? column : column.slice(0, length);
}

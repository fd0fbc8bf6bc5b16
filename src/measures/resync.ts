import type { Stretch } from '../chunkers/recut.ts';
import type { ByteSource } from '../streams/source.ts';

/** A stream and how a chunker cuts it. */
export interface CutStream {
  readonly bytes: ByteSource;
  /** Of its chunks: bytes. */
  readonly lengths: Float64Array;
}

/**
 * Distance from the end of an edit to the first cut that both streams share: bytes. What both have behind the edit is their
 * longest common end; a cut is shared where it lies equally far from the end of both, at or behind the edit. The ends of the
 * streams are one. undefined where the streams are equal.
 */
export function resyncBytes(old: CutStream, own: CutStream): number | undefined {
  const common = commonEnd(old.bytes, own.bytes);
  if (common === undefined) return undefined;
  const known = new Set(fromEnd(old));
  for (const distance of fromEnd(own)) {
    if (distance <= common && known.has(distance)) return common - distance;
  }
  throw new Error('streams end together');
}

/** What two streams share at their beginning and at their end, which do not overlap; of equal streams all. */
export function sharedStretches(old: ByteSource, own: ByteSource): readonly Stretch[] {
  const most = Math.min(old.length, own.length);
  const end = commonEnd(old, own) ?? most;
  const start = Math.min(commonStart(old, own), most - end);
  return [
    { old: 0, own: 0, length: start },
    { old: old.length - end, own: own.length - end, length: end },
  ];
}

/** Bytes from each cut to the end of the stream, descending to 0. */
function* fromEnd({ bytes, lengths }: CutStream): Generator<number> {
  let rest = bytes.length;
  for (const length of lengths) {
    rest -= length;
    yield rest;
  }
}

const WINDOW = 1 << 18;

/** Length of the longest common end: bytes; undefined of equal streams. */
function commonEnd(old: ByteSource, own: ByteSource): number | undefined {
  const most = Math.min(old.length, own.length);
  for (let done = 0; done < most; done += WINDOW) {
    const length = Math.min(WINDOW, most - done);
    const [one, other] = [new Uint8Array(length), new Uint8Array(length)];
    old.read(old.length - done - length, one);
    own.read(own.length - done - length, other);
    if (Buffer.compare(one, other) === 0) continue;
    let same = 0;
    while (one[length - 1 - same] === other[length - 1 - same]) same++;
    return done + same;
  }
  return old.length === own.length ? undefined : most;
}

/** Length of the longest common beginning: bytes. */
function commonStart(old: ByteSource, own: ByteSource): number {
  const most = Math.min(old.length, own.length);
  for (let done = 0; done < most; done += WINDOW) {
    const length = Math.min(WINDOW, most - done);
    const [one, other] = [new Uint8Array(length), new Uint8Array(length)];
    old.read(done, one);
    own.read(done, other);
    if (Buffer.compare(one, other) === 0) continue;
    return done + one.findIndex((byte, index) => byte !== other[index]);
  }
  return most;
}

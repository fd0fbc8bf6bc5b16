import type { Ranges } from '../objects/work.ts';
import { type ByteSource, readRange } from '../streams/source.ts';

/**
 * A dictionary of raw content for small pieces: the segments of a sample whose substrings occur most often.
 *
 * Liao, Petri, Moffat, Wirth: Effective construction of relative Lempel-Ziv dictionaries (WWW 2016), in the form of
 * zstd's FASTCOVER (lib/dictBuilder/fastcover.c): substrings of 8 bytes are counted by hash; the sample is passed through
 * in epochs, each of which gives the segment that scores most by substrings that no segment before it has. Other than
 * zstd's own dictionaries these have no entropy tables.
 */

/** Bytes of one counted substring. */
const SUBSTRING = 8;
/** Of the hash that stands for a substring. */
const HASH_BITS = 20;
/** Bytes of one segment. */
const SEGMENT = 512;
/** Positions of substrings in one segment. */
const POSITIONS = SEGMENT - SUBSTRING + 1;
/** Of one piece at most its start is in the sample, as in zstd: bytes. */
const PIECE = 128 << 10;
/** Most bytes of a sample. */
const SAMPLE = 16 << 20;
/** How often each epoch is visited until the dictionary is full. */
const PASSES = 4;
/** A dictionary that begins so is no raw content to zstd: RFC 8878 §5. */
const MAGIC = [0x37, 0xa4, 0x30, 0xec];
/** An epoch has at least this many positions. */
const LEAST_EPOCH = 10 * SEGMENT;

/** @param pieces what will be compressed. @param size most bytes of the dictionary */
export function trainDictionary(source: ByteSource, pieces: Ranges, size: number): Uint8Array {
  const sample = takeSample(source, pieces);
  const positions = sample.length - SUBSTRING + 1;
  if (positions < 1) return sample;
  const hash = hasherOf(sample);
  const counts = countSubstrings(hash, positions);

  const wanted = Math.max(1, Math.floor(size / SEGMENT / PASSES));
  const epochLength = Math.max(Math.min(LEAST_EPOCH, positions), Math.floor(positions / wanted));
  const epochs = Math.floor(positions / epochLength);
  const windowed = new Uint16Array(counts.length);
  const dictionary = new Uint8Array(size);
  // The best come last: what is near to the piece is cheapest to refer to.
  let start = size;
  let barren = 0;
  for (let visit = 0; start > 0 && barren < epochs; visit++) {
    const first = (visit % epochs) * epochLength;
    const segment = bestSegment(hash, counts, windowed, first, first + epochLength);
    if (segment.score === 0) {
      barren++;
      continue;
    }
    barren = 0;
    for (let position = segment.start; position < segment.end; position++)
      counts[hash(position)] = 0;
    const length = Math.min(segment.end + SUBSTRING - 1 - segment.start, start);
    start -= length;
    dictionary.set(sample.subarray(segment.start, segment.start + length), start);
  }
  return withoutMagic(dictionary.subarray(start));
}

function withoutMagic(dictionary: Uint8Array): Uint8Array {
  return MAGIC.every((byte, index) => dictionary[index] === byte)
    ? dictionary.subarray(1)
    : dictionary;
}

interface Segment {
  /** Positions of its substrings. */
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

function countSubstrings(hash: Hash, positions: number): Uint32Array {
  const counts = new Uint32Array(2 ** HASH_BITS);
  for (let position = 0; position < positions; position++) counts[hash(position)]!++;
  return counts;
}

/** @param windowed how often each hash is in the window: zeros before and after */
function bestSegment(
  hash: Hash,
  counts: Uint32Array,
  windowed: Uint16Array,
  first: number,
  end: number,
): Segment {
  const window = new Uint32Array(POSITIONS);
  let best: Segment = { start: first, end: first, score: 0 };
  let score = 0;
  for (let position = first; position < end + POSITIONS; position++) {
    const place = position % POSITIONS;
    if (position - first >= POSITIONS && position - POSITIONS < end) {
      const oldest = window[place]!;
      if (--windowed[oldest]! === 0) score -= counts[oldest]!;
    }
    if (position >= end) continue;
    const newest = hash(position);
    window[place] = newest;
    if (windowed[newest]!++ === 0) score += counts[newest]!;
    if (score > best.score) {
      best = { start: Math.max(first, position + 1 - POSITIONS), end: position + 1, score };
    }
  }
  return best;
}

type Hash = (position: number) => number;

function hasherOf(sample: Uint8Array): Hash {
  const view = new DataView(sample.buffer, sample.byteOffset, sample.length);
  return (position) => {
    const low = Math.imul(view.getUint32(position, true), 0x9e3779b1);
    const high = Math.imul(view.getUint32(position + 4, true), 0x85ebca77);
    return Math.imul(low ^ (low >>> 15) ^ high, 0xc2b2ae3d) >>> (32 - HASH_BITS);
  };
}

/** Every n-th piece, so that the sample is of the whole source and not of its start. */
function takeSample(source: ByteSource, { offsets, lengths }: Ranges): Uint8Array {
  const taken = lengths.map((length) => Math.min(length, PIECE));
  const total = taken.reduce((sum, length) => sum + length, 0);
  const step = Math.max(1, Math.ceil(total / SAMPLE));
  const parts: Uint8Array[] = [];
  let left = SAMPLE;
  for (let piece = 0; piece < taken.length; piece += step) {
    const length = Math.min(left, taken[piece]!);
    parts.push(readRange(source, offsets[piece]!, length));
    left -= length;
  }
  return new Uint8Array(Buffer.concat(parts));
}

import { InputError } from '../errors.ts';
import { limits } from '../limits.ts';
import { Rope } from '../streams/rope.ts';
import { type ByteSource, readRange } from '../streams/source.ts';
import { DigestTable } from './digest-table.ts';
import type { ObjectTable } from './objects.ts';
import { type PieceMemory, RememberedPieces } from './piece-memory.ts';
import { chosen } from './stored-lengths.ts';
import { type Pieces, type Ranges, startsOf } from './work.ts';

/** Stored pieces, and what each is said to hold. */
export interface StoredPieces {
  readonly all: Rope;
  /** Of the pieces in it. */
  readonly ranges: Ranges;
  /** Bytes. */
  readonly contentLengths: Float64Array;
  /** sha256 of the contents, 32 bytes each. */
  readonly digests: Uint8Array;
  readonly codec: string;
  readonly dictionary: Uint8Array | undefined;
}

/** Arguments as `Executor.decompress` has them. Throws an InputError where they are said to hold more than any image may. */
export function storedPieces(
  pieces: Iterable<ByteSource>,
  contentLengths: Float64Array,
  digests: Uint8Array,
  codec: string,
  dictionary?: Uint8Array,
): StoredPieces {
  checkContents(contentLengths);
  const all = new Rope();
  const lengths = new Float64Array(contentLengths.length);
  let index = 0;
  for (const piece of pieces) {
    all.append(piece);
    lengths[index++] = piece.length;
  }
  const ranges = { lengths, offsets: startsOf(lengths) };
  return { all, ranges, contentLengths, digests, codec, dictionary };
}

/** Lengths are told by manifests, which may tell anything. */
function checkContents(lengths: Float64Array): void {
  const bytes = lengths.reduce((sum, length) => sum + length, 0);
  if (bytes <= limits.contentBytes) return;
  throw new InputError(
    `the objects are said to hold ${bytes} bytes`,
    {},
    'the manifest is damaged, or the image is too large: pack the image again',
  );
}

interface Place {
  readonly source: ByteSource;
  readonly offset: number;
  readonly length: number;
}

/** Where contents lie that an executor read and digested itself. */
export class DigestedContents {
  readonly #numbers = new DigestTable();
  readonly #places: Place[] = [];

  add(source: ByteSource, { count, digests, offsets, lengths }: ObjectTable): void {
    for (let object = 0; object < count; object++) {
      if (this.#numbers.add(digests, 32 * object) < this.#places.length) continue;
      this.#places.push({ source, offset: offsets[object]!, length: lengths[object]! });
    }
  }

  /** @param digest sha256 of the content */
  find(digest: Uint8Array): Place | undefined {
    return this.#places[this.#numbers.find(digest)];
  }
}

/** Ranges of more pieces are read. */
const MOST_PIECES = 1000;

/** True of ranges that are the same bytes of the same sources; false also where that takes long to tell. */
function isSameRange(one: Place, other: Place): boolean {
  const [own, others] = [one, other].map(({ source, offset, length }) =>
    (source instanceof Rope ? source : new Rope().slice(source, 0, source.length)).composition(
      offset,
      length,
      MOST_PIECES,
    ),
  );
  return own !== undefined && own === others;
}

/** Decompresses pieces and holds each against its digest; `verify` keeps none of the contents. */
export interface ReadPieces {
  decompress(pieces: StoredPieces): Promise<Pieces>;
  verify(pieces: StoredPieces): Promise<unknown>;
}

/**
 * The contents of stored pieces. One that has the very bytes of a piece that was decompressed to this content before, by any
 * thread of the run, is not decompressed again. Every other is decompressed and held against its digest. A content that this
 * executor digested is read from its source, since one digest is one content, and not kept a second time.
 *
 * @param digested by this executor
 */
export async function restoreOnce(
  stored: StoredPieces,
  memory: PieceMemory,
  digested: DigestedContents,
  { decompress, verify }: ReadPieces,
): Promise<Pieces> {
  const { all, ranges, contentLengths, digests, codec, dictionary } = stored;
  if (dictionary) return decompress(stored);
  const remembered = new RememberedPieces(memory, codec);
  const digestOf = (number: number): Uint8Array => digests.subarray(32 * number, 32 * number + 32);
  const pieceOf = (number: number): Uint8Array =>
    readRange(all, ranges.offsets[number]!, ranges.lengths[number]!);
  const isRestored = (number: number, place: Place): boolean => {
    if (codec !== 'none') return remembered.isRestored(digestOf(number), () => pieceOf(number));
    const [offset, length] = [ranges.offsets[number]!, ranges.lengths[number]!];
    return length === place.length && isSameRange(place, { source: all, offset, length });
  };
  const places: (Place | undefined)[] = [];
  const unverified: number[] = [];
  const missing: number[] = [];
  for (const [number, length] of contentLengths.entries()) {
    const place = digested.find(digestOf(number));
    const isDigested = place?.length === length;
    places.push(isDigested ? place : undefined);
    if (!isDigested) missing.push(number);
    else if (!isRestored(number, place)) unverified.push(number);
  }
  const only = (numbers: readonly number[]): StoredPieces => ({
    ...stored,
    ranges: chosen(ranges, numbers),
    contentLengths: Float64Array.from(numbers, (number) => contentLengths[number]!),
    digests: Uint8Array.from(Buffer.concat(numbers.map(digestOf))),
  });
  await verify(only(unverified));
  const made = await decompress(only(missing));
  for (const number of [...unverified, ...missing]) {
    remembered.tellRestored(digestOf(number), () => pieceOf(number));
  }
  const bytes = new Rope();
  let offset = 0;
  for (const [number, length] of contentLengths.entries()) {
    const place = places[number];
    if (place) bytes.append(place.source, place.offset, length);
    else bytes.append(made.bytes, offset, length);
    if (!place) offset += length;
  }
  return { bytes, lengths: contentLengths };
}

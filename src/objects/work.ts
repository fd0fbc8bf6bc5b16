import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import type { Codec } from '../codecs/codec.ts';
import { InputError, storageError, VerificationError } from '../errors.ts';
import { makeDirectories } from '../make-directories.ts';
import { type ByteSource, readRange } from '../streams/source.ts';
import { writeFile } from '../write-whole.ts';

/** The work on chunks that needs a core: digest, compress, decompress. Pure functions of bytes, so any thread may do it. */

/** Ranges of one source: columns, bytes. */
export interface Ranges {
  readonly offsets: Float64Array;
  readonly lengths: Float64Array;
}

/** Pieces laid end to end, with the length of each: bytes. */
export interface Pieces {
  readonly bytes: Uint8Array;
  readonly lengths: Float64Array;
}

/** Long chunks are digested in steps of this many bytes, to stay in the processor's cache. */
const STEP = 1 << 20;

/** sha256 of every range, 32 bytes each. */
export function digestRanges(source: ByteSource, ranges: Ranges): Uint8Array {
  const digests = new Uint8Array(32 * ranges.lengths.length);
  const buffer = new Uint8Array(STEP);
  for (const [index, length] of ranges.lengths.entries()) {
    const offset = ranges.offsets[index]!;
    const hash = createHash('sha256');
    for (let done = 0; done < length; done += STEP) {
      const step = buffer.subarray(0, Math.min(STEP, length - done));
      source.read(offset + done, step);
      hash.update(step);
    }
    digests.set(hash.digest(), 32 * index);
  }
  return digests;
}

/** Compresses every range on its own. */
export function compressRanges(source: ByteSource, ranges: Ranges, codec: Codec): Pieces {
  const pieces = Array.from(ranges.lengths, (length, index) =>
    codec.compress(readRange(source, ranges.offsets[index]!, length)),
  );
  return joinPieces(pieces);
}

/** Writes every piece to a file of its own. */
export function storePieces(paths: readonly string[], { bytes, lengths }: Pieces): void {
  let offset = 0;
  for (const [index, path] of paths.entries()) {
    try {
      makeDirectories(dirname(path));
      writeFile(path, bytes.subarray(offset, offset + lengths[index]!));
    } catch (error) {
      throw storageError(error, path);
    }
    offset += lengths[index]!;
  }
}

/**
 * Decompresses every piece and checks it against its digest.
 *
 * @param lengths of the results: bytes
 * @param digests sha256 of the results, 32 bytes each
 */
export function decompressPieces(
  pieces: readonly Uint8Array[],
  lengths: Float64Array,
  digests: Uint8Array,
  codec: Codec,
): Uint8Array {
  const open = (index: number): Uint8Array => {
    const content = codec.decompress(pieces[index]!, lengths[index]!);
    verifyDigest(content, digests.subarray(32 * index, 32 * index + 32));
    return content;
  };
  // A whole stream as one piece is long: it is not copied again.
  if (pieces.length === 1) return unshared(open(0));
  const contents = room(lengths.reduce((sum, length) => sum + length, 0));
  let offset = 0;
  for (let index = 0; index < pieces.length; index++) {
    contents.set(open(index), offset);
    offset += lengths[index]!;
  }
  return contents;
}

/** Lengths are told by manifests, which may tell anything. */
function room(bytes: number): Uint8Array {
  try {
    return new Uint8Array(bytes);
  } catch {
    throw new InputError(
      `the objects are said to hold ${bytes} bytes, which do not fit into memory`,
      {},
      'the manifest is damaged, or the image is too large: pack the image again',
    );
  }
}

export function verifyDigest(content: Uint8Array, expected: Uint8Array): void {
  const actual = createHash('sha256').update(content).digest();
  if (actual.equals(expected)) return;
  throw new VerificationError(
    `content has sha256 ${actual.toString('hex')} instead of ${Buffer.from(expected).toString('hex')}`,
    {},
    'the store lost or altered an object: pack again',
  );
}

export function joinPieces(pieces: readonly Uint8Array[]): Pieces {
  const lengths = Float64Array.from(pieces, (piece) => piece.length);
  if (pieces.length === 1) return { bytes: unshared(pieces[0]!), lengths };
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return { bytes, lengths };
}

/** Bytes with a buffer of their own: one that others use too cannot change threads. */
function unshared(bytes: Uint8Array): Uint8Array {
  return bytes.length === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}

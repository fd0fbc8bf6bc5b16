import { checkedLengths } from '../chunkers/checked.ts';
import type { Chunker } from '../chunkers/chunker.ts';
import { createCodec } from '../codecs/mod.ts';
import { Rope } from '../streams/rope.ts';
import type { ByteSource } from '../streams/source.ts';
import {
  compressRanges,
  decompressPieces,
  digestRanges,
  type Pieces,
  type Ranges,
  storePieces,
} from './work.ts';

/** Who does the work on chunks: this thread, or several. Results do not depend on it. */
export interface Executor {
  readonly workers: number;
  /** Lengths of the chunks of one stream, which is `length` bytes of `source` from `offset`. */
  cut(source: ByteSource, offset: number, length: number, chunker: Chunker): Promise<Float64Array>;
  digest(source: ByteSource, ranges: Ranges): Promise<Uint8Array>;
  /** @param dictionary of a codec that has one */
  compress(
    source: ByteSource,
    ranges: Ranges,
    codec: string,
    dictionary?: Uint8Array,
  ): Promise<Pieces>;
  /** Writes every piece to the file of its path, whose directory it makes. */
  store(paths: readonly string[], pieces: Pieces): Promise<void>;
  /** @param lengths and `digests` of the results; throws a VerificationError where one differs */
  decompress(
    pieces: readonly Uint8Array[],
    lengths: Float64Array,
    digests: Uint8Array,
    codec: string,
    dictionary?: Uint8Array,
  ): Promise<Uint8Array>;
}

export const inline: Executor = {
  workers: 1,
  async cut(source, offset, length, chunker) {
    return checkedLengths(chunker, new Rope().slice(source, offset, length));
  },
  async digest(source, ranges) {
    return digestRanges(source, ranges);
  },
  async compress(source, ranges, codec, dictionary) {
    return compressRanges(source, ranges, await createCodec(codec, dictionary));
  },
  async store(paths, pieces) {
    storePieces(paths, pieces);
  },
  async decompress(pieces, lengths, digests, codec, dictionary) {
    return decompressPieces(pieces, lengths, digests, await createCodec(codec, dictionary));
  },
};

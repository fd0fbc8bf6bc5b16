import { createCodec } from '../codecs/mod.ts';
import type { ByteSource } from '../streams/source.ts';
import {
  compressRanges,
  decompressPieces,
  digestRanges,
  type Pieces,
  type Ranges,
} from './work.ts';

/** Who does the work on chunks: this thread, or several. Results do not depend on it. */
export interface Executor {
  readonly workers: number;
  digest(source: ByteSource, ranges: Ranges): Promise<Uint8Array>;
  compress(source: ByteSource, ranges: Ranges, codec: string): Promise<Pieces>;
  /** @param lengths and `digests` of the results; throws a VerificationError where one differs */
  decompress(
    pieces: readonly Uint8Array[],
    lengths: Float64Array,
    digests: Uint8Array,
    codec: string,
  ): Promise<Uint8Array>;
}

export const inline: Executor = {
  workers: 1,
  async digest(source, ranges) {
    return digestRanges(source, ranges);
  },
  async compress(source, ranges, codec) {
    return compressRanges(source, ranges, await createCodec(codec));
  },
  async decompress(pieces, lengths, digests, codec) {
    return decompressPieces(pieces, lengths, digests, await createCodec(codec));
  },
};

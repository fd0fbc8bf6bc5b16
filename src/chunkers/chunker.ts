import type { ByteSource } from '../streams/source.ts';

/** Cuts a stream into chunks. Instances keep no state between streams. */
export interface Chunker {
  /** Canonical id, every parameter stated: `fastcdc:min=16KiB,avg=64KiB,max=256KiB,nc=1,seed=0`. */
  readonly id: string;
  /** Lengths of all chunks of `source` in order, bytes; their sum is `source.length`; empty for an empty source. */
  lengths(source: ByteSource): Float64Array;
}

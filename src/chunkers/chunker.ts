import type { Member, Values } from '../ids.ts';
import type { KernelName, Kernels, Setting } from '../kernels/kernels.ts';
import type { ByteSource } from '../streams/source.ts';

/** Cuts a stream into chunks. Instances keep no state between streams. */
export interface Chunker {
  /** Canonical id, every parameter stated: `fastcdc:min=16KiB,avg=64KiB,max=256KiB,nc=1,seed=0x0`. */
  readonly id: string;
  /** Lengths of all chunks of `source` in order, bytes; their sum is `source.length`; empty for an empty source. */
  lengths(source: ByteSource): Float64Array;
  /** What it runs; {@link lengthsOfMany} shares one scan between chunkers that allow it. */
  readonly algorithm?: Algorithm;
}

/**
 * What a member is: a pure rule for where the chunk ends that starts here. It is given twice, as the readable definition
 * and as the kernel that runs it; the contract suite holds both to the same cuts.
 */
export interface Algorithm {
  /** No chunk but the last is shorter, bytes; a stream up to this long is one chunk. */
  readonly shortest: number;
  /** No chunk is longer, bytes; Infinity where nothing bounds it. */
  readonly longest: number;
  /** Length of the chunk that starts at `start`, 1 … `bytes.length − start`. `bytes` is the whole stream. */
  reference(bytes: Uint8Array, start: number): number;
  /** Absent where every chunk is `longest` bytes, whatever the bytes are. */
  readonly kernel?: Kernel;
  /** Present where the cuts can be selected from candidates that one scan finds for many parameter sets. */
  readonly selection?: GearSelection;
}

/** A parameter set of FastCDC as {@link lengthsOfMany} selects by it: sizes in bytes. */
export interface GearSelection {
  /** 256 u64. Sets with equal tables share a scan. */
  readonly table: BigUint64Array;
  readonly min: number;
  readonly avg: number;
  readonly max: number;
  readonly maskSmall: bigint;
  readonly maskLarge: bigint;
}

export interface Kernel {
  /** Bytes from a chunk's start that settle where it ends. */
  readonly reach: number;
  /** Bytes before a chunk's start that the kernel reads as well, zeros before the stream; none unless stated. */
  readonly behind?: number;
  readonly setting: Setting;
  /**
   * Cuts the bytes at addresses `start` … `end` and writes the lengths (u32) to `kernels.out`, at most `kernels.capacity`.
   * Unless `last`, it stops before the first chunk of which fewer than {@link reach} bytes are there. Returns the count.
   */
  cut(kernels: Kernels, start: number, end: number, last: boolean): number;
}

/** The kernel of that name in assembly/ with these numbers and tables. */
export function wasmKernel(name: KernelName, reach: number, setting: Setting): Kernel {
  return {
    reach,
    setting,
    cut: ({ exports, out, capacity }, start, end, last) =>
      exports[name](start, end, last, out, capacity),
  };
}

/** A chunker as the family's table lists it. */
export interface ChunkerMember extends Member {
  /** One inserted byte moves few cuts. */
  readonly contentDefined: boolean;
  algorithm(values: Values): Algorithm;
}

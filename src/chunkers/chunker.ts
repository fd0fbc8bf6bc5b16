import type { Member, Values } from '../ids.ts';
import type { KernelName, Kernels, ScanName, SelectName, Setting } from '../kernels/kernels.ts';
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
 * and as the kernel that runs it; the contract suite holds both to the same cuts. The definition alone is enough: it is run,
 * slowly, where there is no kernel.
 */
export interface Algorithm {
  /** No chunk but the last is shorter, bytes; a stream up to this long is one chunk. */
  readonly shortest: number;
  /** No chunk is longer, bytes; Infinity where nothing bounds it. */
  readonly longest: number;
  /** Chunks start at multiples of it, bytes, a power of two; 1 unless stated. */
  readonly grain?: number;
  /** 1 unless stated. Raised when an id comes to cut otherwise: what was measured before is not resumed. */
  readonly revision?: number;
  /** Length of the chunk that starts at `start`, 1 … `bytes.length − start`. `bytes` is the whole stream. */
  reference(bytes: Uint8Array, start: number): number;
  /** Absent where the reference itself is run, over the whole stream in memory, or where nothing is: {@link isUniform}. */
  readonly kernel?: Kernel;
  /** Every chunk but the last is `longest` bytes, whatever the bytes are: no byte is read. */
  readonly isUniform?: true;
  /** Present where the cuts can be selected from candidates that one scan finds for many parameter sets. */
  readonly selection?: Selection;
}

/**
 * A parameter set as {@link lengthsOfMany} selects by it from the candidates of a scan: a chunk ends by the first position
 * whose hash has no bit of a mask. A position is that of the last byte hashed; offsets are from the chunk's start, bytes.
 */
export interface Selection {
  /** The hash, by the name of its scan in assembly/, and what it runs on; sets with equal ones share a scan. */
  readonly scan: ScanName;
  readonly setting: Setting;
  /** Bytes before a block that the scan and the selection read as well. */
  readonly window: number;
  readonly select: SelectName;
  /** Bits that are zero at a cut before `centre`, and from there on. */
  readonly masks: { readonly small: bigint; readonly large: bigint };
  readonly centre: number;
  /** First position tested, and the first that may end the chunk. */
  readonly first: number;
  readonly least: number;
  readonly max: number;
  /** Length of a chunk less the offset of the position that ends it. */
  readonly lead: number;
  /** Bytes at the end of the longest chunk that are not tested. */
  readonly untested: number;
  /** The end of the tested bytes is rounded down to a multiple of it. */
  readonly grain: number;
  /** At most 4, as the file of `select` lists them; u64. */
  readonly numbers: readonly (number | bigint)[];
}

/** What of a selection most members have alike: one mask, cut after the byte that passes, tested up to the end. */
type SelectionDefaults = 'centre' | 'least' | 'lead' | 'untested' | 'grain' | 'numbers';

/** A selection of which only what is special is given. */
export function selectionOf({
  first,
  ...rest
}: Omit<Selection, SelectionDefaults> & Partial<Pick<Selection, SelectionDefaults>>): Selection {
  return { first, centre: 0, least: first, lead: 1, untested: 0, grain: 1, numbers: [], ...rest };
}

export interface Kernel {
  /** Bytes from a chunk's start that settle where it ends. */
  readonly reach: number;
  /** Bytes before a chunk's start that the kernel reads as well, zeros before the stream; none unless stated. */
  readonly behind?: number;
  readonly setting: Setting;
  /**
   * Cuts the bytes at addresses `start` … `end` and writes the lengths (u32) to `kernels.out`, at most `most` where it is
   * given, else `kernels.capacity`. Unless `last`, it stops before the first chunk of which fewer than {@link reach} bytes are there. Returns the count.
   */
  cut(kernels: Kernels, start: number, end: number, last: boolean, most?: number): number;
}

/** The kernel of that name in assembly/ with these numbers and tables. */
export function wasmKernel(name: KernelName, reach: number, setting: Setting): Kernel {
  return {
    reach,
    setting,
    cut: ({ exports, out, capacity }, start, end, last, most = capacity) =>
      exports[name](start, end, last, out, most),
  };
}

/** Whether an algorithm is run as its readable definition has it: slower by orders of magnitude than a kernel. */
export function isCutByReference({ kernel, isUniform }: Algorithm): boolean {
  return kernel === undefined && isUniform !== true;
}

/** A chunker as the family's table lists it. */
export interface ChunkerMember extends Member {
  /** Newest source of its owner that its cuts were compared with, and how; absent where nobody did. */
  readonly heldAgainst?: string;
  /** One inserted byte moves few cuts. */
  readonly contentDefined: boolean;
  algorithm(values: Values): Algorithm;
}

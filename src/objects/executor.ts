import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkedLengths } from '../chunkers/checked.ts';
import type { Chunker } from '../chunkers/chunker.ts';
import { digestFile } from '../images/file-digest.ts';
import { limits } from '../limits.ts';
import { makeScratch } from '../scratch.ts';
import { Rope } from '../streams/rope.ts';
import { type ByteSource, FileSource, MemorySource, openSource } from '../streams/source.ts';
import { type Distinct, distinctObjects, type ObjectTable } from './objects.ts';
import { createPass, packedRanges, piecesOf, storedAlready } from './pass.ts';
import type { PieceMemory } from './piece-memory.ts';
import { DigestedContents, restoreOnce, type StoredPieces, storedPieces } from './restored.ts';
import { shareStore, storeObjects } from './store.ts';
import { type Pass, type Pieces, type Ranges, type Share, startsOf, takeRuns } from './work.ts';

/** Chunks as they are stored, and what that took: milliseconds, of all threads divided by their number. */
export interface Stored extends Distinct {
  readonly stored: Pieces;
  readonly times: Omit<Share, 'spool'>;
}

/**
 * Who does the work on chunks: this thread, or several. Results do not depend on it. What it makes lies in memory or in
 * scratch files, which are gone once it is closed.
 */
export interface Executor {
  readonly workers: number;
  /** Lengths of the chunks of one stream, which is `length` bytes of `source` from `offset`. */
  cut(source: ByteSource, offset: number, length: number, chunker: Chunker): Promise<Float64Array>;
  /** The same of several streams, each a range of `source`. */
  cutEach(source: ByteSource, streams: Ranges, chunker: Chunker): Promise<readonly Float64Array[]>;
  digest(source: ByteSource, ranges: Ranges): Promise<Uint8Array>;
  /** The same of parts that lie end to end: a stage of the image, not of its chunks. */
  digestParts(source: ByteSource, lengths: Float64Array): Promise<Uint8Array>;
  compressParts(
    source: ByteSource,
    lengths: Float64Array,
    codec: string,
    dictionary?: Uint8Array,
  ): Promise<Pieces>;
  /** `sha256:…` of a file's bytes. */
  digestFile(path: string): Promise<string>;
  /** @param dictionary of a codec that has one */
  compress(
    source: ByteSource,
    ranges: Ranges,
    codec: string,
    dictionary?: Uint8Array,
  ): Promise<Pieces>;
  /**
   * In one pass: the distinct objects among chunks that lie end to end, and each of them compressed.
   *
   * @param directory of a store (store.ts) to which each is written at once; then nothing can be read of what is returned
   */
  pack(
    source: ByteSource,
    lengths: Float64Array,
    codec: string,
    directory?: string,
  ): Promise<Stored>;
  /** Writes every piece to the file that store.ts names by its digest. @param directory has none of these */
  store(directory: string, digests: Uint8Array, pieces: Pieces): Promise<void>;
  /**
   * The contents of all pieces, end to end.
   *
   * @param lengths and `digests` of the results; throws a VerificationError where one differs
   */
  decompress(
    pieces: Iterable<ByteSource>,
    lengths: Float64Array,
    digests: Uint8Array,
    codec: string,
    dictionary?: Uint8Array,
  ): Promise<ByteSource>;
  /** As {@link Executor.decompress}; keeps none of the contents. */
  verify(...given: Parameters<Executor['decompress']>): Promise<void>;
}

export interface OwnExecutor extends Executor {
  close(): Promise<void>;
}

/** What an executor leaves to one or several threads. */
export interface Threads extends Pick<Executor, 'cut' | 'digestFile' | 'store'> {
  readonly count: number;
  /** Absent where streams are cut one after another. */
  readonly cutEach?: Executor['cutEach'];
  /** Has every thread take runs of a pass. @param paths of their spools; in memory where absent */
  takeRuns(
    source: ByteSource,
    pass: Pass,
    paths: readonly string[] | undefined,
  ): Promise<readonly Share[]>;
  close(): Promise<void>;
}

/**
 * @param memory of pieces that others compressed or restored, or will need. With it, what is not compressed is not copied, and has
 * no times; results refer to this memory and to the sources that `digest` and `pack` were given, and hold as long as these do not change.
 */
export function createExecutor(threads: Threads, memory?: PieceMemory): OwnExecutor {
  const scratch = new Scratch();
  const run = async (
    source: ByteSource,
    pass: Pass,
  ): Promise<{ readonly spools: readonly ByteSource[]; readonly shares: readonly Share[] }> => {
    const { operation, contentLengths, lengths } = pass;
    const made = operation === 'decompress' ? contentLengths : lengths;
    const isNothing = operation === 'digest' || operation === 'verify';
    const isHeld = isNothing || pass.store || pass.contents || sumOf(made) <= limits.heldBytes;
    const paths = isHeld ? undefined : scratch.paths(threads.count);
    const shares = await threads.takeRuns(source, pass, paths);
    return { shares, spools: shares.map(({ spool }) => scratch.open(openSource(spool))) };
  };
  const digest = async (source: ByteSource, ranges: Ranges): Promise<Uint8Array> => {
    const pass = createPass(ranges, threads.count, { operation: 'digest' });
    await run(source, pass);
    return pass.digests.slice();
  };
  const compress: Executor['compress'] = async (source, ranges, codec, dictionary) => {
    const pass = createPass(ranges, threads.count, { operation: 'compress', codec, dictionary });
    return piecesOf(pass, (await run(source, pass)).spools);
  };
  /** Every piece is read, decompressed and held against its digest. */
  const read = async (
    operation: 'decompress' | 'verify',
    { all, ranges, ...given }: StoredPieces,
  ): Promise<Pieces> => {
    const contents =
      operation === 'decompress' ? sharedRoom(sumOf(given.contentLengths)) : undefined;
    const pass = createPass(ranges, threads.count, { operation, contents, ...given });
    const { spools } = await run(all, pass);
    return operation === 'verify' ? NOTHING_READ : piecesOf(pass, spools);
  };
  const digested = new DigestedContents();
  /** Finds the contents again when they are to be restored. */
  const digestKnown = async (source: ByteSource, ranges: Ranges): Promise<Uint8Array> => {
    const digests = await digest(source, ranges);
    if (memory) digested.add(source, { count: ranges.lengths.length, digests, ...ranges });
    return digests;
  };
  return {
    workers: threads.count,
    cut: threads.cut,
    cutEach: (source, streams, chunker) =>
      threads.cutEach
        ? threads.cutEach(source, streams, chunker)
        : cutInTurn(threads, source, streams, chunker),
    digestFile: threads.digestFile,
    store: threads.store,
    digest: digestKnown,
    digestParts: (source, lengths) => digest(source, { lengths, offsets: startsOf(lengths) }),
    compress,
    compressParts: (source, lengths, codec, dictionary) =>
      compress(source, { lengths, offsets: startsOf(lengths) }, codec, dictionary),
    async pack(source, lengths, codec, directory) {
      if (memory && codec === 'none' && directory === undefined) {
        const digests = await digestKnown(source, { lengths, offsets: startsOf(lengths) });
        const distinct = distinctObjects(lengths, digests);
        return { ...distinct, stored: inPlace(source, distinct.objects), times: NO_TIMES };
      }
      const store = directory === undefined ? undefined : shareStore(directory);
      const pass = createPass({ lengths, offsets: startsOf(lengths) }, threads.count, {
        operation: 'pack',
        codec,
        store,
        memory: store ? undefined : memory,
      });
      const { spools, shares } = await run(source, pass);
      const distinct = distinctObjects(lengths, pass.digests);
      const ranges = packedRanges(pass, distinct.sequence, distinct.objects.count);
      const mean = (time: keyof Stored['times']): number =>
        shares.reduce((sum, share) => sum + share[time], 0) / shares.length;
      const times = { hashMs: mean('hashMs'), codecMs: mean('codecMs'), writeMs: mean('writeMs') };
      const stored = store ? storedAlready(pass, ranges) : piecesOf(pass, spools, ranges);
      if (memory) digested.add(source, distinct.objects);
      return { ...distinct, stored, times };
    },
    async decompress(...given) {
      const stored = storedPieces(...given);
      const decompress = (pieces: StoredPieces): Promise<Pieces> => read('decompress', pieces);
      const verify = (pieces: StoredPieces): Promise<Pieces> => read('verify', pieces);
      const restored = memory
        ? await restoreOnce(stored, memory, digested, { decompress, verify })
        : await decompress(stored);
      return restored.bytes;
    },
    async verify(...given) {
      await read('verify', storedPieces(...given));
    },
    async close() {
      await threads.close();
      scratch.remove();
    },
  };
}

/** The spools of an executor, in a directory that is made when it is needed. */
class Scratch {
  #directory: string | undefined;
  #files = 0;
  readonly #open: FileSource[] = [];

  paths(count: number): readonly string[] {
    this.#directory ??= makeScratch();
    return Array.from({ length: count }, () => join(this.#directory!, String(this.#files++)));
  }

  open(spool: ByteSource): ByteSource {
    if (spool instanceof FileSource) this.#open.push(spool);
    return spool;
  }

  remove(): void {
    for (const file of this.#open.splice(0)) file.close();
    if (this.#directory !== undefined) rmSync(this.#directory, { recursive: true, force: true });
    this.#directory = undefined;
  }
}

async function cutInTurn(
  { cut }: Pick<Threads, 'cut'>,
  source: ByteSource,
  { offsets, lengths }: Ranges,
  chunker: Chunker,
): Promise<readonly Float64Array[]> {
  const cuts: Float64Array[] = [];
  for (const [stream, length] of lengths.entries()) {
    cuts.push(await cut(source, offsets[stream]!, length, chunker));
  }
  return cuts;
}

/** Of what is not timed. */
export const NO_TIMES: Stored['times'] = { hashMs: 0, codecMs: 0, writeMs: 0 };

/** Objects that are stored as they are: where they lie. */
function inPlace(source: ByteSource, { count, offsets, lengths }: ObjectTable): Pieces {
  const bytes = new Rope().reserve(count);
  for (let object = 0; object < count; object++) {
    bytes.append(source, offsets[object]!, lengths[object]!);
  }
  return { bytes, lengths };
}

const NOTHING_READ: Pieces = {
  bytes: new MemorySource(new Uint8Array(0)),
  lengths: new Float64Array(0),
};

/** Undefined of more than is held in memory. */
function sharedRoom(bytes: number): Uint8Array | undefined {
  if (bytes > limits.heldBytes) return undefined;
  return new Uint8Array(new SharedArrayBuffer(bytes));
}

function sumOf(lengths: Float64Array): number {
  return lengths.reduce((sum, length) => sum + length, 0);
}

export const ownThread: Threads = {
  count: 1,
  async cut(source, offset, length, chunker) {
    return checkedLengths(chunker, new Rope().slice(source, offset, length));
  },
  digestFile,
  takeRuns: async (source, pass, paths) => [await takeRuns(source, pass, 0, paths?.[0])],
  async store(directory, digests, { bytes, lengths }) {
    storeObjects(bytes, { store: shareStore(directory), digests, lengths }, 0, 1);
  },
  async close() {},
};

/** An executor of this thread alone. @param memory of {@link createExecutor} */
export function createInline(memory?: PieceMemory): OwnExecutor {
  return createExecutor(ownThread, memory);
}

/** For what is short; scratch files last as long as the process. */
export const inline: Executor = createInline();

/** Gives `work` an executor of this thread, and closes it afterwards. @param memory of {@link createExecutor} */
export async function withInline<Result>(
  work: (executor: Executor) => Promise<Result>,
  memory?: PieceMemory,
): Promise<Result> {
  const executor = createInline(memory);
  try {
    return await work(executor);
  } finally {
    await executor.close();
  }
}

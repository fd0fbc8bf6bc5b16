import { divide, type Segment } from '../chunkers/segments.ts';
import type { Image } from '../images/image.ts';
import { resolveChain } from '../models/choices.ts';
import type { Clock, Model } from '../models/model.ts';
import { createExecutor, inline, type OwnExecutor, ownThread } from '../objects/executor.ts';
import { type Pass, takeRuns } from '../objects/work.ts';
import { sha256 } from '../packers/blobs.ts';
import { blobsOf, type Packed } from '../packers/packer.ts';
import { memoryStore } from '../packers/store.ts';
import { processorMs } from '../processes.ts';
import { MOST_CORES } from './schedule.ts';

/** What packing and unpacking one image by one chain took, stage by stage: milliseconds of processor time. */
export interface Recorded {
  readonly packed: Packed;
  /** To write the streams, and to lay out what is stored. */
  readonly serialiseMs: number;
  readonly writeMs: number;
  /** In the order of the streams; those of no bytes are left out. */
  readonly cuts: readonly CutCost[];
  /** Digest, compression and writing of each chunk, by where it starts in the streams laid end to end. */
  readonly chunks: ReadonlyMap<number, number>;
  /** sha256 of each blob as stored, by its digest. */
  readonly blobs: ReadonlyMap<string, number>;
  /** To read what leads to the objects, each object, and the tree of their contents. */
  readonly openMs: number;
  readonly restored: readonly RestoreCost[];
  readonly restoreMs: number;
  /** The tree lies in the streams, and is read from them in order. */
  readonly isArchive: boolean;
  /** Processor time ÷ time on the clock of packing and unpacking. */
  readonly coresUsed: number;
}

/** One stream as it was cut. */
export interface CutCost {
  /** In the streams laid end to end: bytes. */
  readonly offset: number;
  readonly length: number;
  readonly ms: number;
  /** Parts that can be cut each by itself, as threads do it; one where the cuts of the chunker depend on all before. */
  readonly segments: readonly Segment[];
}

/** What one object took to unpack. */
export interface RestoreCost {
  /** sha256 of the content, hexadecimal. */
  readonly digest: string;
  /** Bytes. */
  readonly length: number;
  ms: number;
}

/** Packs and unpacks on this thread. */
export async function recordCosts(image: Image, model: Model): Promise<Recorded> {
  const recorder = new Recorder();
  const { executor, clock, stages, cuts, chunks, restored, decompressing } = recorder;
  try {
    const [began, start] = [performance.now(), processorMs()];
    const packed = await model.pack(image, executor, clock);
    const middle = processorMs();
    await model.unpack(packed.manifest, memoryStore(packed), executor);
    const [ended, end] = [performance.now(), processorMs()];
    const blobs = new Map<string, number>();
    for (const { descriptor, bytes } of blobsOf(packed)) {
      const before = processorMs();
      sha256(bytes);
      blobs.set(descriptor.digest, processorMs() - before);
    }
    return {
      packed,
      serialiseMs: stages.serialise,
      writeMs: stages.write,
      cuts,
      chunks,
      blobs,
      openMs: decompressing.from - middle,
      restored,
      restoreMs: end - decompressing.to,
      isArchive: resolveChain(model.id).choices.serialiser.member.streams !== 'contents',
      coresUsed: (end - start) / (ended - began),
    };
  } finally {
    await executor.close();
  }
}

/** Writes down what every stage of every object takes. */
class Recorder {
  readonly executor: OwnExecutor;
  readonly clock: Clock;
  /** Stages of the image as a whole. */
  readonly stages = { serialise: 0, chunk: 0, hash: 0, compress: 0, write: 0 };
  readonly cuts: CutCost[] = [];
  readonly chunks = new Map<number, number>();
  /** In the order in which the manifest leads to them. */
  readonly restored: RestoreCost[] = [];
  /** From when to when objects were decompressed, of processor time. */
  readonly decompressing = { from: 0, to: 0 };

  constructor() {
    const executor = createExecutor({
      ...ownThread,
      cut: async (source, offset, length, chunker) => {
        const start = processorMs();
        const lengths = await ownThread.cut(source, offset, length, chunker);
        const ms = processorMs() - start;
        const segments = divide(length, MOST_CORES, chunker);
        if (length > 0) this.cuts.push({ offset, length, ms, segments });
        return lengths;
      },
      takeRuns: async (source, pass, paths) => {
        const costs = new Float64Array(pass.lengths.length);
        let last = processorMs();
        const share = await takeRuns(source, pass, 0, paths?.[0], (range) => {
          const now = processorMs();
          costs[range] = now - last;
          last = now;
        });
        this.#note(pass, costs);
        return [share];
      },
    });
    this.executor = {
      ...executor,
      // Of the stage in which they are asked for.
      digestParts: inline.digestParts,
      compressParts: inline.compressParts,
      decompress: async (...given) => {
        this.decompressing.from = processorMs();
        const contents = await executor.decompress(...given);
        this.decompressing.to = processorMs();
        this.#spread();
        return contents;
      },
    };
    this.clock = {
      // Of threads together: known of each object here.
      add() {},
      time: async (stage, work) => {
        const start = processorMs();
        try {
          return await work();
        } finally {
          this.stages[stage] += processorMs() - start;
        }
      },
    };
  }

  /** What decompression took beside the objects, by their lengths: some formats restore layers before they are told apart. */
  #spread(): void {
    const { from, to } = this.decompressing;
    const sum = (field: 'ms' | 'length'): number =>
      this.restored.reduce((all, one) => all + one[field], 0);
    const perByte = Math.max(0, to - from - sum('ms')) / Math.max(1, sum('length'));
    for (const one of this.restored) one.ms += one.length * perByte;
  }

  #note(pass: Pass, costs: Float64Array): void {
    for (const [range, ms] of costs.entries()) {
      if (pass.operation === 'decompress') {
        const digest = pass.digests.subarray(32 * range, 32 * range + 32);
        const length = pass.contentLengths[range]!;
        this.restored.push({ digest: Buffer.from(digest).toString('hex'), length, ms });
      } else if (pass.lengths[range]! > 0) {
        const offset = pass.offsets[range]!;
        this.chunks.set(offset, (this.chunks.get(offset) ?? 0) + ms);
      }
    }
  }
}

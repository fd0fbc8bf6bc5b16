import { createHash } from 'node:crypto';
import { createChunker } from '../../src/chunkers/mod.ts';
import type { ImageDescriptor } from '../../src/images/image.ts';
import { openImage } from '../../src/images/open.ts';
import { createSerialiser } from '../../src/serialisers/mod.ts';
import { seeded } from '../../src/stats/random.ts';
import { Rope } from '../../src/streams/rope.ts';
import type { ByteSource } from '../../src/streams/source.ts';
import { answer } from '../../src/workers/answer.ts';
import { withExecutor } from '../../src/workers/pooled.ts';

/** One stream cut by so many threads, in a process of its own: once to compile the code, then once timed. */

export type Input = 'image' | 'zeros' | 'period';

export interface CutInput {
  readonly image: ImageDescriptor;
  readonly input: Input;
  readonly chunker: string;
  readonly threads: number;
}

export interface CutSample {
  readonly bytes: number;
  readonly ms: number;
  readonly chunks: number;
  /** sha256 of the lengths. */
  readonly digest: string;
}

/** In zeros cuts are found where the longest chunk ends, in a period they may never be met: bytes. */
const ZEROS = 64 << 20;
const PERIOD = 10_007;
const PERIODS = 2000;

await answer(async ({ image, input, chunker: id, threads }: CutInput): Promise<CutSample> => {
  const chunker = createChunker(id);
  const source = open(image, input);
  return withExecutor(threads, async (executor) => {
    await executor.cut(source, 0, source.length, chunker);
    const start = performance.now();
    const lengths = await executor.cut(source, 0, source.length, chunker);
    const ms = performance.now() - start;
    const digest = createHash('sha256').update(lengths.join()).digest('hex');
    return { bytes: source.length, ms, chunks: lengths.length, digest };
  });
});

function open(image: ImageDescriptor, input: Input): ByteSource {
  if (input === 'zeros') return new Rope().zeros(ZEROS);
  if (input === 'period') {
    const random = seeded(1);
    const part = Uint8Array.from({ length: PERIOD }, () => 256 * random());
    const all = new Uint8Array(PERIOD * PERIODS);
    for (let at = 0; at < all.length; at += PERIOD) all.set(part, at);
    return new Rope().literal(all);
  }
  return createSerialiser('tar').serialise(openImage(image)).streams[0]!.bytes;
}

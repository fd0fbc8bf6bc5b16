import type { Chunker } from '../../src/chunkers/chunker.ts';
import { createChunker } from '../../src/chunkers/mod.ts';
import type { ImageDescriptor } from '../../src/images/image.ts';
import { openImage } from '../../src/images/open.ts';
import { createSerialiser } from '../../src/serialisers/mod.ts';
import { seeded } from '../../src/stats/random.ts';
import { Rope } from '../../src/streams/rope.ts';
import type { ByteSource } from '../../src/streams/source.ts';
import { answer } from '../../src/workers/answer.ts';
import { withExecutor } from '../../src/workers/pooled.ts';

/** Streams cut by so many threads, in a process of its own: one of them timed, or all by several numbers of threads compared. */

export interface CutInput {
  readonly image: ImageDescriptor;
  readonly chunker: string;
  /** One: the image is cut twice, the second time timed. Several: how many come to other cuts than one thread. */
  readonly threads: number | readonly number[];
}

export interface CutSample {
  readonly bytes: number;
  readonly ms: number;
}

/** In zeros cuts are found where the longest chunk ends, in a period they may never be met: bytes. */
const ZEROS = 64 << 20;
const PERIOD = 10_007;
const PERIODS = 2000;

await answer(async ({ image, chunker: id, threads }: CutInput): Promise<CutSample | number> => {
  const chunker = createChunker(id);
  const own: ByteSource = createSerialiser('tar').serialise(openImage(image)).streams[0]!.bytes;
  if (typeof threads === 'number') return timed(own, chunker, threads);
  let unequal = 0;
  for (const source of [own, new Rope().zeros(ZEROS), new Rope().literal(period())]) {
    const alone = chunker.lengths(source);
    for (const count of threads) {
      const lengths = await withExecutor(count, (executor) =>
        executor.cut(source, 0, source.length, chunker),
      );
      const isEqual =
        lengths.length === alone.length && lengths.every((one, at) => one === alone[at]);
      if (!isEqual) unequal++;
    }
  }
  return unequal;
});

function timed(source: ByteSource, chunker: Chunker, threads: number): Promise<CutSample> {
  return withExecutor(threads, async (executor) => {
    // Compiles the code.
    await executor.cut(source, 0, source.length, chunker);
    const start = performance.now();
    await executor.cut(source, 0, source.length, chunker);
    return { bytes: source.length, ms: performance.now() - start };
  });
}

function period(): Uint8Array {
  const random = seeded(1);
  const part = Uint8Array.from({ length: PERIOD }, () => 256 * random());
  const all = new Uint8Array(PERIOD * PERIODS);
  for (let at = 0; at < all.length; at += PERIOD) all.set(part, at);
  return all;
}

import {
  createExecutor,
  type Executor,
  type OwnExecutor,
  withInline,
} from '../objects/executor.ts';
import { shareStore } from '../objects/store.ts';
import type { Share } from '../objects/work.ts';
import { Rope } from '../streams/rope.ts';
import type { ByteSource } from '../streams/source.ts';
import { scriptUrl, WorkerPool } from './pool.ts';
import { cutEachShared, cutShared, type SharedSource } from './shared-cuts.ts';

export function createPool(workers: number): WorkerPool {
  return new WorkerPool(workers, scriptUrl('./worker', import.meta.url));
}

/** An executor whose work is spread over `workers` threads. */
export function pooled(workers: number): OwnExecutor {
  const pool = createPool(workers);
  const known = new WeakMap<ByteSource, number>();
  let sources = 0;

  /** Every thread opens the source itself: contents are read where they are needed and cross no thread. */
  const share = async (source: ByteSource): Promise<number> => {
    const number = known.get(source) ?? sources++;
    if (known.has(source)) return number;
    known.set(source, number);
    const rope = (source instanceof Rope ? source : new Rope().append(source)).describe();
    await pool.broadcast('open', () => ({ number, rope }));
    return number;
  };

  const shared = (bytes: ByteSource): SharedSource => ({ bytes, number: () => share(bytes) });

  return createExecutor({
    count: workers,
    cut: (source, offset, length, chunker) =>
      cutShared(pool, shared(source), offset, length, chunker),
    cutEach: (source, streams, chunker) => cutEachShared(pool, shared(source), streams, chunker),
    digestFile: (path) => pool.call<string>('digestFile', { path }),
    async takeRuns(source, pass, paths) {
      const number = await share(source);
      return pool.broadcast<Share>('runs', (thread) => ({
        source: number,
        pass,
        thread,
        path: paths?.[thread],
      }));
    },
    async store(directory, digests, { bytes, lengths }) {
      const source = await share(bytes);
      const objects = { store: shareStore(directory), digests, lengths };
      await pool.broadcast<void>('store', (thread) => ({
        source,
        objects,
        thread,
        threads: workers,
      }));
    },
    close: () => pool.close(),
  });
}

/** Gives `work` an executor of so many threads, and ends them afterwards. */
export async function withExecutor<Result>(
  workers: number,
  work: (executor: Executor) => Promise<Result>,
): Promise<Result> {
  if (workers === 1) return withInline(work);
  const executor = pooled(workers);
  try {
    return await work(executor);
  } finally {
    await executor.close();
  }
}

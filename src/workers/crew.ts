import type { WorkerPool } from './pool.ts';
import { createPool } from './pooled.ts';
import { takeCalls } from './tasks.ts';

/**
 * Threads of which the one that asks is itself one, for a program that has nothing else to do meanwhile: calls that are made
 * together are taken from a counter. One thread is this one, and none is started.
 */
export class Crew {
  readonly size: number;
  readonly #others: WorkerPool | undefined;
  #waiting: Waiting[] = [];
  #work: Promise<void> = Promise.resolve();

  constructor(size: number) {
    this.size = size;
    this.#others = size > 1 ? createPool(size - 1) : undefined;
  }

  /** As `WorkerPool.call`. */
  call<Result>(task: string, payload: unknown): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.push({ task, payload, resolve: resolve as Waiting['resolve'], reject });
      if (this.#waiting.length === 1) this.#work = this.#work.then(() => this.#takeWaiting());
    });
  }

  async close(): Promise<void> {
    await this.#others?.close();
  }

  async #takeWaiting(): Promise<void> {
    const all = this.#waiting;
    this.#waiting = [];
    for (const task of new Set(all.map((call) => call.task))) {
      const calls = all.filter((call) => call.task === task);
      try {
        const next = new Int32Array(new SharedArrayBuffer(4));
        const taken = { task, payloads: calls.map(({ payload }) => payload), next };
        // Sent first: this thread reads no messages until it is through.
        const others = this.#others?.broadcast<Results>('takeCalls', () => taken);
        const own = takeCalls(taken);
        await Promise.allSettled([own, others]);
        for (const [number, result] of [(await own).result, ...((await others) ?? [])].flat()) {
          calls[number]!.resolve(result);
        }
      } catch (error) {
        for (const { reject } of calls) reject(error);
      }
    }
  }
}

type Results = Awaited<ReturnType<typeof takeCalls>>['result'];

interface Waiting {
  readonly task: string;
  readonly payload: unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

import { Worker } from 'node:worker_threads';
import { scriptUrl } from '../../workers/pool.ts';

/** Milliseconds within which an input must end; inputs have a few KiB. */
export const HANG_MS = 10_000;

/** What the watching thread sees: inputs that ended, number of the target, seed. */
export type Pulse = Int32Array;

/**
 * Watches this thread from another one and kills the process, saying where, when no input ends in time: code that never
 * returns cannot stop itself.
 */
export class Watchdog {
  readonly pulse: Pulse = new Int32Array(new SharedArrayBuffer(12));
  readonly #worker: Worker;

  constructor() {
    this.#worker = new Worker(scriptUrl('./watchdog-worker', import.meta.url), {
      workerData: { pulse: this.pulse, hangMs: HANG_MS },
    });
  }

  begin(target: number, seed: number): void {
    Atomics.store(this.pulse, 1, target);
    Atomics.store(this.pulse, 2, seed);
  }

  readonly beat = (): void => {
    Atomics.add(this.pulse, 0, 1);
  };

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

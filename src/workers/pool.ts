import { Worker } from 'node:worker_threads';
import { fromPlain, type PlainError } from '../errors.ts';
import { type PluginFile, pluginsInUse } from '../plugin-files.ts';
import { THREAD_LIMITS } from '../processes.ts';

/** What a thread is given when it starts. */
export interface Start {
  readonly plugins: readonly PluginFile[];
}

/** What a worker answers to one call. */
export type Answer =
  | { readonly call: number; readonly result: unknown; readonly ms: number }
  | { readonly call: number; readonly error: PlainError };

export interface Call {
  readonly call: number;
  readonly task: string;
  readonly payload: unknown;
}

/** A message between threads. Deno looks for ports at every element of an array in it, a second for 5 MB, but not into maps. */
export type Wrapped<Message> = ReadonlyMap<'message', Message>;

export function wrapped<Message>(message: Message): Wrapped<Message> {
  return new Map([['message', message]]);
}

interface Waiting extends Call {
  readonly resolve: (result: never, ms: number) => void;
  readonly reject: (error: unknown) => void;
  readonly transfer: readonly ArrayBuffer[];
}

interface Seat {
  readonly worker: Worker;
  current: Waiting | undefined;
}

/** A fixed number of threads that take calls in order. A thread that dies fails its call and is replaced. */
export class WorkerPool {
  readonly size: number;
  readonly #script: URL;
  readonly #seats: Seat[] = [];
  readonly #queue: Waiting[] = [];
  #calls = 0;
  #closed = false;

  constructor(size: number, script: URL) {
    this.size = size;
    this.#script = script;
    for (let index = 0; index < size; index++) this.#seats.push(this.#open());
  }

  /**
   * Runs one task on the next free thread. Buffers in `transfer` are gone from this thread afterwards.
   * @param took told how long the thread worked on it, milliseconds
   */
  call<Result>(
    task: string,
    payload: unknown,
    transfer: readonly ArrayBuffer[] = [],
    took: (ms: number) => void = () => {},
  ): Promise<Result> {
    return new Promise<Result>((settle, reject) => {
      const call = this.#calls++;
      const resolve = (result: Result, ms: number): void => {
        settle(result);
        took(ms);
      };
      this.#queue.push({ call, task, payload, transfer, resolve, reject });
      this.#next();
    });
  }

  /** Runs one task on every thread. The pool must be idle; a failure is thrown when no thread is at work any more. */
  async broadcast<Result>(
    task: string,
    payloadOf: (thread: number) => unknown,
  ): Promise<readonly Result[]> {
    const calls = this.#seats.map(
      (seat, thread) =>
        new Promise<Result>((resolve, reject) => {
          const payload = payloadOf(thread);
          this.#give(seat, { call: this.#calls++, task, payload, transfer: [], resolve, reject });
        }),
    );
    await Promise.allSettled(calls);
    return Promise.all(calls);
  }

  /** Ends the threads; calls that are still open fail. */
  async close(): Promise<void> {
    this.#closed = true;
    const open = [...this.#seats.map((seat) => seat.current), ...this.#queue.splice(0)];
    for (const waiting of open) waiting?.reject(new Error('the worker pool was closed'));
    await Promise.all(this.#seats.map((seat) => seat.worker.terminate()));
  }

  #open(): Seat {
    const workerData: Start = { plugins: pluginsInUse() };
    const worker = new Worker(this.#script, { workerData, resourceLimits: THREAD_LIMITS });
    const seat: Seat = { worker, current: undefined };
    seat.worker.on('message', (message: Wrapped<Answer>) => {
      const answer = message.get('message')!;
      const waiting = seat.current;
      seat.current = undefined;
      if ('error' in answer) waiting?.reject(fromPlain(answer.error));
      else waiting?.resolve(answer.result as never, answer.ms);
      this.#next();
    });
    const fail = (error: unknown): void => {
      if (this.#closed) return;
      const waiting = seat.current;
      seat.current = undefined;
      const index = this.#seats.indexOf(seat);
      if (index >= 0) this.#seats[index] = this.#open();
      waiting?.reject(error);
      this.#next();
    };
    seat.worker.on('error', fail);
    seat.worker.on('exit', () => {
      if (this.#seats.includes(seat)) fail(new Error('a worker thread ended unexpectedly'));
    });
    return seat;
  }

  #next(): void {
    while (this.#queue.length > 0) {
      const seat = this.#seats.find((candidate) => candidate.current === undefined);
      if (!seat) return;
      this.#give(seat, this.#queue.shift()!);
    }
  }

  #give(seat: Seat, waiting: Waiting): void {
    seat.current = waiting;
    const { call, task, payload, transfer } = waiting;
    const message = wrapped<Call>({ call, task, payload });
    try {
      seat.worker.postMessage(message, transfer as ArrayBuffer[]);
    } catch (error) {
      // What cannot be sent leaves the thread free.
      seat.current = undefined;
      waiting.reject(error);
    }
  }
}

/** URL of a script of this tree as the running tree has it: `.ts` under Deno, compiled `.js` under Node. */
export function scriptUrl(path: string, base: string): URL {
  return new URL(`${path}${base.endsWith('.ts') ? '.ts' : '.js'}`, base);
}

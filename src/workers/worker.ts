import { parentPort, workerData } from 'node:worker_threads';
import { toPlain } from '../errors.ts';
import { loadHanded } from './handed.ts';
import { type Answer, type Call, type Start, type Wrapped, wrapped } from './pool.ts';
import { tasks } from './tasks.ts';

/** Where one cannot be loaded, every call says so. */
const ready = loadHanded((workerData as Start).plugins);
ready.catch(() => {});

parentPort?.on('message', async (message: Wrapped<Call>) => {
  const { call, task, payload } = message.get('message')!;
  let answer: Answer;
  let transfer: readonly ArrayBuffer[] = [];
  try {
    await ready;
    const run = tasks[task];
    if (!run) throw new Error(`unknown task ${task}`);
    const start = performance.now();
    const done = await run(payload as never);
    transfer = done.transfer ?? [];
    answer = { call, result: done.result, ms: performance.now() - start };
  } catch (error) {
    answer = { call, error: toPlain(error) };
  }
  parentPort?.postMessage(wrapped(answer), transfer as ArrayBuffer[]);
});

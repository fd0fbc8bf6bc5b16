import { parentPort } from 'node:worker_threads';
import { toPlain } from '../errors.ts';
import type { Answer, Call } from './pool.ts';
import { tasks } from './tasks.ts';

parentPort?.on('message', async ({ call, task, payload }: Call) => {
  let answer: Answer;
  let transfer: readonly ArrayBuffer[] = [];
  try {
    const run = tasks[task];
    if (!run) throw new Error(`unknown task ${task}`);
    const done = await run(payload as never);
    transfer = done.transfer ?? [];
    answer = { call, result: done.result };
  } catch (error) {
    answer = { call, error: toPlain(error) };
  }
  parentPort?.postMessage(answer, transfer as ArrayBuffer[]);
});

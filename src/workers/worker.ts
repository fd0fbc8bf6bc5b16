import { parentPort, workerData } from 'node:worker_threads';
import { toPlain } from '../errors.ts';
import { type Answer, type Call, type Start, type Wrapped, wrapped } from './pool.ts';
import { tasks } from './tasks.ts';

/** Where one cannot be loaded, every call says so. */
const ready = loadAll(workerData as Start);
ready.catch(() => {});

async function loadAll({ plugins }: Start): Promise<void> {
  if (plugins.length === 0) return;
  const { loadPlugin } = await import('../plugins/load.ts');
  const { packingRegisters } = await import('../plugins/registers.ts');
  for (const plugin of plugins) await loadPlugin(plugin, packingRegisters);
}

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

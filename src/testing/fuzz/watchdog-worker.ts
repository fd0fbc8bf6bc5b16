import { writeSync } from 'node:fs';
import process from 'node:process';
import { workerData } from 'node:worker_threads';
import type { Pulse } from './watchdog.ts';

const { pulse, hangMs } = workerData as { readonly pulse: Pulse; readonly hangMs: number };
let last = -1;

setInterval(() => {
  const ended = Atomics.load(pulse, 0);
  if (ended === last) {
    writeSync(2, `no input ended in ${hangMs} ms: target ${pulse[1]}, seed ${pulse[2]}\n`);
    process.kill(process.pid, 'SIGKILL');
  }
  last = ended;
}, hangMs);

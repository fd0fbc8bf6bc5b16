import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isRunning } from './processes.ts';
import { has } from './testing/needs.ts';
import { until } from './testing/until.ts';

test('what runs is told from what has ended, what was never there, and what names groups', async () => {
  assert.ok(isRunning(process.pid));
  assert.ok(isRunning(process.ppid));
  assert.ok(isRunning(1), 'also where it is somebody else’s');
  for (const none of [2 ** 22 + 1, 0, -1, 1.5, Number.NaN]) assert.not.ok(isRunning(none));
});

test('67 a process that ended counts as ended, whether its parent has asked for it or not', async () => {
  if (!has('sh', 'sleep')) return;
  // The shell becomes a program that never asks for the child it has from before.
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = await once(parent.stdout, 'data');
  const pid = Number(line);
  try {
    await until('the child to end', () => !isRunning(pid));
    if (process.platform === 'linux') assert.ok(process.kill(pid, 0), 'its id is still taken');
  } finally {
    parent.kill('SIGKILL');
  }
});

test.run();

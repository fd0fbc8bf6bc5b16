import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  identify,
  isRunning,
  type ProcessIdentity,
  stateOf,
  stateOfTag,
  tagOf,
} from './processes.ts';
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

test('8 a process is told by more than its id, in words and as part of a name', async () => {
  const { pid } = spawn(process.execPath, ['--version']);
  const parent = identify(process.ppid);
  const cases: readonly (readonly [Partial<ProcessIdentity>, string])[] = [
    [{}, 'running'],
    [{ pid: 2 ** 22 + 1 }, 'ended'],
    [{ host: 'elsewhere' }, 'elsewhere'],
    ...(process.platform === 'linux'
      ? ([
          [{ start: '1' }, 'ended'],
          [{ boot: 'before' }, 'ended'],
          [{ namespace: 'pid:[1]' }, 'elsewhere'],
          [{ start: undefined }, 'running'],
        ] as const)
      : []),
  ];
  for (const [other, state] of cases) {
    const identity = { ...parent, ...other };
    assert.is(stateOf(identity), state, JSON.stringify(other));
    const isNamed = !('start' in other && other.start === undefined);
    if (isNamed) assert.is(stateOfTag(tagOf(identity)), state, JSON.stringify(other));
  }
  assert.equal(identify(), identify(process.pid));
  assert.is(stateOfTag(tagOf(identify())), 'running');
  for (const none of ['', '12', `${pid}-0`, `x${tagOf(parent)}`])
    assert.is(stateOfTag(none), undefined);
});

test('8 where no start is known, a process that began after the file is another one', () => {
  const old = { pid: process.ppid };
  assert.is(stateOf(old), 'running');
  assert.is(stateOf(old, Date.now()), 'running');
  if (process.platform === 'linux') assert.is(stateOf(old, 0), 'ended');
});

test.run();

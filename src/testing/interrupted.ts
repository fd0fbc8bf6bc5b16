import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'uvu';
import * as assert from 'uvu/assert';
import { descendantsOf, isRunning } from '../processes.ts';
import type { Started } from './command-line.ts';
import { directorySuite, type InDirectory } from './directory.ts';
import { lackOfTime } from './needs.ts';

/**
 * Every verb, ended in the middle of work that would take minutes, or for ever: it ends, tells so by its exit code, and leaves
 * nothing half-written and no child. How long it takes is not measured: who is stuck does not end at all.
 */
export function interruptedSuite(name: string): Test<InDirectory> {
  const test = directorySuite(name, lackOfTime());
  test.before.each(({ directory }) => mkdirSync(join(directory, 'tmp')));
  return test;
}

const STATUS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
export type Signal = keyof typeof STATUS;

/** Sends the signal and checks what every verb owes. */
export async function endAndCheck(
  started: Started,
  signal: Signal,
  directory: string,
): Promise<void> {
  const children = descendantsOf([started.child.pid!]);
  const { status, err } = await started.end(signal);
  assert.is(status, STATUS[signal], err);
  assert.match(err, /interrupted: .*\n$/);
  assert.not.match(err, /bug in ocibench|^ +at /m);
  for (let turns = 0; children.some(isRunning) && turns < 200; turns++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.equal(children.filter(isRunning).map(described), [], 'children go on');
  assert.equal(leftIn(directory), [], 'something half-written is left');
}

function described(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1').split(' ').slice(0, 4).join(' ');
  } catch {
    return `${pid}, just ended`;
  }
}

/** What a command that was ended may not leave. */
function leftIn(directory: string): readonly string[] {
  const names = readdirSync(directory, { recursive: true }) as string[];
  return names.filter((name) => /\.tmp$|run\.lock$|^tmp\/.|cache\/ocibench\/users\/./.test(name));
}

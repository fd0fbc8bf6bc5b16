import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { identify, isRunning, type ProcessIdentity, tagOf } from './processes.ts';
import { endScratch, inScratch, makeScratch, sweepScratch, tellGroup } from './scratch.ts';
import { treeToTar } from './serialisers/tar.ts';
import { readAll } from './streams/source.ts';
import { has, lackOfTime, skip, unless } from './testing/needs.ts';
import { sketchTree } from './testing/trees.ts';
import { until } from './testing/until.ts';
import { scriptUrl } from './workers/pool.ts';

/** Temporary directories are made in one of the test's own. */
const test = suite<{ directory: string; before: string | undefined }>('scratch directories');

test.before.each((context) => {
  context.before = process.env['TMPDIR'];
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-scratch-'));
  process.env['TMPDIR'] = join(context.directory, 'tmp');
  mkdirSync(process.env['TMPDIR']);
});
test.after.each(({ directory, before }) => {
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
  rmSync(directory, { recursive: true });
});

const slow = unless(test, lackOfTime());

const script = fileURLToPath(scriptUrl('./cli', import.meta.url));
const runtime = 'Deno' in globalThis ? ['run', '--quiet', '-A', script] : [script];

/** A tool that never ends: it says that it is one, and then waits. */
const ENDLESS = `#!/bin/sh
case "$1" in --version) echo 'x (squashfs-tools-ng) 1.1.4' ;; *) sleep 1000 ;; esac
`;

/** Ends a run of the command line while a tool works for it; returns what it said and the group of the tool. */
async function interrupt(
  directory: string,
  signal: NodeJS.Signals,
): Promise<{ readonly said: string; readonly group: number }> {
  const programs = join(directory, 'bin');
  mkdirSync(programs);
  for (const name of ['tar2sqfs', 'sqfs2tar']) {
    writeFileSync(join(programs, name), ENDLESS, { mode: 0o755 });
  }
  writeFileSync(
    join(directory, 'root.tar'),
    readAll(treeToTar(sketchTree({ file: { content: 'x' } }))),
  );
  const words = ['run', '--model', 'squashfs', '--dataset', 'root.tar', '--repeat', '0'];
  const child = spawn(process.execPath, [...runtime, ...words, '--cache', 'cache'], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, PATH: `${programs}:${process.env['PATH']}` },
  });
  let said = '';
  child.stderr.on('data', (bytes: Uint8Array) => {
    said += String(bytes);
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  let group = 0;
  await until('a tool to work', () => {
    assert.is(child.exitCode, null, 'the run goes on');
    const files = readdirSync(tmpdir()).map((name) => join(tmpdir(), name, '.group'));
    const texts = files.filter(existsSync).map((path) => readFileSync(path, 'utf8'));
    group = Number.parseInt(texts.find((text) => text !== '') ?? '0', 10);
    return group !== 0;
  });
  child.kill(signal);
  await ended;
  return { said, group };
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  slow(
    `65 ${signal} ends the tools that work for a run, and nothing is left of them`,
    async ({ directory }) => {
      const { said, group } = await interrupt(directory, signal);
      assert.match(said, /interrupted: every finished cell is kept/);
      await until('the tool to end', () => !isRunning(group));
      assert.equal(readdirSync(tmpdir()), []);
    },
  );
}

slow('65 what a killed run left is removed by the next command', async ({ directory }) => {
  const { group } = await interrupt(directory, 'SIGKILL');
  assert.is(readdirSync(tmpdir()).length, 1);
  process.kill(-group, 'SIGKILL');
  const next = spawn(process.execPath, [...runtime, 'list'], { stdio: 'ignore' });
  await new Promise((resolve) => next.on('close', resolve));
  assert.equal(readdirSync(tmpdir()), []);
});

test('what somebody else uses, or has put there, is left alone', async ({ directory }) => {
  const own = makeScratch();
  const theirs = join(tmpdir(), `ocibench-${tagOf(identify(process.ppid))}-abcdef`);
  mkdirSync(theirs);
  const target = join(directory, 'target');
  mkdirSync(target);
  writeFileSync(join(target, 'file'), '');
  const gone = tagOf(identify(2 ** 22 + 1));
  const link = join(tmpdir(), `ocibench-${gone}-abcdef`);
  symlinkSync(target, link);
  mkdirSync(join(tmpdir(), 'ocibench-other'));
  sweepScratch();
  assert.ok(
    [own, theirs, link, join(target, 'file'), join(tmpdir(), 'ocibench-other')].every(existsSync),
  );
  mkdirSync(join(tmpdir(), `ocibench-${gone}-ghijkl`));
  sweepScratch();
  assert.not.ok(existsSync(join(tmpdir(), `ocibench-${gone}-ghijkl`)));
});

test('8 what belongs to another process of the same id is swept, what is elsewhere is not', () => {
  const { host, ...rest } = identify(process.ppid);
  const place = (identity: ProcessIdentity): string => {
    const path = join(tmpdir(), `ocibench-${tagOf(identity)}-abcdef`);
    mkdirSync(path);
    return path;
  };
  const recycled = place({ ...rest, host, start: '1' });
  const elsewhere = place({ ...rest, host: 'elsewhere' });
  sweepScratch();
  if (process.platform === 'linux') assert.not.ok(existsSync(recycled));
  assert.ok(existsSync(elsewhere));
});

test('8 a group whose id is another process’s by now is not killed', async ({ directory }) => {
  if (process.platform !== 'linux') return skip('needs /proc');
  if (!has('sleep')) return;
  const bystander = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  try {
    const own = makeScratch();
    const { pid, start: _, ...rest } = identify(bystander.pid);
    writeFileSync(join(own, '.group'), tagOf({ ...rest, pid, start: '1' }));
    endScratch();
    assert.not.ok(existsSync(own));
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok(isRunning(pid), directory);
    const other = makeScratch();
    tellGroup(other, pid);
    endScratch();
    await until('the group to end', () => !isRunning(pid));
  } finally {
    bystander.kill('SIGKILL');
  }
});

test('a directory lasts as long as the work in it, also where that fails', async () => {
  const failing = inScratch(async (directory) => {
    assert.ok(existsSync(directory));
    throw new Error(directory);
  });
  const error = await failing.catch((reason: unknown) => reason);
  assert.not.ok(existsSync((error as Error).message));
});

test.run();

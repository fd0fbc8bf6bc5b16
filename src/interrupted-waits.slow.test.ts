import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { dockerRegistry, lacking, nginx } from '../bench/time-model/laboratory/servers.ts';
import { descendantsOf } from './processes.ts';
import { treeToTar } from './serialisers/tar.ts';
import { readAll } from './streams/source.ts';
import { startBench } from './testing/command-line.ts';
import { endAndCheck, interruptedSuite, type Signal } from './testing/interrupted.ts';
import { has, skip } from './testing/needs.ts';
import { noise } from './testing/noise.ts';
import { sketchTree } from './testing/trees.ts';

const test = interruptedSuite('commands interrupted while they wait');

const blocked: readonly (readonly [args: readonly string[], signal: Signal, file: string])[] = [
  [['report', 'run'], 'SIGINT', 'run/run.json'],
  [['export', 'run'], 'SIGTERM', 'run/run.json'],
  [['unpack', 'packed', '--out', 'new'], 'SIGINT', 'packed/index.json'],
];

for (const [args, signal, file] of blocked) {
  test(`${args.join(' ')}: ${signal} ends it while the system blocks`, async ({ directory }) => {
    const path = join(directory, file);
    mkdirSync(join(path, '..'), { recursive: true });
    execFileSync('mkfifo', [path]);
    const started = startBench(directory, args);
    let descriptor: number | undefined;
    await started.until(() => {
      try {
        // Refused until somebody reads; nothing is ever written.
        descriptor = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
        return true;
      } catch {
        return false;
      }
    });
    try {
      await endAndCheck(started, signal, directory);
    } finally {
      closeSync(descriptor!);
    }
  });
}

test('chunk -: SIGTERM ends it while nothing comes on standard input', async ({ directory }) => {
  const started = startBench(directory, ['chunk', '-', '--chunker', 'fixed:size=1KiB']);
  // More than a pipe holds: it is gone once somebody reads.
  started.child.stdin!.write(new Uint8Array(1 << 20));
  await started.until(() => started.child.stdin!.writableLength === 0);
  await endAndCheck(started, 'SIGTERM', directory);
});

for (const [action, signal] of [
  ['fetch', 'SIGINT'],
  ['relock', 'SIGTERM'],
] as const) {
  test(`dataset ${action}: ${signal} ends it while a server holds on`, async ({ directory }) => {
    let connections = 0;
    const server = createServer(() => connections++);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const reference = `127.0.0.1:${port}/a/b:c`;
      const added = startBench(directory, ['dataset', 'add', './mine.json', reference]);
      assert.is((await added.wait()).status, 0);
      const started = startBench(directory, ['dataset', action, './mine.json']);
      await started.until(() => connections > 0);
      await endAndCheck(started, signal, directory);
      assert.not.ok(existsSync(join(directory, 'mine.lock.json')));
    } finally {
      server.close();
    }
  });
}

test('run: SIGTERM ends the processes that time it', async ({ directory }) => {
  writeFileSync(
    join(directory, 'one.tar'),
    readAll(treeToTar(sketchTree({ a: { content: noise(1 << 20, 1) } }))),
  );
  const args = ['run', 'one.tar', '--model', 'catar', '--repeat', '1000', '--out', 'run'];
  const started = startBench(directory, [...args, '--no-reproducibility']);
  await started.until(() => descendantsOf([started.child.pid!]).length > 0);
  await endAndCheck(started, 'SIGTERM', directory);
});

test('run: SIGINT ends a program of others', async ({ directory }) => {
  if (!has('bsdiff')) return;
  for (const seed of [1, 2]) {
    const content = noise(16 << 20, seed);
    writeFileSync(
      join(directory, `v${seed}.tar`),
      readAll(treeToTar(sketchTree({ a: { content } }))),
    );
  }
  const args = ['run', 'v1.tar', 'v2.tar', '--model', 'bsdiff', '--out', 'run'];
  const started = startBench(directory, args);
  await started.until(() => descendantsOf([started.child.pid!]).some(isNamed('bsdiff')));
  await endAndCheck(started, 'SIGINT', directory);
});

test('run time-model: SIGINT ends its servers', async ({ directory }) => {
  const missing = lacking([dockerRegistry, nginx]);
  if (missing !== undefined) return skip(missing);
  for (const seed of [1, 2]) {
    const content = noise(4 << 20, seed);
    writeFileSync(
      join(directory, `v${seed}.tar`),
      readAll(treeToTar(sketchTree({ a: { content } }))),
    );
  }
  const args = ['run', 'time-model', 'v1.tar', 'v2.tar', '--out', 'run'];
  const started = startBench(directory, args);
  await started.until(() => descendantsOf([started.child.pid!]).some(isNamed('nginx')));
  await endAndCheck(started, 'SIGINT', directory);
});

function isNamed(name: string): (pid: number) => boolean {
  return (pid) => {
    try {
      return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === name;
    } catch {
      return false;
    }
  };
}

test.run();

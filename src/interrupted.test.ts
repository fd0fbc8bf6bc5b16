import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dockerRegistry, lacking, nginx } from '../bench/time-model/laboratory/servers.ts';
import { descendantsOf, isRunning } from './processes.ts';
import { treeToTar } from './serialisers/tar.ts';
import { readAll } from './streams/source.ts';
import { processorSeconds, type Started, startBench } from './testing/command-line.ts';
import { has, lackOfTime, skip, unless } from './testing/needs.ts';
import { noise } from './testing/noise.ts';
import { sketchTree } from './testing/trees.ts';

/**
 * Every verb, ended in the middle of work that would take minutes, or for ever: it ends, tells so by its exit code, and leaves
 * nothing half-written and no child. How long it takes is not measured: who is stuck does not end at all.
 */

const test = unless(suite<{ directory: string }>('interrupted commands'), lackOfTime());

test.before.each((context) => {
  context.directory = realpathSync(mkdtempSync(join(tmpdir(), 'ocibench-interrupted-')));
  mkdirSync(join(context.directory, 'tmp'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true, force: true }));

const STATUS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Signal = keyof typeof STATUS;

/** Processor time after which a runtime has loaded the tree and is at work, seconds. */
const AT_WORK = 2;
const LOADED = 0.2;
const MINUTES = 60 * 2 ** 30;

/** Sends the signal and checks what every verb owes. */
async function endAndCheck(started: Started, signal: Signal, directory: string): Promise<void> {
  const children = descendantsOf([started.child.pid!]);
  const { status, err } = await started.end(signal);
  assert.is(status, STATUS[signal], err);
  assert.match(err, /interrupted: .*\n$/);
  assert.not.match(err, /bug in ocibench|^ +at /m);
  for (let turns = 0; children.some(isRunning) && turns < 200; turns++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.equal(children.filter(isRunning), [], 'children go on');
  assert.equal(leftIn(directory), [], 'something half-written is left');
}

/** What a command that was ended may not leave. */
function leftIn(directory: string): readonly string[] {
  const names = readdirSync(directory, { recursive: true }) as string[];
  return names.filter((name) => /\.tmp$|run\.lock$|^tmp\/.|cache\/ocibench\/users\/./.test(name));
}

/** A file that reads as zeros and takes no room. */
function writeHuge(path: string, start: Uint8Array = new Uint8Array(0)): void {
  writeFileSync(path, start);
  truncateSync(path, MINUTES);
}

/** The header of a file that fills the archive. */
function hugeHeader(): Uint8Array {
  const block = readAll(treeToTar(sketchTree({ big: { content: 'x' } }))).slice();
  const at = [...Array(block.length / 512).keys()].find(
    (number) => block[512 * number] === 'b'.charCodeAt(0),
  )!;
  const header = block.subarray(512 * at, 512 * (at + 1));
  const size = BigInt(MINUTES - 512 * (at + 1) - 1024);
  for (let byte = 0; byte < 12; byte++) {
    header[124 + byte] = byte === 0 ? 0x80 : Number((size >> BigInt(8 * (11 - byte))) & 0xffn);
  }
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
  return block.subarray(0, 512 * (at + 1));
}

/** What no level of zstd gets through in less than half a minute. */
function writeSlow(directory: string): void {
  const bytes = new TextEncoder().encode(Buffer.from(noise(16 << 20, 5)).toString('base64'));
  writeFileSync(
    join(directory, 'slow.tar'),
    readAll(treeToTar(sketchTree({ slow: { content: bytes } }))),
  );
}

const SLOW = 'tar|whole|zstd:22|layers|get';

const busy: readonly (readonly [
  args: readonly string[],
  signal: Signal,
  prepare: (directory: string) => void,
])[] = [
  [
    ['chunk', 'huge', '--chunker', 'fastcdc:avg=1MiB', '--stats'],
    'SIGTERM',
    (directory) => writeHuge(join(directory, 'huge')),
  ],
  [
    ['chunk', 'huge', '--chunker', 'fixed:size=1MiB'],
    'SIGINT',
    (directory) => writeHuge(join(directory, 'huge')),
  ],
  [
    ['plan', 'huge.tar'],
    'SIGTERM',
    (directory) => writeHuge(join(directory, 'huge.tar'), hugeHeader()),
  ],
  [
    ['dataset', 'show', 'huge.tar'],
    'SIGINT',
    (directory) => writeHuge(join(directory, 'huge.tar'), hugeHeader()),
  ],
  [
    ['cache', 'check'],
    'SIGTERM',
    (directory) => {
      const name = 'ab'.repeat(32);
      const folder = join(directory, 'cache', 'ocibench', 'blobs', 'ab');
      mkdirSync(folder, { recursive: true });
      writeHuge(join(folder, name));
    },
  ],
  [['pack', 'slow.tar', '--model', SLOW, '--out', 'a/b', '--workers', '1'], 'SIGINT', writeSlow],
  [['pack', 'slow.tar', '--model', SLOW, '--out', 'a/b', '--workers', '2'], 'SIGHUP', writeSlow],
  [['run', 'slow.tar', '--model', SLOW, '--out', 'run'], 'SIGTERM', writeSlow],
  [['run', 'speed', 'slow.tar', '--out', 'run'], 'SIGINT', writeSlow],
];

for (const [args, signal, prepare] of busy) {
  test(`${args.join(' ')}: ${signal} ends it while it is busy`, async ({ directory }) => {
    prepare(directory);
    const started = startBench(directory, args);
    await started.until(() => processorSeconds(started.child.pid!) > AT_WORK);
    await endAndCheck(started, signal, directory);
    assert.not.ok(existsSync(join(directory, 'a')), 'a directory that was begun is left');
  });
}

test('unpack: SIGINT ends it while it writes files, and none is left', async ({ directory }) => {
  const files = Array.from({ length: 60_000 }, (_, index) => [
    `f${index}`,
    { content: `${index}` },
  ]);
  writeFileSync(
    join(directory, 'many.tar'),
    readAll(treeToTar(sketchTree(Object.fromEntries(files)))),
  );
  const packed = await startBench(directory, [
    'pack',
    'many.tar',
    '--model',
    'tar-zstd',
    '--out',
    'packed',
  ]).wait();
  assert.is(packed.status, 0, packed.err);
  const out = join(directory, 'new', 'out');
  const started = startBench(directory, ['unpack', 'packed', '--out', out]);
  await started.until(() => existsSync(out) && readdirSync(out).length > 100);
  await endAndCheck(started, 'SIGINT', directory);
  assert.not.ok(existsSync(join(directory, 'new')));
});

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
  await started.until(() => processorSeconds(started.child.pid!) > LOADED);
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
    const content = noise(60 << 20, seed);
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

import { existsSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { treeToTar } from './serialisers/tar.ts';
import { readAll } from './streams/source.ts';
import { processorSeconds, startBench } from './testing/command-line.ts';
import { endAndCheck, interruptedSuite, type Signal } from './testing/interrupted.ts';
import { noise } from './testing/noise.ts';
import { sketchTree } from './testing/trees.ts';

const test = interruptedSuite('commands interrupted at work');

/** Processor time after which a runtime has loaded the tree and is at work, seconds; Deno may compile it first. */
const AT_WORK = 'Deno' in globalThis ? 2 : 1.2;
const MINUTES = 60 * 2 ** 30;

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
  slowTar ??= readAll(
    treeToTar(
      sketchTree({ slow: { content: Buffer.from(noise(16 << 20, 5)).toString('base64') } }),
    ),
  );
  writeFileSync(join(directory, 'slow.tar'), slowTar);
}

let slowTar: Uint8Array | undefined;

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
  const files = Array.from({ length: 20_000 }, (_, index) => [
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

test.run();

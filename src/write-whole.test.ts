import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { StorageError } from './errors.ts';
import { Cache } from './images/cache.ts';
import { identify, tagOf } from './processes.ts';
import { projectDirectory } from './project.ts';
import { canFail, failAt, withShortWrites } from './testing/failing-disk.ts';
import { skip } from './testing/needs.ts';
import { noise } from './testing/noise.ts';
import { sketchTree } from './testing/trees.ts';
import { writeTree } from './trees/write.ts';
import {
  appendWhole,
  sweepTemporary,
  writeAll,
  writeFile,
  writeNew,
  writeTogether,
  writeWhole,
} from './write-whole.ts';

const test = suite<{ directory: string }>('writing whole');

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-whole-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const content = noise(100_000);
const bytesOf = (path: string): Uint8Array => new Uint8Array(readFileSync(path));

/** Names of the functions that put bytes on a disk, and of streams that do. */
const PRIMITIVES =
  /\b(?:write(?:v|File)?(?:Sync)?|appendFile(?:Sync)?|copyFile(?:Sync)?|cp(?:Sync)?|f?truncate(?:Sync)?)\b/;
const STREAMS =
  /\bcreateWriteStream\b|\bDeno\.(?:write|open|create|copy|truncate)|\bstd(?:out|err)\.write\(|\bopenSync\([^)]*['"](?:w|a|r\+)/;

/** Places that may call them, and why. */
const ALLOWED: Readonly<Record<string, string>> = {
  'src/write-whole.ts': 'the helper itself',
  'src/objects/spool.ts': 'a scratch file that writeAll fills, removed when the work ends',
  'src/output.ts': 'standard output and error, which are no files of ours; it writes all, too',
  'src/workers/answer.ts': 'the answer of a child, to a pipe that its parent reads as JSON',
};

test('5 nothing but the helper writes to a disk', () => {
  const found: string[] = [];
  for (const folder of ['src', 'bench']) {
    for (const name of readdirSync(join(projectDirectory, folder), { recursive: true })) {
      const path = join(projectDirectory, folder, String(name));
      if (
        !/\.(?:ts|js|mjs)$/.test(path) ||
        /\.test\.ts$|src\/(?:testing|kernels\/assembly)\//.test(path)
      )
        continue;
      const text = readFileSync(path, 'utf8');
      const imports = [
        ...text.matchAll(/import\s+([^;]*?)\s+from\s+'(?:node:)?fs(?:\/promises)?'/g),
      ];
      const isWriting =
        imports.some(([, names]) => PRIMITIVES.test(names!) || !names!.startsWith('{')) ||
        STREAMS.test(text);
      if (isWriting) found.push(relative(projectDirectory, path));
    }
  }
  assert.equal(found.sort(), Object.keys(ALLOWED).sort());
});

test('5 what asks for a write is told by name', () => {
  for (const line of [
    "import { writeSync } from 'node:fs';",
    "import fs from 'node:fs';",
    "import {\n  open,\n  copyFile,\n} from 'node:fs/promises';",
    "import * as disk from 'fs';",
  ]) {
    const [, names] = /import\s+([^;]*?)\s+from/.exec(line)!;
    assert.ok(PRIMITIVES.test(names!) || !names!.startsWith('{'), line);
  }
  for (const line of [
    "openSync(path, 'wx')",
    'process.stdout.write(text)',
    'Deno.writeTextFileSync',
  ]) {
    assert.match(line, STREAMS);
  }
});

function whereShort(name: string, work: (directory: string) => Promise<void>): void {
  test(`5 writes that take half each: ${name}`, async ({ directory }) => {
    if (!canFail) return skip('Deno’s file system cannot be made to fail');
    await work(directory);
  });
}

whereShort('files of every kind are whole', async (directory) => {
  const place = (name: string): string => join(directory, name);
  writeFileSync(place('log'), 'a\n');
  const cache = new Cache(place('cache'));
  let stored = '';
  const short = await withShortWrites(async () => {
    writeWhole(place('whole'), content);
    writeNew(place('new'), [content.subarray(0, 50_000), content.subarray(50_000)]);
    writeFile(place('file'), content);
    appendWhole(place('log'), 'bc\n');
    writeTree(sketchTree({ file: { content } }), place('tree'));
    stored = (await cache.store([content])).path;
  });
  assert.ok(short > 100, `${short} short writes`);
  for (const path of [place('whole'), place('new'), place('file'), place('tree/file'), stored]) {
    assert.equal(bytesOf(path), content, path);
  }
  assert.is(readFileSync(place('log'), 'utf8'), 'a\nbc\n');
});

const isStorageError = (message: RegExp) => (error: unknown) =>
  error instanceof StorageError && message.test(error.message);

test('5 an error names path and code, also one that has no name for users', async ({
  directory,
}) => {
  assert.throws(
    () => writeAll(99_999, 'x', '/some/place'),
    isStorageError(/^cannot write \/some\/place: EBADF$/),
  );
  assert.throws(() => writeFile(directory, 'x'), isStorageError(/: EISDIR$/));
  assert.throws(
    () => writeWhole(join(directory, 'none', 'x'), 'x'),
    isStorageError(/none\/x: ENOENT$/),
  );
  if (!existsSync('/dev/full')) return;
  assert.throws(
    () => appendWhole('/dev/full', 'x'),
    isStorageError(/^cannot write \/dev\/full: ENOSPC$/),
  );
});

test('5 a new file never replaces one', ({ directory }) => {
  const path = join(directory, 'file');
  writeNew(path, 'first');
  assert.throws(() => writeNew(path, 'second'), isStorageError(/file: EEXIST$/));
  assert.throws(() => writeFile(path, 'second', { isNew: true }), isStorageError(/file: EEXIST$/));
  assert.is(readFileSync(path, 'utf8'), 'first');
  assert.equal(readdirSync(directory), ['file']);
});

test('5 files that belong together are replaced once all are there', async ({ directory }) => {
  const [one, two] = [join(directory, 'one'), join(directory, 'none', 'two')];
  writeWhole(one, 'before');
  assert.throws(
    () =>
      writeTogether([
        [one, 'after'],
        [two, 'after'],
      ]),
    isStorageError(/two: ENOENT$/),
  );
  assert.is(readFileSync(one, 'utf8'), 'before');
  assert.equal(readdirSync(directory), ['one']);
});

test('5 a log that cannot grow is as long as before', async ({ directory }) => {
  if (!canFail) return skip('Deno’s file system cannot be made to fail');
  const path = join(directory, 'log');
  writeFileSync(path, 'first\n');
  const { error } = await failAt(2, 'ENOSPC', () => appendWhole(path, 'second\n'));
  assert.instance(error, StorageError);
  assert.is(readFileSync(path, 'utf8'), 'first\n');
});

test('5 temporary files of killed processes are swept, those of others are not', ({
  directory,
}) => {
  const name = (pid: number): string => `.ocibench-${tagOf(identify(pid))}-01234567.tmp`;
  const elsewhere = `.ocibench-1-01234567-${'0'.repeat(8)}-01234567.tmp`;
  const kept = [name(process.ppid), elsewhere, '.ocibench-1.tmp'];
  for (const one of [name(2 ** 22 + 1), ...kept]) writeFileSync(join(directory, one), '');
  mkdirSync(join(directory, 'folder'));
  sweepTemporary(directory);
  assert.equal(readdirSync(directory), [...kept, 'folder'].sort());
});

test.run();

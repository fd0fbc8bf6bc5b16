import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { benchCommand, denoDirectory, type Ended, startBench } from './testing/command-line.ts';
import { checkLine, dailySuite } from './testing/daily.ts';
import { skip } from './testing/needs.ts';

/** What the system refuses is one line: what, where, and what to do. Never a stack. */

const test = dailySuite('errors of the system');

const isDeno = 'Deno' in globalThis;
const isRoot = process.getuid?.() === 0;

/** Through a shell, which opens files and sets limits. */
function shell(directory: string, script: string): Ended {
  const quoted = benchCommand.map((word) => `'${word}'`).join(' ');
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['-c', script.replace(/(?<![\w-])bench /g, `${quoted} `)],
    {
      cwd: directory,
      encoding: 'utf8',
      env: {
        ...process.env,
        XDG_CACHE_HOME: join(directory, 'cache'),
        TMPDIR: join(directory, 'tmp'),
        DENO_DIR: denoDirectory,
        NO_COLOR: '1',
      },
    },
  );
  return { status: status ?? -1, out: stdout, err: stderr };
}

test('a full disk below standard output is told', ({ directory }) => {
  if (!existsSync('/dev/full')) return skip('there is no /dev/full');
  const verbs = [
    'list',
    'export runs/good',
    'cache size',
    'chunk one.tar --chunker fixed:size=1KiB',
  ];
  for (const verb of verbs) {
    checkLine(verb, shell(directory, `bench ${verb} > /dev/full`), 1, /standard output: ENOSPC/);
  }
});

test('a reader that goes away is no failure, and neither is one of errors', ({ directory }) => {
  const early = shell(directory, `bench list | head -1; echo "\${PIPESTATUS[0]}"`);
  assert.equal(early, { status: 0, out: 'datasets\n0\n', err: '' });
  writeFileSync(join(directory, 'large'), '');
  truncateSync(join(directory, 'large'), 1 << 30);
  const chunk = 'bench chunk large --digest none --chunker fixed:size=1KiB';
  const stopped = shell(directory, `${chunk} | head -1; echo "\${PIPESTATUS[0]}"`);
  assert.equal(stopped, { status: 0, out: '{"offset":0,"length":1024}\n0\n', err: '' });
  assert.is(shell(directory, 'bench run README.md 2>/dev/full').status, 1);
});

test('no directory for temporary files: what needs none says nothing; what needs one fails', ({
  directory,
}) => {
  for (const place of ['/nonexistent', join(directory, 'README.md'), '/proc']) {
    const list = shell(directory, `TMPDIR=${place} bench list`);
    assert.is(list.status, 0);
    assert.match(list.out, /^datasets\n/);
    assert.is(list.err, '');
  }
});

test('a directory below /proc cannot be made, and nobody waits for it', async ({ directory }) => {
  if (!existsSync('/proc/self')) return skip('there is no /proc');
  // A plain tar would be measured where it lies.
  const packed = gzipSync(readFileSync(join(directory, 'one.tar')));
  writeFileSync(join(directory, 'one.tar.gz'), packed);
  const lines = [
    'pack one.tar --model catar --out /proc/a/b',
    'unpack packed --out /proc/a',
    'unpack packed --out /proc/a.tar',
    'run one.tar --model catar --out /proc/a',
    'dataset fetch one.tar.gz --cache /proc/a',
  ];
  for (const line of lines) {
    const started = startBench(directory, line.split(' '));
    const timer = setTimeout(() => started.child.kill('SIGKILL'), 60_000);
    const ended = await started.wait();
    clearTimeout(timer);
    assert.is(ended.status, 1, `${line}: ${ended.err}`);
    assert.match(ended.err, /\/proc\/a\S*: (ENOENT|EACCES|EPERM)/, line);
  }
});

test('few files may be open: it works, or one line says so', ({ directory }) => {
  for (const number of [40, 64, 256]) {
    const { status, out, err } = shell(directory, `ulimit -n ${number}; bench list links`);
    if (status === 0) assert.match(out, /dsl-20ms/);
    else assert.match(err, /^StorageError: [^\n]*open[^\n]* — raise `ulimit -n`[^\n]*\n$/);
    if (number === 256) assert.is(status, 0, err);
  }
});

test('a current directory that is gone is told', ({ directory }) => {
  if (isDeno) return skip('Deno does not come as far as our code');
  mkdirSync(join(directory, 'gone'));
  const ended = shell(directory, 'cd gone && rmdir ../gone && bench list');
  checkLine('gone', ended, 1, /current directory no longer exists/);
});

test('an argument that is not UTF-8 is told', ({ directory }) => {
  if (isDeno) return skip('Deno does not come as far as our code');
  const ended = shell(directory, "bench run $'x\\xff.tar'");
  checkLine('not UTF-8', ended, 2, /not UTF-8/);
});

test('without a home directory the cache has no place, unless one is given', ({ directory }) => {
  const bare = (more: string, verb: string): Ended =>
    shell(directory, `unset XDG_CACHE_HOME; ${more} bench ${verb}`);
  checkLine('home', bare('HOME=relative', 'cache size'), 1, /no home directory.*--cache DIR/);
  assert.is(bare('HOME=relative', 'cache size --cache c').status, 0);
  assert.is(bare('HOME=relative XDG_CACHE_HOME=$PWD/c', 'cache size').status, 0);
  assert.match(bare(`HOME=${directory}`, 'cache size').out, new RegExp(`${directory}/.cache/`));
});

test('what may not be read or written is told', ({ directory }) => {
  if (isRoot) return skip('root may read everything');
  writeFileSync(join(directory, 'secret.tar'), 'x');
  chmodSync(join(directory, 'secret.tar'), 0);
  mkdirSync(join(directory, 'closed'));
  chmodSync(join(directory, 'closed'), 0o500);
  for (const line of [
    'run secret.tar',
    'unpack packed --out closed/x',
    'cache size --cache closed/x',
  ]) {
    const ended = shell(directory, `bench ${line}`);
    checkLine(line, ended, 1, /EACCES.*permission denied/);
  }
  chmodSync(join(directory, 'closed'), 0o700);
});

test.run();

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isRunning } from '../processes.ts';
import { scriptUrl } from '../workers/pool.ts';
import { lackOfTime, unless } from './needs.ts';
import { until } from './until.ts';

interface Place {
  directory: string;
}

const test = unless(suite<Place>('runner of tests'), lackOfTime());
test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-run-'));
  // Files of tests that are no part of the tree are modules too.
  writeFileSync(join(context.directory, 'package.json'), '{"type":"module"}');
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const isDeno = 'Deno' in globalThis;
const extension = isDeno ? 'ts' : 'js';
const script = fileURLToPath(scriptUrl('./run', import.meta.url));
const runtime = isDeno ? ['run', '--quiet', '-A', script] : [script];

const HEAD = `
import { test } from '${import.meta.resolve('uvu')}';
import * as assert from '${import.meta.resolve('uvu/assert')}';
import { has, skip, unless, lackOf, lackOfFile, lackOfServers, lackOfTime } from '${scriptUrl('./needs', import.meta.url)}';
`;

function write(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [name, body] of Object.entries(files)) {
    const path = join(directory, `${name}.test.${extension}`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${HEAD}${body}`);
  }
}

interface Ran {
  readonly status: number | null;
  readonly lines: readonly string[];
  readonly text: string;
  readonly err: string;
}

function runTests(directory: string, ...words: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...runtime, '.', ...words], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, CI: '', FORCE_COLOR: '1' },
  });
  return { status, lines: stdout.trimEnd().split('\n'), text: stdout, err: stderr };
}

/** `ok      a.test.ts      0.1 s    1 passed` without its seconds and spaces. */
const short = (line: string): string => line.replace(/ +/g, ' ').replace(/ [\d.]+ s /, ' ');

const GOOD = `test('good', () => {}); test.run();`;

test('a file fails alone, whatever becomes of its process', ({ directory }) => {
  write(directory, {
    a: GOOD,
    'below/b': `${GOOD}test('bad', () => assert.is(1, 2)); test.run();`,
    c: `import './no-such-module.ts'; ${GOOD}`,
    d: `test('leaves', () => process.exit(0)); ${GOOD}`,
    e: `test('late', () => {}); test.after(() => void setTimeout(() => { throw new Error('too late'); }, 20)); test.run();`,
    f: `Promise.reject(new Error('unheard')); test('slow', () => new Promise((end) => setTimeout(end, 50))); test.run();`,
    g: `test('not run', () => {});`,
    h: `test.before(() => { throw new Error('a hook'); }); ${GOOD}`,
    i: `test('killed', () => process.kill(process.pid, 'SIGKILL')); test.run();`,
    j: `test('code', () => { process.exitCode = 3; }); test.run();`,
    k: `test.after(() => { throw new Error('a last hook'); }); ${GOOD}`,
  });
  const { status, lines, text } = runTests(directory);
  assert.is(status, 1);
  const byName = (a: string, b: string): number => (a.split(' ')[1]! < b.split(' ')[1]! ? -1 : 1);
  assert.equal(lines.slice(0, 11).map(short).sort(byName), [
    'ok a.test.ts 1 passed',
    'FAILED below/b.test.ts 1 passed, 1 failed',
    'FAILED c.test.ts 0 passed, 1 failed',
    'FAILED d.test.ts 0 passed, 1 failed',
    'FAILED e.test.ts 1 passed, 1 failed',
    'FAILED f.test.ts 0 passed, 1 failed',
    'FAILED g.test.ts 0 passed, 1 failed',
    'FAILED h.test.ts 0 passed, 1 failed',
    'FAILED i.test.ts 0 passed, 1 failed',
    'ok j.test.ts 1 passed',
    'FAILED k.test.ts 0 passed, 1 failed',
  ]);
  for (const said of [
    /"bad".*Expected values to be strictly equal/s,
    /FAILED {2}c\.test\.ts.*before its tests: exit code 1.*no-such-module/s,
    /FAILED {2}d\.test\.ts: 1\nThe process ended before its tests: exit code 0/,
    /FAILED {2}e\.test\.ts.*The tests ended, then the process failed: exit code 1.*too late/s,
    /FAILED {2}f\.test\.ts.*unheard/s,
    /FAILED {2}g\.test\.ts: 1\nNo test was registered/,
    /FAILED {2}h\.test\.ts: 1\nA hook failed/,
    /FAILED {2}i\.test\.ts.*before its tests: SIGKILL/s,
    /FAILED {2}k\.test\.ts.*a last hook/s,
  ]) {
    assert.match(text, said);
  }
  assert.is(lines.at(-1), '4 passed, 9 failed, 0 skipped');
});

test('skipped tests are counted once each and listed by reason', ({ directory }) => {
  write(directory, {
    a: `
      test('one', () => { if (!has('no-such-a') || !has('no-such-b')) return; });
      test('twice', () => { for (let n = 0; n < 2; n++) has('no-such-a'); });
      unless(test, lackOfFile('/no/such/file'))('declared', () => process.exit(1));
      unless(test, undefined)('there', () => {});
      test('skipped, then failed', () => { skip('x'); assert.unreachable(); });
      test.run();`,
    b: `test('other', () => skip('no-such-a is not installed')); test.skip('silent'); test.run();`,
    c: `const all = unless(test, lackOf('no-such-c')); all.before(() => process.exit(1));
        all.before.each(() => process.exit(1)); all('x', () => {}); all.run();`,
  });
  const { status, lines } = runTests(directory);
  assert.is(status, 1);
  const from = lines.findIndex((line) => line.startsWith('skipped'));
  assert.equal(lines.slice(from).map(short), [
    'skipped 3 no-such-a is not installed (a.test.ts and 1 more)',
    'skipped 1 /no/such/file is not here (a.test.ts)',
    'skipped 1 no reason given: use unless() or skip() (b.test.ts)',
    'skipped 1 no-such-c is not installed (c.test.ts)',
    '',
    '1 passed, 1 failed, 6 skipped',
  ]);
});

test('patterns choose files; one that names none is an error', ({ directory }) => {
  write(directory, { a: GOOD, b: GOOD, 'below/ab': GOOD });
  const named = (...patterns: readonly string[]): readonly string[] =>
    runTests(directory, ...patterns)
      .lines.filter((line) => line.startsWith('ok'))
      .map(short)
      .sort();
  assert.is(named().length, 3);
  assert.equal(named('^b', 'a\\.test.ts'), [
    'ok a.test.ts 1 passed',
    'ok b.test.ts 1 passed',
    'ok below/ab.test.ts 1 passed',
  ]);
  assert.equal(named('below/'), ['ok below/ab.test.ts 1 passed']);
  for (const [pattern, says] of [
    ['nothing', /no test file has 'nothing' in its name/],
    ['(', /'\(' is no pattern/],
    ['--jobs=0', /--jobs is no count: 0/],
    ['--limit=soon', /--limit is no seconds: soon/],
    ['--slow', /--slow/],
  ] as const) {
    const { status, lines, err } = runTests(directory, 'a', pattern);
    assert.is(status, 1);
    assert.match(err, says);
    assert.is(lines.at(-1), '0 passed, 1 failed, 0 skipped');
  }
  mkdirSync(join(directory, 'empty'));
  assert.match(runTests(join(directory, 'empty')).err, /no test file is there/);
});

test('fast tests find no programs, and may not listen', ({ directory }) => {
  write(directory, {
    a: `
      import { createServer } from 'node:http';
      import { createServer as plain } from 'node:net';
      import { spawnSync } from 'node:child_process';
      test('undeclared program', () => assert.is(spawnSync('ls').error, undefined));
      for (const make of [createServer, plain])
        test('undeclared server', () => new Promise((open) => make().listen(0, '127.0.0.1', open)));
      unless(test, lackOfServers())('server', () => process.exit(1));
      unless(test, lackOfTime())('long', () => process.exit(1));
      test('program', () => has('ls') && process.exit(1));
      test('rest', () => {});
      test.run();`,
  });
  const { lines, text } = runTests(directory, '--fast');
  assert.is(text.match(/a fast test must not listen/g)?.length, 2);
  assert.match(text, /"undeclared program"/);
  assert.is(lines.at(-1), '1 passed, 3 failed, 3 skipped');
});

test('fast tests leave out files that are named slow, and refuse those that ought to be', ({
  directory,
}) => {
  const nothing = `unless(test, lackOfTime())('long', () => {}); test.run();`;
  write(directory, { a: GOOD, 'b.slow': `process.exit(1);`, c: nothing });
  const { lines, text } = runTests(directory, '--fast');
  assert.match(text, /FAILED {2}c\.test\.ts: 1\nNo test of it is fast: let its name end in \.slow/);
  assert.is(lines.at(-1), '1 passed, 1 failed, 1 skipped');
  write(directory, { 'b.slow': nothing });
  assert.is(runTests(directory).lines.at(-1), '3 passed, 0 failed, 0 skipped');
});

test('each file has a temporary directory of its own, and nothing of it is left', ({
  directory,
}) => {
  const body = `import { mkdirSync, readdirSync } from 'node:fs'; import { tmpdir } from 'node:os';
    test('alone', () => { assert.equal(readdirSync(tmpdir()), []); mkdirSync(tmpdir() + '/same'); console.log(tmpdir()); assert.unreachable(); });
    test.run();`;
  write(directory, { a: body, b: body });
  const { text, lines } = runTests(directory);
  assert.is(lines.at(-1), '0 passed, 2 failed, 0 skipped');
  assert.is(text.match(/Expected values/g), null, text);
  const places = [...text.matchAll(/^ {4}(\/.*tmp)$/gm)].map(([, path]) => path!);
  assert.is(new Set(places).size, 2, text);
});

test('a file that does not end is ended and named', ({ directory }) => {
  write(directory, {
    a: `test('waits', () => new Promise((end) => setTimeout(end, 1e8))); test.run();`,
    b: `test('goes round', () => { for (;;); }); test.run();`,
    c: `setInterval(() => {}, 1e8); ${GOOD}`,
  });
  const { status, lines, text } = runTests(directory, '--limit', '1');
  assert.is(status, 1);
  for (const name of ['a', 'b', 'c']) {
    assert.match(
      text,
      new RegExp(`FAILED  ${name}\\.test\\.ts: 1\\nThe .* did not end within 1 s`),
    );
  }
  assert.match(lines.at(-1)!, /^[01] passed, 3 failed, 0 skipped$/);
});

test('a runner that is interrupted ends its files, and what they started', async ({
  directory,
}) => {
  const pids = join(directory, 'pids');
  const eternal = JSON.stringify([isDeno ? 'eval' : '-e', 'setInterval(() => {}, 1e8)']);
  write(directory, {
    a: `import { spawn } from 'node:child_process'; import { writeFileSync, renameSync } from 'node:fs';
      test('waits', () => {
        const { pid } = spawn(process.execPath, ${eternal}, { stdio: 'inherit' });
        writeFileSync('new', process.pid + ' ' + pid);
        renameSync('new', '${pids}');
        return new Promise((end) => setTimeout(end, 1e8));
      });
      test.run();`,
  });
  const child = spawn(process.execPath, [...runtime, '.'], { cwd: directory, stdio: 'ignore' });
  const ended = new Promise((resolve) =>
    // Deno says 130 as the signal that it stands for.
    child.on('exit', (code, signal) => resolve(code ?? signal)),
  );
  await until('the file to run', () => existsSync(pids));
  child.kill('SIGINT');
  assert.is(await ended, isDeno ? 'SIGINT' : 130);
  for (const pid of readFileSync(pids, 'utf8').split(' ').map(Number)) {
    await until(`process ${pid} to end`, () => !isRunning(pid));
  }
});

test.run();

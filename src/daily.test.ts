import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { main } from './commands/main.ts';
import { treeToTar } from './serialisers/tar.ts';
import { readAll } from './streams/source.ts';
import { benchCommand, denoDirectory, type Ended, startBench } from './testing/command-line.ts';
import { lackOfTime, skip, unless } from './testing/needs.ts';
import { sketchTree } from './testing/trees.ts';

/** What goes wrong every day is one line: what, where, and what to do. Never a stack. */

const test = unless(suite<{ directory: string }>('errors of daily life'), lackOfTime());
const isDeno = 'Deno' in globalThis;
const isRoot = process.getuid?.() === 0;

test.before(async (context) => {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'ocibench-daily-')));
  context.directory = directory;
  mkdirSync(join(directory, 'tmp'));
  mkdirSync(join(directory, 'd'));
  for (const name of ['t1', 't2', 't10']) {
    const tar = readAll(treeToTar(sketchTree({ name: { content: name } })));
    writeFileSync(join(directory, 'd', `${name}.tar`), tar);
  }
  const first = readFileSync(join(directory, 'd', 't1.tar'));
  const file = (name: string, content: Uint8Array | string): void =>
    writeFileSync(join(directory, name), content);
  file('one.tar', first);
  file('README.md', '# no image\n');
  file('empty.tar', '');
  file('zipped.tar.gz', gzipSync(first));
  file('cut.tar.gz', gzipSync(first).subarray(0, 60));
  file('text.gz', gzipSync('no tar, but long enough to be taken for one'.repeat(30)));
  file('cut.tar', first.subarray(0, 700));
  file('other.json', '{"name": "x"}');
  file('broken.json', '{"name": ');
  file('manifest-of-mine', '{"schemaVersion": 1}');
  file('existing.tar', first);
  mkdirSync(join(directory, 'mixed'));
  file('mixed/a.tar', first);
  file('mixed/notes.txt', 'x');
  symlinkSync('circle', join(directory, 'circle'));
  mkdirSync(join(directory, 'full'));
  file('full/x', '');
  mkdirSync(join(directory, 'here.tar'));
  const run = await startBench(directory, [
    ...['run', 'one.tar', '--model', 'tar-zstd', '--repeat', '0', '--no-reproducibility'],
    ...['--out', 'runs/good'],
  ]).wait();
  assert.is(run.status, 0, run.err);
  const packed = ['pack', 'one.tar', '--model', 'tar-zstd', '--out', 'packed'];
  assert.is((await startBench(directory, packed).wait()).status, 0);
  const info = JSON.parse(readFileSync(join(directory, 'runs/good/run.json'), 'utf8'));
  for (const name of ['modelless', 'recordless', 'lost']) mkdirSync(join(directory, 'runs', name));
  file('runs/modelless/run.json', JSON.stringify({ ...info, models: [] }));
  copyFileSync(
    join(directory, 'runs/good/records.jsonl'),
    join(directory, 'runs/modelless/records.jsonl'),
  );
  file('runs/recordless/run.json', JSON.stringify(info));
  file('runs/recordless/records.jsonl', '');
  file('runs/lost/run.json', JSON.stringify(info));
});
test.after(({ directory }) => rmSync(directory, { recursive: true, force: true }));

const LONG = 'x'.repeat(300);

const rows: readonly (readonly [
  line: string,
  status: number,
  says: RegExp,
  environment?: object,
])[] = [
  // What is no image
  ['run README.md', 1, /README\.md is no image and no dataset/],
  ['plan README.md', 1, /README\.md is no image/],
  ['run --dataset README.md', 1, /README\.md is no image/],
  ['dataset show README.md', 1, /README\.md is no image/],
  ['dataset fetch README.md', 1, /README\.md is no image/],
  ['pack README.md --model catar --out new', 1, /README\.md is no image/],
  ['run empty.tar', 1, /empty\.tar is empty/],
  ['run cut.tar.gz', 1, /gzip data: unexpected end.*cut\.tar\.gz/],
  ['run text.gz', 1, /compressed, and holds no tar/],
  ['run cut.tar', 1, /cut\.tar/],
  ['run other.json', 1, /schemaVersion/],
  ['run broken.json', 1, /broken\.json, line 1/],
  ['run manifest-of-mine', 1, /end in \.json/],
  ['run /dev/null', 1, /no regular file/],
  ['run runs/good', 1, /holds a run.*bench report runs\/good/],
  ['run mixed', 2, /mixed holds archives \(a\.tar\).*\(notes\.txt\).*bench run mixed\/a\.tar/],
  ['run d/t1.tar nothing.tar', 2, /nothing is at 'nothing\.tar'/],
  ['run d/t1.tar d', 2, /holds 3 archives.*bench run d\/t1\.tar d\/t2\.tar d\/t10\.tar/],
  ['run d/t1.tar other.json', 2, /cannot be one image of several/],
  ['run d/t1.tar apps', 2, /'apps' is a dataset/],
  ['run one.tar --dataset apps', 2, /both 'one\.tar' and --dataset/],
  ['pack d --model catar --out new', 2, /d holds 3 archives.*bench pack d\/t1\.tar/],
  ['one.tar d', 2, /'one\.tar' is a path, and no verb.*bench run one\.tar d/],
  // Options
  ['run --dataset a --dataset b', 2, /--dataset is given twice.*bench run a\.tar b\.tar/],
  ['run --repeat 1 --repeat 2', 2, /--repeat is given twice/],
  ['run --fresh --fresh', 2, /--fresh is given twice/],
  ['export runs/good --format csv --format md', 2, /--format is given twice/],
  ['run --out=', 2, /--out is empty/],
  ['chunk one.tar --chunker=', 2, /--chunker is empty/],
  ['run chunk-sise', 2, /did you mean 'chunk-size'/],
  // Targets
  ['unpack packed --out existing.tar', 1, /existing\.tar exists already/],
  ['unpack packed --out here.tar', 1, /here\.tar exists already/],
  ['unpack packed --out full', 1, /full is not empty/],
  ['unpack packed --out one.tar/x', 1, /one\.tar\/x: ENOTDIR/],
  ['unpack packed --out README.md', 1, /README\.md: ENOTDIR/],
  ['unpack packed --out nowhere/x.tar', 1, /nowhere\/x\.tar: ENOENT/],
  ['unpack packed --out circle/x', 1, /circle\/x: ELOOP.*circle/],
  [`unpack packed --out ${LONG}`, 1, /ENAMETOOLONG.*too long/],
  [`unpack packed --out ${LONG}.tar`, 1, /ENAMETOOLONG/],
  ['pack one.tar --model catar --out full', 1, /full is not empty/],
  ['pack one.tar --model catar --out README.md', 1, /ENOTDIR/],
  ['pack one.tar --model catar --out packed', 2, /holds an image already/],
  // Inputs that cannot be read
  ['run circle', 1, /circle: ELOOP/],
  [`run ./${LONG}`, 1, /ENAMETOOLONG/],
  ['run one.tar/x', 1, /one\.tar\/x: ENOTDIR/],
  ['chunk d --chunker fixed:size=1KiB', 1, /cannot read d: it is a directory/],
  ['chunk nothing --chunker fixed:size=1KiB', 1, /nothing: ENOENT/],
  ['chunk /dev/null --chunker fixed:size=1KiB', 1, /no regular file/],
  ['unpack one.tar --out new', 1, /one\.tar\/index\.json: ENOTDIR/],
  ['unpack d --out new', 1, /d\/index\.json: ENOENT/],
  // Runs
  ['report d', 1, /no run in d/],
  ['report runs', 1, /no run in runs .*there are: runs\/good, .*runs\/recordless/],
  ['export runs/missing', 1, /no run in runs\/missing .*there are: runs\/good/],
  ['report one.tar', 1, /no run in one\.tar/],
  ['report runs/modelless', 1, /has no models/],
  ['export runs/modelless', 1, /has no models/],
  ['report runs/recordless', 1, /has no records/],
  ['export runs/recordless --format md', 1, /has no records/],
  ['report runs/lost', 1, /has no records/],
  // Surroundings
  ['cache size --cache one.tar', 1, /one\.tar is no directory/],
  ['dataset fetch one.tar --cache one.tar/x', 1, /one\.tar\/x: ENOTDIR/],
  ['dataset fetch one.tar', 1, /ENOTDIR|is no directory/, { XDG_CACHE_HOME: '/dev/null' }],
];

test('each is one line that names error, fault and hint', async ({ directory }) => {
  for (const [line, status, says, environment] of rows) {
    const args = line.split(' ');
    const ended = await bench(directory, args, { ...environment });
    checkLine(line.slice(0, 100), ended, status, says);
  }
  // A run says first what it is about to do.
  const run = await bench(directory, ['run', 'one.tar', '--out', 'README.md']);
  assert.match(run.err, /^one\.tar: 1 images [^\n]+\nStorageError: [^\n]*ENOTDIR[^\n]+\n$/);
  assert.is(run.status, 1);
  assert.not.ok(existsSync(join(directory, 'new')), 'a target that failed is left');
});

function checkLine(line: string, { status, out, err }: Ended, wanted: number, says: RegExp): void {
  assert.match(err, says, line);
  assert.match(
    err,
    /^(Usage|Input|Storage|Unavailable|Verification)Error: [^\n]+ — [^\n]+\n$/,
    line,
  );
  assert.is(status, wanted, `${line}: ${err}`);
  assert.is(out, '', line);
}

/** In this process: to start one for each line takes a second. */
async function bench(
  directory: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const before = { directory: process.cwd(), environment: { ...process.env } };
  process.chdir(directory);
  Object.assign(process.env, { XDG_CACHE_HOME: join(directory, 'cache'), ...environment });
  let [out, err] = ['', ''];
  try {
    const status = await main(args, {
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      async *input() {},
      isTerminal: false,
      signal: new AbortController().signal,
    });
    return { status, out, err };
  } finally {
    process.chdir(before.directory);
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, before.environment);
  }
}

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

test('no directory for temporary files: what needs none goes on, and says so; what needs one fails', ({
  directory,
}) => {
  for (const place of ['/nonexistent', join(directory, 'README.md'), '/proc']) {
    const list = shell(directory, `TMPDIR=${place} bench list`);
    assert.is(list.status, 0);
    assert.match(list.out, /^datasets\n/);
    if (place !== '/proc') assert.match(list.err, /^StorageError: [^\n]+ — set TMPDIR[^\n]+\n$/);
  }
});

test('a directory below /proc cannot be made, and nobody waits for it', async ({ directory }) => {
  if (!existsSync('/proc/self')) return skip('there is no /proc');
  const lines = [
    'pack one.tar --model catar --out /proc/a/b',
    'unpack packed --out /proc/a',
    'unpack packed --out /proc/a.tar',
    'run one.tar --model catar --out /proc/a',
    'dataset fetch one.tar --cache /proc/a',
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

test('archives are a series in the order given; a directory of nothing else in natural order', ({
  directory,
}) => {
  const plan = (words: string): { readonly images: readonly string[]; readonly dataset: string } =>
    JSON.parse(shell(directory, `bench plan --model catar ${words} 2>/dev/null`).out);
  const given = plan('d/t10.tar d/t1.tar zipped.tar.gz');
  assert.equal(given.images, ['t10.tar', 't1.tar', 'zipped.tar.gz']);
  assert.not.equal(plan('d/t1.tar d/t10.tar').dataset, plan('d/t10.tar d/t1.tar').dataset);
  const { err } = shell(directory, 'bench plan --model catar d');
  assert.match(
    err,
    /^d: 3 archives, read as a series in this order: t1\.tar, t2\.tar, t10\.tar\n$/,
  );
  assert.equal(plan('d').images, ['t1.tar', 't2.tar', 't10.tar']);
  assert.equal(plan('--dataset d').images, ['t1.tar', 't2.tar', 't10.tar']);
  mkdirSync(join(directory, 'root', 'etc'), { recursive: true });
  copyFileSync(join(directory, 'one.tar'), join(directory, 'root', 'backup.tar'));
  assert.equal(plan('root').images, ['root'], 'a root file system may hold archives');
});

test('images with equal names have names of their own, and no paths', ({ directory }) => {
  const { out } = shell(directory, `bench dataset show ${directory}/one.tar ./one.tar`);
  assert.match(out, /^ {2}one\.tar {2}one\.tar \(rootfs\)$/m);
  assert.match(out, /^ {2}one\.tar-2 {2}one\.tar \(2\) \(rootfs\)$/m);
  assert.not.match(out, new RegExp(directory));
});

test('a name that is two things is read as one, which is said', ({ directory }) => {
  mkdirSync(join(directory, 'ci-slice'), { recursive: true });
  const dataset = shell(directory, 'bench plan ci-slice');
  assert.match(dataset.err, /'ci-slice' is read as the dataset; \.\/ci-slice is what lies there/);
  mkdirSync(join(directory, 'layers'));
  const experiment = shell(directory, 'bench plan layers');
  assert.match(experiment.err, /'layers' is read as the experiment; \.\/layers is what lies there/);
  assert.match(experiment.err, /run it: bench run layers/);
});

test.run();

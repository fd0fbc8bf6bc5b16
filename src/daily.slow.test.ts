import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { checkLine, dailySuite } from './testing/daily.ts';
import { bench } from './testing/in-process.ts';

/** What goes wrong every day is one line: what, where, and what to do. Never a stack. */

const test = dailySuite('errors of daily life');

const LONG = 'x'.repeat(300);
const GRID = 'files|fastcdc:avg=4KiB..1MiB|none|objects|get';

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
  ['one.tar', 2, /'one\.tar' is a path, and no verb.*bench run one\.tar/],
  ['one.tar d', 2, /'d' holds 3 archives, and cannot be one image/],
  ['one.tar one.tar one.tar', 2, /3 inputs.*for a longer series: bench run/],
  ['compare one.tar runs/good', 2, /'runs\/good' is a run, and the other is none/],
  ['compare one.tar d/t1.tar --fail-over much', 2, /--fail-over is 'much'/],
  // Options
  ['run --dataset a --dataset b', 2, /--dataset is given twice.*bench run a\.tar b\.tar/],
  ['run --repeat 1 --repeat 2', 2, /--repeat is given twice/],
  ['run --fresh --fresh', 2, /--fresh is given twice/],
  ['export runs/good --format csv --format md', 2, /--format is given twice/],
  ['run --out=', 2, /--out is empty/],
  ['chunk one.tar --chunker=', 2, /--chunker is empty/],
  ['run chunk-sise', 2, /did you mean 'chunk-size'/],
  ['run --repeat -1', 2, /^UsageError: --repeat is '-1' — give a number from 0 to 1000\n$/],
  ['pack one.tar --workers=1.5 --model catar --out new', 2, /--workers is '1.5' — .* 1 to 256/],
  ['plan one.tar --cache-size -1', 2, /--cache-size is '-1' — give a size/],
  ['cache gc --max-size -5', 2, /--max-size is '-5' — give a size/],
  ['run --repeat', 2, /^UsageError: --repeat has no value — give --repeat N\n$/],
  ['plan --model --out x', 2, /^UsageError: --model has no value — give --model ID\n$/],
  ['run --fresh=1', 2, /^UsageError: --fresh takes no value — give --fresh alone\n$/],
  ['run --modle x', 2, /bench run has no option --modle — did you mean '--model'/],
  ['export runs/good --format xml', 2, /unknown format 'xml' — .*known: csv, md, json/],
  // Options without effect
  ['run --fresh --extend --out x', 2, /--fresh replaces the run/],
  ['run chunker-choice --link all', 2, /chunker-choice models no links/],
  ['plan speed --workers 2', 2, /speed measures in one thread/],
  [`plan one.tar --repeat 2 --model ${GRID}`, 2, /--repeat has no effect: none of these models/],
  ['cache size --max-size 1KiB', 2, /--max-size is for `cache gc`/],
  ['dataset show --mirror http://x/', 2, /--mirror has no effect on `dataset show`/],
  ['dataset relock --cache-size 1GiB', 2, /--cache-size has no effect on `dataset relock`/],
  ['dataset add x a:b --cache y', 2, /--cache has no effect on `dataset add`/],
  ['run one.tar --mirror http://x/', 2, /no image of one\.tar is from Debian packages/],
  ['plan --insecure-registry x', 2, /no image of debian-updates is from a registry/],
  ['chunk one.tar --chunker fixed --stats --digest none', 2, /--digest has no effect with --stats/],
  // Targets
  ['unpack packed --out existing.tar', 1, /existing\.tar exists already/],
  ['unpack packed --out here.tar', 1, /here\.tar exists already/],
  ['unpack packed --out full', 1, /full is not empty/],
  ['unpack packed --out one.tar/x', 1, /one\.tar\/x: ENOTDIR/],
  ['unpack packed --out README.md', 1, /README\.md is no directory/],
  ['unpack packed --out nowhere/x.tar', 1, /nowhere\/x\.tar: ENOENT/],
  ['unpack packed --out circle/x', 1, /circle\/x: ELOOP.*circle/],
  [`unpack packed --out ${LONG}`, 1, /ENAMETOOLONG.*too long/],
  [`unpack packed --out ${LONG}.tar`, 1, /ENAMETOOLONG/],
  ['pack one.tar --model catar --out full', 1, /full is not empty/],
  ['pack one.tar --model catar --out README.md', 1, /README\.md is no directory/],
  ['run one.tar --out README.md', 1, /README\.md is no directory/],
  ['pack one.tar --model catar --out packed', 2, /holds an image already/],
  // Inputs that cannot be read
  ['run circle', 1, /circle: ELOOP/],
  [`run ./${LONG}`, 1, /ENAMETOOLONG/],
  ['run one.tar/x', 1, /one\.tar\/x: ENOTDIR/],
  ['chunk d --chunker fixed:size=1KiB', 1, /cannot read d: it is a directory/],
  ['chunk nothing --chunker fixed:size=1KiB', 1, /nothing: ENOENT/],
  ['chunk /dev/null --chunker fixed:size=1KiB', 1, /no regular file/],
  ['unpack one.tar --out new', 1, /one\.tar holds no packed image/],
  ['unpack d --out new', 1, /d holds no packed image/],
  ['unpack nothing --out new', 1, /nothing: ENOENT/],
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
  assert.not.ok(existsSync(join(directory, 'new')), 'a target that failed is left');
});

test('of several images a cut one costs its own cells', async ({ directory }) => {
  const line = 'run one.tar cut.tar zipped.tar.gz --model tar-zstd --repeat 0 --no-reproducibility';
  const ended = await bench(directory, [...line.split(' '), '--out', 'cut-run']);
  assert.is(ended.status, 1);
  assert.match(ended.err, /^cut\.tar: InputError: the archive is cut short .* — copy or fetch it/m);
  const records = readFileSync(join(directory, 'cut-run/records.jsonl'), 'utf8').trim().split('\n');
  const failed = records.map((text) => JSON.parse(text)).filter((record) => 'error' in record);
  assert.equal(
    failed.map(({ image }) => image),
    ['cut.tar'],
  );
  for (const image of ['one.tar', 'zipped.tar.gz']) {
    assert.ok(
      records.some((text) => text.includes(`"${image}"`) && text.includes('dedup.stream_bytes')),
    );
  }
});

test('archives are a series in the order given; a directory of nothing else in natural order', async ({
  directory,
}) => {
  const plan = async (
    words: string,
  ): Promise<{ readonly images: readonly string[]; readonly dataset: string }> =>
    JSON.parse((await bench(directory, `plan --json --model catar ${words}`.split(' '))).out);
  const given = await plan('d/t10.tar d/t1.tar zipped.tar.gz');
  assert.equal(given.images, ['t10.tar', 't1.tar', 'zipped.tar.gz']);
  assert.not.equal(
    (await plan('d/t1.tar d/t10.tar')).dataset,
    (await plan('d/t10.tar d/t1.tar')).dataset,
  );
  const { err } = await bench(directory, 'plan --model catar d'.split(' '));
  assert.match(
    err,
    /^d: 3 archives, read as a series in this order: t1\.tar, t2\.tar, t10\.tar\n$/,
  );
  assert.equal((await plan('d')).images, ['t1.tar', 't2.tar', 't10.tar']);
  assert.equal((await plan('--dataset d')).images, ['t1.tar', 't2.tar', 't10.tar']);
  mkdirSync(join(directory, 'root', 'etc'), { recursive: true });
  copyFileSync(join(directory, 'one.tar'), join(directory, 'root', 'backup.tar'));
  assert.equal((await plan('root')).images, ['root'], 'a root file system may hold archives');
});

test('images with equal names have names of their own, and no paths', async ({ directory }) => {
  const { out } = await bench(directory, `dataset show ${directory}/one.tar ./one.tar`.split(' '));
  assert.match(out, /^ {2}one\.tar {2}one\.tar \(rootfs\)$/m);
  assert.match(out, /^ {2}one\.tar-2 {2}one\.tar \(2\) \(rootfs\)$/m);
  assert.not.match(out, new RegExp(directory));
});

test('a name that is two things is read as one, which is said', async ({ directory }) => {
  mkdirSync(join(directory, 'ci-slice'), { recursive: true });
  const dataset = await bench(directory, 'plan ci-slice'.split(' '));
  assert.match(dataset.err, /'ci-slice' is read as the dataset; \.\/ci-slice is what lies there/);
  mkdirSync(join(directory, 'layers'));
  const experiment = await bench(directory, 'plan layers'.split(' '));
  assert.match(experiment.err, /'layers' is read as the experiment; \.\/layers is what lies there/);
  assert.is(experiment.status, 0);
});

test.run();

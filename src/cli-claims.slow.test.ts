import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { directorySuite } from './testing/directory.ts';
import { bench } from './testing/in-process.ts';
import { makeLayered } from './testing/layered-images.ts';
import { lackOfTime } from './testing/needs.ts';
import { noise } from './testing/noise.ts';

const test = directorySuite('command line: claims', lackOfTime());

interface Rows {
  readonly rows: readonly {
    readonly claim: string;
    readonly kind: string;
    readonly verdict: string;
    readonly where?: string;
    readonly n: number;
    readonly figure?: { readonly median: number };
  }[];
}

function makeRoot(directory: string, name: string, id: string, own: number): void {
  mkdirSync(join(directory, name, 'etc'), { recursive: true });
  writeFileSync(join(directory, name, 'etc/os-release'), `ID=${id}\n`);
  writeFileSync(join(directory, name, 'shared'), noise(300_000, 1));
  writeFileSync(join(directory, name, 'own'), noise(100_000, own));
}

test('a claim is judged on own images, and a check tells what is another since', async ({
  directory,
}) => {
  makeRoot(directory, 'one', 'alpha', 7);
  makeRoot(directory, 'two', 'beta', 4);
  const words = ['claims', 'C06', '--dataset', './one', './two', '--out', 'claims'];
  const { status, out, err } = await bench(directory, [...words, '--json']);
  assert.is(status, 0, err);
  const { rows }: Rows = JSON.parse(out);
  const [row] = rows;
  assert.equal([rows.length, row!.claim, row!.kind, row!.n], [1, 'C06', 'pair', 2]);
  assert.is(row!.verdict, 'confirmed');
  // 300 of 400 kB, less what manifest and index take.
  assert.ok(row!.figure!.median > 0.7 && row!.figure!.median < 0.75, String(row!.figure!.median));
  const file = join(directory, 'claims.json');
  writeFileSync(file, out);
  const same = await bench(directory, [...words, '--check', file]);
  assert.is(same.status, 0, same.err);
  assert.match(same.out, /C06 .* confirmed/);
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('confirmed', 'refuted'));
  const other = await bench(directory, [...words, '--check', file]);
  assert.is(other.status, 1);
  assert.match(other.err, 'refuted became confirmed');
});

test('all claims of a series that is short are undecided, and say what would decide', async ({
  directory,
}) => {
  await makeLayered(directory);
  const words = ['C01', 'C02', 'C05', 'C10', 'C29', 'C33'];
  const dataset = ['--dataset', './layered.json', '--out', 'claims'];
  const { status, out, err } = await bench(directory, ['claims', ...words, ...dataset, '--json']);
  assert.is(status, 0, err);
  const { rows }: Rows = JSON.parse(out);
  assert.equal([...new Set(rows.map(({ claim }) => claim))], words);
  assert.equal([...new Set(rows.map(({ verdict }) => verdict))], ['undecided']);
  for (const { where } of rows) assert.match(where!, /would decide|nothing to compare/);
});

test('what is no claim is refused before anything is measured', async ({ directory }) => {
  const { status, err } = await bench(directory, ['claims', 'C99']);
  assert.is(status, 2);
  assert.match(err, "'C99' is no claim");
  const dataset = await bench(directory, ['claims', 'alpine']);
  assert.match(dataset.err, 'bench claims --dataset alpine');
});

test.run();

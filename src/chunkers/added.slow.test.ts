import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ValueRecord } from '../results/record.ts';
import { seeded } from '../stats/random.ts';
import { benchOf, buildTree, copyTree } from '../testing/copied-tree.ts';
import { lackOfTime, unless } from '../testing/needs.ts';
import { writeDataset } from '../testing/tiny-run.ts';
import { sketchTree } from '../testing/trees.ts';

/** A chunker added as CONTRIBUTING.md says, to a copy of the tree: one file that has a reference only, one line in the table. */

const test = unless(suite<{ directory: string }>('an added chunker'), lackOfTime());
test.before((context) => {
  const directory = mkdtempSync(join(tmpdir(), 'ocibench-added-'));
  context.directory = directory;
  copyTree(directory);
  add(
    directory,
    'steps',
    `const end = Math.min(bytes.length, start + 900);
      for (let at = start + 10; at < end; at++) if ((bytes[at - 1]! & 63) === 7) return at - start;
      return end - start;`,
  );
  add(directory, 'stuck', 'return bytes.length - start < 50_000 ? 1 : 0;');
  buildTree(directory);
  writeDataset(directory, [
    sketchTree(files()),
    sketchTree({ ...files(), more: { content: noise(30_001, 9) } }),
  ]);
});
test.after(({ directory }) => rmSync(directory, { recursive: true }));

/** The recipe: a file, a line. */
function add(directory: string, name: string, reference: string): void {
  const folder = join(directory, 'src/chunkers');
  writeFileSync(
    join(folder, `${name}.ts`),
    `import type { ChunkerMember } from './chunker.ts';
export const ${name}: ChunkerMember = {
  name: '${name}', title: 'added', source: 'this test', parameters: [], contentDefined: true,
  algorithm: () => ({ shortest: 1, longest: 900, reference: (bytes, start) => { ${reference} } }),
};\n`,
  );
  const table = join(folder, 'mod.ts');
  const text = readFileSync(table, 'utf8');
  const added = text.replace(/(createNamedFamily\(\s*'chunker',\s*\[)/, `$1\n  ${name},`);
  assert.not.equal(added, text);
  writeFileSync(table, `import { ${name} } from './${name}.ts';\n${added}`);
}

function cutsOf(bytes: Uint8Array): readonly number[] {
  const ends: number[] = [];
  let start = 0;
  bytes.forEach((byte, at) => {
    const length = at + 1 - start;
    if ((length < 10 || (byte & 63) !== 7) && length < 900 && at + 1 < bytes.length) return;
    ends.push(length);
    start = at + 1;
  });
  return ends;
}

function noise(length: number, seed: number): Uint8Array {
  const random = seeded(seed);
  return Uint8Array.from({ length }, () => 256 * random());
}

const files = () => ({
  a: { content: noise(20_011, 1) },
  b: { content: noise(7, 2) },
  zeros: { content: new Uint8Array(5000) },
});

test('bench chunk cuts 50 files where the reference does, and says that it was slow', ({
  directory,
}) => {
  const names = Array.from({ length: 50 }, (_, number) => {
    writeFileSync(join(directory, `in${number}`), noise(400 * number, number + 1));
    return `in${number}`;
  });
  const { status, out, err } = benchOf(
    directory,
    'chunk',
    ...names,
    '--chunker',
    'steps',
    '--digest',
    'none',
  );
  assert.is(status, 0, err);
  const rows = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly file: string; readonly length: number });
  for (const name of names) {
    const lengths = rows.filter(({ file }) => file === name).map(({ length }) => length);
    assert.equal(lengths, cutsOf(readFileSync(join(directory, name))), name);
  }
  const { out: statistics } = benchOf(
    directory,
    'chunk',
    ...names,
    '--chunker',
    'steps',
    '--stats',
  );
  const { cutBy, count } = JSON.parse(statistics) as { cutBy: string; count: number };
  assert.is(cutBy, 'reference');
  assert.is(count, rows.length);
  assert.match(
    benchOf(directory, 'list', 'chunkers').out,
    /steps:align= +added .*held against: nothing/,
  );
});

test('bench run completes with it on several threads, and its report says how it was cut', ({
  directory,
}) => {
  const models = ['files|steps|none|objects|get', 'catar|steps|zstd:3|blob|range'];
  const run = benchOf(
    directory,
    'run',
    '--dataset',
    'tiny.json',
    '--out',
    'out',
    '--repeat',
    '0',
    '--no-reproducibility',
    '--workers',
    '2',
    ...models.flatMap((model) => ['--model', model]),
  );
  assert.is(run.status, 0, run.err);
  const records = readFileSync(join(directory, 'out', 'records.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ValueRecord);
  assert.equal(
    records.filter((record) => 'error' in record),
    [],
  );
  const counted = records.find(
    ({ image, model, measure }) =>
      image === 'v0' && model.startsWith('files|') && measure === 'chunks.count',
  );
  const expected = Object.values(files()).reduce(
    (sum, { content }) => sum + cutsOf(content).length,
    0,
  );
  assert.is(counted?.value, expected);
  for (const name of ['summary.md', 'report.html']) {
    const text = readFileSync(join(directory, 'out', name), 'utf8');
    assert.match(text, /is cut by the reference of its chunker, which has no kernel/, name);
  }
});

test('one that breaks its contract ends a run in a line that names rule and member', ({
  directory,
}) => {
  const model = 'files|stuck|none|objects|get';
  const words = ['--dataset', 'tiny.json', '--model', model, '--repeat', '0'];
  const { status, err } = benchOf(directory, 'run', ...words);
  assert.is(status, 1);
  assert.match(
    err,
    /PluginError: chunker 'stuck' failed: its reference gave a chunk a length of 0/,
  );
  assert.not.match(err, /\n +at /);
  assert.is(benchOf(directory, 'list').status, 0);
});

test.run();

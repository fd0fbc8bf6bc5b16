import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  chartsOf,
  chunk,
  members,
  pack,
  plan,
  readRun,
  run,
  sentencesOf,
  UsageError,
  unpack,
} from './mod.ts';
import { projectDirectory } from './project.ts';
import { lackOfTime, unless } from './testing/needs.ts';
import { writeDataset } from './testing/tiny-run.ts';
import { richTree, sketchTree } from './testing/trees.ts';
import { scriptUrl } from './workers/pool.ts';

const test = suite<{ directory: string }>('library');
const slow = unless(test, lackOfTime());

test.before((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-library-'));
  writeDataset(context.directory, [richTree(), richTree(), sketchTree({ a: { content: 'a' } })]);
});
test.after(({ directory }) => rmSync(directory, { recursive: true }));

const exampleIn = (text: string): string => /^import \{ readRun, run \}.*?(?=```)/ms.exec(text)![0];

slow(
  'the example of the module runs outside of this tree, and stands in docs/library.md',
  ({ directory }) => {
    const read = (name: string): string => readFileSync(join(projectDirectory, name), 'utf8');
    const example = exampleIn(read('docs/library.md'));
    assert.is(exampleIn(read('src/mod.ts').replaceAll(/^ \* ?/gm, '')), example);
    const url = scriptUrl('./mod', import.meta.url).href;
    writeFileSync(join(directory, 'example.mjs'), example.replace("'ocibench'", `'${url}'`));
    const deno = ['run', '--quiet', '-A', '--node-modules-dir=manual'];
    const words = ['Deno' in globalThis ? deno : [], 'example.mjs'].flat();
    const { status, stdout, stderr } = spawnSync(process.execPath, words, {
      cwd: directory,
      encoding: 'utf8',
      env: { ...process.env, XDG_CACHE_HOME: join(directory, 'cache') },
    });
    assert.is(status, 0, stderr);
    const lines = stdout.trim().split('\n');
    assert.is(lines.length, 4, stdout);
    for (const line of lines) assert.match(line, /^v[12]\.tar \w+\|\S+ [1-9]\d*$/);
    assert.ok(existsSync(join(directory, 'out', 'report.html')));
  },
);

slow('plans and runs, and reads the run', async ({ directory }) => {
  const out = join(directory, 'own');
  const options = { dataset: join(directory, 'tiny.json'), models: ['catar'], directory: out };
  const notes: string[] = [];
  const told = {
    cache: join(directory, 'cache'),
    progress: { note: (text: string) => void notes.push(text) },
  };
  const { cells, models } = await plan(options);
  assert.is(cells, 3);
  const outcome = await run({ ...options, workers: 1 }, told);
  assert.is(outcome.failures, 0);
  assert.is(outcome.directory, out);
  assert.match(notes.join('\n'), /^tiny: 3 images × 1 model → /);
  const made = await readRun(out);
  assert.is(made.info.models[0]?.id, models[0]?.id);
  const [chart] = chartsOf(made);
  assert.match(await chart!.svg(), new RegExp(`^<svg .*>${chart!.title}<`));
  assert.match(
    sentencesOf(made)
      .map(({ text }) => text)
      .join(),
    /catar/,
  );
});

test('packs and unpacks an image, and cuts a stream', async ({ directory }) => {
  const place = (name: string): string => join(directory, name);
  const packed = await pack(
    { input: place('v0.tar'), model: 'catar', out: place('packed'), workers: 1 },
    { cache: place('cache') },
  );
  const restored = await unpack({ input: place('packed'), out: place('back.tar'), workers: 1 });
  assert.is(restored.model, packed.model);
  assert.is(restored.entries, richTree().entries.length);
  const bytes = readFileSync(place('back.tar'));
  const lengths = [];
  for await (const { length } of chunk('fixed:size=1KiB', [bytes], 'none')) lengths.push(length);
  assert.is(
    lengths.reduce((sum, length) => sum + length, 0),
    bytes.length,
  );
  assert.ok(members.chunkers.some(({ name }) => name === 'fixed'));
});

test('options that are wrong are told before anything is done', async ({ directory }) => {
  const image = { input: join(directory, 'v0.tar'), out: join(directory, 'none') };
  for (const work of [
    () => plan({ models: ['catarr'] }),
    () => plan({ workers: 0 }),
    () => plan({ workers: 257 }),
    () => pack({ ...image, model: 'catar', workers: 1.5 }, { cache: join(directory, 'cache') }),
    () => pack({ ...image, model: 'nothing' }),
  ]) {
    const error: unknown = await work().then(
      () => undefined,
      (reason) => reason,
    );
    assert.instance(error, UsageError);
  }
  assert.not.ok(existsSync(image.out));
  assert.is((await plan({ workers: 256, dataset: image.input })).cells, 19);
});

test.run();

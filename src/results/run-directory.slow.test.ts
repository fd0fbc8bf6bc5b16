import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../models/mod.ts';
import { run } from '../pipeline.ts';
import { createPlan, outlineOf, type Plan } from '../plan.ts';
import { lackOfTime, unless } from '../testing/needs.ts';
import { contextOf, planRun, silent, writeDataset } from '../testing/tiny-run.ts';
import { sketchTree } from '../testing/trees.ts';
import { readRun } from './read.ts';
import { isComplete } from './run-directory.ts';

const test = unless(suite<{ directory: string }>('run directory'), lackOfTime());

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-run-directory-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const writeImages = (directory: string): void =>
  writeDataset(
    directory,
    ['1', '2'].map((number) => sketchTree({ file: { content: `version ${number}` } })),
  );

const textOf = (directory: string, out: string): string =>
  readFileSync(join(directory, out, 'records.jsonl'), 'utf8');

const errorOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => String(error),
  );

test('one directory holds one run: another dataset of the same name is refused, and A again is A', async ({
  directory,
}) => {
  const [a, b] = [join(directory, 'a'), join(directory, 'b')];
  mkdirSync(a);
  mkdirSync(b);
  const versions = (text: string): ReturnType<typeof sketchTree>[] =>
    ['1', '2'].map((number) => sketchTree({ file: { content: `${text} ${number}` } }));
  writeDataset(a, versions('first'));
  writeDataset(b, versions('second'));
  const out = join(directory, 'out');
  const plan = (of: string): Promise<Plan> => planRun(of, ['per-file'], { directory: out });
  const context = contextOf(directory);
  assert.is(await run(await plan(a), { ...context, baseDirectory: a }, silent), 0);
  const first = textOf(directory, 'out');
  const refusal = await errorOf(run(await plan(b), { ...context, baseDirectory: b }, silent));
  assert.match(refusal, /^UsageError: .*out holds another run: it is of dataset tiny@sha256:/);
  assert.match(refusal, '--fresh');
  assert.not.match(refusal, '\n');
  assert.is(await run(await plan(a), { ...context, baseDirectory: a }, silent), 0);
  assert.is(textOf(directory, 'out'), first);
});

test('other models are refused, or added and measured, never ignored', async ({ directory }) => {
  writeImages(directory);
  const context = contextOf(directory);
  const options = {
    dataset: join(directory, 'tiny.json'),
    links: ['dsl-20ms'],
    workers: 1,
    directory: join(directory, 'out'),
  };
  await run(await createPlan({ ...options, models: ['per-file'] }), context, silent);
  const other = await createPlan({ ...options, models: ['oci-gzip'] });
  assert.match(await errorOf(run(other, context, silent)), /it lacks the model layers\|/);
  const both = await createPlan({ ...options, models: ['oci-gzip'], extend: true });
  assert.not.ok(await isComplete(await outlineOf({ ...both, directory: join(directory, 'none') })));
  assert.is(await run(both, context, silent), 0);
  const straight = { ...both, directory: join(directory, 'straight') };
  assert.is(await run(straight, context, silent), 0);
  assert.is(textOf(directory, 'out'), textOf(directory, 'straight'));
  assert.ok(await isComplete(await outlineOf(both)));
});

test('a run whose records were cut or edited is not complete, and is measured again', async ({
  directory,
}) => {
  writeImages(directory);
  const plan = await planRun(directory, ['per-file'], { reproduced: resolveModels(['per-file']) });
  const context = contextOf(directory);
  await run(plan, context, silent);
  const path = join(plan.directory, 'records.jsonl');
  const text = readFileSync(path, 'utf8');
  assert.ok(await isComplete(await outlineOf(plan)));
  const cut = text.trimEnd().lastIndexOf('\n') + 1;
  const edited = text.replace(/("measure":"reproducibility.distinct_digests","value":)1/, '$12');
  assert.is.not(edited, text);
  for (const damaged of [text.slice(0, cut), edited]) {
    writeFileSync(path, damaged);
    assert.not.ok(await isComplete(await outlineOf(plan)));
    const notes: string[] = [];
    await run(plan, context, { ...silent, note: (note) => void notes.push(note) });
    assert.match(notes.join(), 'records.jsonl is not as the run left it');
    assert.is(readFileSync(path, 'utf8'), text);
  }
});

test('more repetitions than a run has are measured, with all of them anew', async ({
  directory,
}) => {
  writeDataset(directory, [sketchTree({ file: { content: 'x' } })]);
  const notes: string[] = [];
  const timedWith = async (repeat: number): Promise<readonly (number | undefined)[]> => {
    // One object: one worker.
    const more = { timed: resolveModels(['tar-zstd']), rounds: { least: repeat, most: repeat } };
    const plan = await planRun(directory, ['tar-zstd'], more);
    const note = (text: string): void => void notes.push(text);
    if (!(await isComplete(await outlineOf(plan)))) {
      assert.is(await run(plan, contextOf(directory), { ...silent, note }), 0);
    }
    const { records } = await readRun(plan.directory);
    return records.flatMap((one) =>
      one.measure === 'throughput.pack' && 'value' in one ? one.samples?.length : [],
    );
  };
  const told = (): boolean =>
    notes.some((text) => /with 1 repetition, not 2: timed again/.test(text));
  assert.equal(await timedWith(1), [1]);
  assert.not.ok(told());
  assert.equal(await timedWith(2), [2]);
  assert.ok(told());
  assert.equal(await timedWith(1), [2]);
});

test('where a model is added all are timed again, in the same rounds', async ({ directory }) => {
  writeDataset(directory, [sketchTree({ file: { content: 'x' } })]);
  const notes: string[] = [];
  const note = (text: string): void => void notes.push(text);
  const rounds = { least: 1, most: 1 };
  const timesOf = async (
    names: readonly string[],
    asked: readonly string[] = names,
  ): Promise<ReadonlyMap<string, string>> => {
    const timed = resolveModels(asked);
    const plan = await planRun(directory, names, { timed, rounds, extend: true });
    assert.is(await run(plan, contextOf(directory), { ...silent, note }), 0);
    const { records } = await readRun(plan.directory);
    return new Map(
      records.flatMap((one) =>
        one.measure === 'throughput.pack' && 'value' in one && one.workers === 1
          ? [[one.model, String(one.samples)]]
          : [],
      ),
    );
  };
  const names = ['tar-zstd', 'oci-zstd'];
  const [first] = (await timesOf(['tar-zstd'])).values();
  assert.match(notes.join(), 'timed part: 1 round');
  const both = await timesOf(names, ['oci-zstd']);
  assert.is(both.size, 2, 'also the one that is not named again');
  assert.match(notes.join(), 'models are compared in the same rounds: timed again');
  assert.not.ok([...both.values()].includes(first!));
  assert.equal(await timesOf(names), both, 'nothing is missing: none is timed');
  const { records } = await readRun(join(directory, 'out'));
  const floors = records.filter(({ measure }) => measure.endsWith('_noise_floor'));
  assert.is(new Set(floors.map(({ model }) => model)).size, 1, 'of one model');
});

test('what is no run is not written into; an empty directory is, and that of a run killed at its beginning', async ({
  directory,
}) => {
  writeDataset(directory, [sketchTree({ file: { content: 'x' } })]);
  const context = contextOf(directory);
  const out = join(directory, 'out');
  const page = join(out, 'report.html');
  mkdirSync(out);
  writeFileSync(page, 'of somebody else');
  for (const fresh of [false, true]) {
    const refusal = await errorOf(
      run(await planRun(directory, ['per-file'], { fresh }), context, silent),
    );
    assert.match(refusal, /^UsageError: .*out holds no run, but report\.html .*another --out/);
    assert.equal(readdirSync(out), ['report.html']);
  }
  rmSync(page);
  writeFileSync(join(out, 'run.lock'), '999999999');
  assert.is(await run(await planRun(directory, ['per-file']), context, silent), 0);
  writeFileSync(join(out, 'notes.txt'), 'beside a run');
  writeFileSync(page, 'of the run');
  assert.is(await run(await planRun(directory, ['tar-zstd'], { fresh: true }), context, silent), 0);
  assert.equal(readdirSync(out).sort(), ['notes.txt', 'records.jsonl', 'run.json']);
});

test.run();

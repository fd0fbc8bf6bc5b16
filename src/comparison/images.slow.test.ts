import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { treeToTar } from '../serialisers/tar.ts';
import { readAll } from '../streams/source.ts';
import { directorySuite } from '../testing/directory.ts';
import { bench } from '../testing/in-process.ts';
import { lackOfTime } from '../testing/needs.ts';
import { noise } from '../testing/noise.ts';
import { recordsOf } from '../testing/plugin-runs.ts';
import { ScriptedRegistry, TYPES } from '../testing/registry.ts';
import { sketchTree } from '../testing/trees.ts';

const test = directorySuite('compare: two images', lackOfTime());

interface Figures {
  readonly model: string;
  readonly update: { readonly bytes: number };
}

const models = ['--model', 'per-file', '--model', 'catar-blob'];

function makeImages(directory: string): void {
  const common = { content: noise(90_000, 1) };
  const image = (content: Uint8Array): Uint8Array =>
    readAll(treeToTar(sketchTree({ common, app: { content } })));
  writeFileSync(join(directory, 'v1.tar'), image(noise(30_000, 2)));
  writeFileSync(join(directory, 'v2.tar'), image(noise(40_000, 3)));
}

test('two images alone say what the update costs: the figures of a run, divided without rest', async ({
  directory,
}) => {
  makeImages(directory);
  const { status, out, err } = await bench(directory, ['v1.tar', 'v2.tar', ...models]);
  assert.is(status, 0, err);
  assert.match(out, /^v1\.tar → v2\.tar\n\nv2\.tar is a step of kind update: 56\.\d % /);
  assert.match(out, /The update in each format\n/);
  assert.match(out, /The update by path\n.*\n +Bytes +Share +Path\n +[\d,]+ +\d+\.\d % +\/app\n/);
  const json = await bench(directory, [
    'compare',
    'v1.tar',
    'v2.tar',
    ...models,
    '--format',
    'json',
  ]);
  const compared = JSON.parse(json.out);
  const words = ['v1.tar', 'v2.tar', ...models, '--repeat', '0', '--no-reproducibility'];
  const made = await bench(directory, ['run', ...words, '--out', 'out']);
  assert.is(made.status, 0, made.err);
  const records = recordsOf(directory, 'out').flatMap((one) => ('value' in one ? [one] : []));
  for (const { model, update, pull, stored } of compared.models) {
    const value = (measure: string, image: string, client: string): unknown =>
      records.find(
        (one) =>
          one.measure === measure &&
          one.image === image &&
          one.client === client &&
          one.model === model,
      )?.value;
    assert.is(update.bytes, value('transfer.bytes', 'v2.tar', 'previous'));
    assert.is(update.requests, value('transfer.requests', 'v2.tar', 'previous'));
    assert.is(pull.before, value('transfer.bytes', 'v1.tar', 'none'));
    assert.is(pull.after, value('transfer.bytes', 'v2.tar', 'none'));
    assert.is(stored, value('stored.bytes', 'v2.tar', '-'));
  }
  const { transferred, alias } = compared.explanation;
  assert.is(alias, 'per-file');
  assert.is(transferred.bytes, compared.models[0].update.bytes);
  const parts = transferred.parts as readonly { readonly bytes: number }[];
  assert.is(
    parts.reduce((sum, { bytes }) => sum + bytes, 0),
    transferred.bytes,
  );
});

test('growth and budget decide the exit code, and nothing is left behind', async ({
  directory,
}) => {
  makeImages(directory);
  const compare = (...more: readonly string[]): ReturnType<typeof bench> =>
    bench(directory, ['compare', 'v1.tar', 'v2.tar', ...models, ...more]);
  // 10,000 of 120,000 bytes of noise more.
  assert.is((await compare('--fail-over', '9%')).status, 0);
  const grown = await compare('--fail-over', '7%', '--format', 'md');
  assert.is(grown.status, 1);
  assert.match(grown.err, /transfer\.bytes of v2\.tar by per-file, client none: 8\.\d\d % worse/);
  assert.match(grown.out, /^## v1\.tar → v2\.tar\n\n- v2\.tar is a step/);
  const limits = [
    { measure: 'transfer.bytes', model: 'catar-blob', client: 'previous', limit: 10 },
  ];
  writeFileSync(join(directory, 'budget.json'), JSON.stringify({ limits }));
  const over = await compare('--budget', 'budget.json');
  assert.is(over.status, 1);
  assert.match(over.err, /client previous: \d+ bytes; the limit is at most 10 bytes/);
  const told = await compare('--budget', 'budget.json', '--format', 'md');
  assert.match(
    told.out,
    /\*\*Beyond its limit\*\*\n\n- transfer\.bytes of v2\.tar by catar-blob, /,
  );
  // Wrong words are told apart from a limit that was passed.
  for (const text of ['{"limits":', '{"limits":[{"measure":"transfer.bytes","limit":"4MB"}]}']) {
    writeFileSync(join(directory, 'budget.json'), text);
    assert.is((await compare('--budget', 'budget.json')).status, 2, text);
  }
  assert.is((await compare('--budget', 'none.json')).status, 2);
  writeFileSync(join(directory, 'v2.tar'), 'no tar');
  assert.is((await compare('--fail-over', '9%')).status, 2);
  assert.not(existsSync(join(directory, 'reports')));
});

test('images of a registry are compared as a run of them, and beside a file', async ({
  directory,
}) => {
  const server = new ScriptedRegistry();
  await server.start();
  try {
    makeImages(directory);
    for (const name of ['v1', 'v2']) {
      const layer = server.putBlob(TYPES.layer, readFileSync(join(directory, `${name}.tar`)));
      const platform = { os: 'linux', architecture: 'amd64' };
      const rootfs = { type: 'layers', diff_ids: [layer.digest] };
      const config = server.putBlob(TYPES.config, { ...platform, rootfs });
      const mediaType = TYPES.manifest;
      server.putManifest(mediaType, { schemaVersion: 2, mediaType, config, layers: [layer] }, name);
    }
    const words = ['--platform', 'linux/amd64', ...models];
    const of = async (...images: readonly string[]): Promise<readonly Figures[]> => {
      const { status, out, err } = await bench(directory, [
        ...images,
        ...words,
        '--format',
        'json',
      ]);
      assert.is(status, 0, err);
      return JSON.parse(out).models;
    };
    const [one, two] = [server.reference('v1'), server.reference('v2')];
    const figures = await of(one, two);
    await bench(directory, ['dataset', 'add', './set.json', one, two, ...words.slice(0, 2)]);
    const run = ['run', './set.json', ...models, '--repeat', '0', '--no-reproducibility'];
    assert.is((await bench(directory, [...run, '--out', 'out'])).status, 0);
    const records = recordsOf(directory, 'out').flatMap((record) =>
      'value' in record &&
      record.measure === 'transfer.bytes' &&
      record.client === 'previous' &&
      record.image.endsWith('v2')
        ? [record]
        : [],
    );
    for (const { model, update } of figures)
      assert.is(update.bytes, records.find((record) => record.model === model)?.value);
    assert.equal(await of(`docker://${one}`, two), figures);
    assert.is((await of('v1.tar', two)).length, figures.length);
    const gone = await bench(directory, [one, server.reference('v3'), ...words]);
    assert.is.not(gone.status, 0);
    assert.match(gone.err, /v3/);
  } finally {
    await server.stop();
  }
});

test.run();

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Held } from '../../../fetchers/fetcher.ts';
import type { Image, ImageDescriptor } from '../../../images/image.ts';
import { limits } from '../../../limits.ts';
import { DigestTable } from '../../../objects/digest-table.ts';
import { imageIn } from '../../../testing/images.ts';
import { has } from '../../../testing/needs.ts';
import { noise } from '../../../testing/noise.ts';
import { sketchTree } from '../../../testing/trees.ts';
import { measure } from '../../cell.ts';
import { createModel } from '../../mod.ts';
import { cellInputs, type Deltas } from '../../model.ts';
import { canonicalTarFacts } from '../canonical-tar.ts';
import { checkBsdiff, checkPatched, checkTarDiff } from './lengths.ts';

const test = suite<{ directory: string }>('delta models');

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-delta-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const MODELS = [
  'xdelta3',
  'xdelta3:level=1,secondary=none',
  'bsdiff',
  'zstd-patch',
  'zstd-patch:3',
  'tar-diff',
];

function hasProgram(id: string): boolean {
  return has(id.split(':')[0]!.replace('zstd-patch', 'zstd').replace('tar-diff', 'bsdiff'));
}

/** Three states of a tree whose files change a little, and move. */
function series(directory: string): readonly [Image, Image, Image] {
  const body = noise(200_000, 1);
  const changed = body.slice();
  changed[100_000]! ^= 1;
  return [
    imageIn(directory, 'one', sketchTree({ a: { content: body }, b: { content: 'old' } })),
    imageIn(directory, 'two', sketchTree({ a: { content: changed }, b: { content: 'old' } })),
    imageIn(directory, 'three', sketchTree({ '0': { content: 'new' }, a: { content: changed } })),
  ];
}

const holding = (...images: readonly Image[]): Held => {
  const objects = new DigestTable();
  for (const image of images) objects.add(canonicalTarFacts(image.tree).digest);
  return { blobs: new Set<string>(), objects };
};

for (const id of MODELS) {
  test(`${id} leads from image to image, and costs a client two requests more than none`, async ({
    directory,
  }) => {
    if (!hasProgram(id)) return;
    const [one, two, three] = series(directory);
    const model = await createModel(id);
    const first = await measure(one, model, []);
    assert.equal(first.deltas, []);
    const second = await measure(two, model, [one.descriptor]);
    const [delta] = second.deltas!;
    assert.ok(delta!.size > 0 && delta!.size < 2000, `${delta!.size}`);
    assert.equal(delta!.base, canonicalTarFacts(one.tree).digest);

    const cold = model.transfer(second, holding());
    const warm = model.transfer(second, holding(one));
    assert.is(cold.contentBytes, second.layers[0]!.size);
    assert.is(cold.requests, 3);
    assert.is(warm.contentBytes, delta!.size);
    const metadata = second.manifestBytes + second.config.size;
    assert.is(cold.metadataBytes, metadata);
    assert.is(warm.metadataBytes, metadata + delta!.manifestBytes);
    assert.equal([warm.requests, warm.rounds], [4, 3]);

    // Only as many deltas as the registry keeps are made, whatever is given.
    const last = await measure(three, model, [two.descriptor, one.descriptor]);
    assert.is(last.deltas!.length, 1);
    assert.equal(model.transfer(last, holding(one)), model.transfer(last, holding()));
    assert.equal(
      (await measure(two, model, [one.descriptor])).deltas!.map(({ size }) => size),
      [delta!.size],
      'the same delta again',
    );
  });
}

test('with more predecessors a client takes the smallest delta from what it holds', async ({
  directory,
}) => {
  if (!hasProgram('zstd-patch')) return;
  const [one, two, three] = series(directory);
  const model = await createModel('zstd-patch:level=3,predecessors=2');
  const { deltas, ...rest } = await measure(three, model, [two.descriptor, one.descriptor]);
  const inventory = { ...rest, deltas: deltas! };
  assert.is(deltas!.length, 2);
  const content = (...images: readonly Image[]): number =>
    model.transfer(inventory, holding(...images)).contentBytes;
  assert.is(content(two), deltas![0]!.size);
  assert.is(content(one), deltas![1]!.size);
  assert.is(content(one, two), Math.min(deltas![0]!.size, deltas![1]!.size));
  const large = { ...deltas![0]!, size: inventory.layers[0]!.size };
  const whole = model.transfer({ ...inventory, deltas: [large] }, holding(two));
  assert.equal(whole, model.transfer(inventory, holding()), 'the layer, where no delta is smaller');
});

test('a delta that leads elsewhere has no numbers', async ({ directory }) => {
  if (!hasProgram('zstd-patch')) return;
  const [one, two] = series(directory);
  const model = await createModel('zstd-patch:3');
  const lying = {
    ...model,
    deltas: {
      ...model.deltas!,
      apply: async () => ({ bytes: new Uint8Array(1024), ms: 1 }),
    },
  };
  let message = '';
  await measure(two, lying, [one.descriptor]).catch((error: Error) => {
    message = String(error);
  });
  assert.match(message, /^PluginError: the delta leads to a tar with sha256 5f70bf18/);
  assert.match(message, /from one/);
});

test('tars beyond what a program takes are skipped with the reason', () => {
  const refuses = (check: () => void, says: RegExp): void =>
    assert.throws(
      check,
      (error: Error) => error.name === 'SkippedError' && says.test(String(error)),
    );
  for (const [check, most] of [
    [checkPatched, limits.patchedBytes],
    [checkBsdiff, limits.bsdiffBytes],
    [checkTarDiff, limits.tarDiffBytes],
  ] as const) {
    const small = 1000;
    for (const length of [most - 1, most]) {
      check === checkBsdiff ? check(small, length) : check(length, length);
    }
    refuses(() => check(small, most + 1), new RegExp(`${most + 1} bytes`));
    refuses(() => check(most + 1, small), new RegExp(`${most + 1} bytes`));
  }
});

test('a cell has the images that its deltas are from', () => {
  const image = (id: string): ImageDescriptor => ({ id, digest: id, layers: [], config: '{}' });
  const series = ['one', 'two', 'three'].map(image);
  const deltas = { predecessors: 2 } as Deltas;
  const idsOf = (own: ImageDescriptor): readonly string[] =>
    cellInputs({ deltas }, own, series).predecessors.map(({ id }) => id);
  assert.equal(series.map(idsOf), [[], ['one'], ['two', 'one']]);
  assert.equal(idsOf(image('other')), []);
});

test.run();

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Image } from '../images/image.ts';
import { SeriesFold } from '../measures/fold.ts';
import { Holdings } from '../measures/holdings.ts';
import { DigestTable } from '../objects/digest-table.ts';
import { shuffled } from '../stats/random.ts';
import { imageIn } from '../testing/images.ts';
import { sketchTree } from '../testing/trees.ts';
import { measure } from './cell.ts';
import { createModel } from './mod.ts';
import { cellInputs } from './model.ts';

const test = suite<{ directory: string }>('dictionaries of a series');

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-dictionary-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const words = Array.from(
  { length: 200 },
  (_, number) => `option ${(number * 7919) % 4001} of a configuration\n`,
);

/** Files of the same words in other orders; `changed` of them anew. */
function imageOfWords(directory: string, id: string, changed: number): Image {
  const files = Array.from({ length: 60 }, (_, file) => {
    const seed = file < changed ? 1000 + file : file;
    return [`file${file}`, { content: shuffled(words, seed).slice(0, 40).join('') }] as const;
  });
  return imageIn(directory, id, sketchTree(Object.fromEntries(files)));
}

const CODEC = 'zstd-dictionary:level=3,size=8KiB';

for (const id of [
  `files|whole|${CODEC}|objects|get`,
  `merkle-files|whole|${CODEC}|objects|get`,
  `files|whole|${CODEC}|blob|range`,
  `files|whole|${CODEC}|packs:size=16KiB|range`,
  `files|whole|${CODEC}|manifest|get`,
]) {
  test(`${id} ships one dictionary with a series`, async ({ directory }) => {
    const model = await createModel(id);
    const plain = await createModel(id.replace(CODEC, 'zstd:level=3'));
    const [one, two] = [imageOfWords(directory, 'one', 0), imageOfWords(directory, 'two', 9)];
    const first = await measure(one, model);
    const second = await measure(two, model, [], one.descriptor);
    const dictionary = first.layers.at(-1)!;
    assert.equal(second.layers.at(-1), dictionary);
    assert.is(dictionary.role, 'metadata');
    assert.not.equal((await measure(two, model)).layers.at(-1), dictionary, 'its own alone');

    // Objects of equal content are equal bytes, so that a store by content holds for all images.
    const known = new DigestTable();
    for (let number = 0; number < first.objects.count; number++) {
      known.add(first.objects.digests, 32 * number);
    }
    let shared = 0;
    for (let number = 0; number < second.objects.count; number++) {
      const place = known.find(second.objects.digests, 32 * number);
      if (place < 0) continue;
      shared++;
      assert.is(second.objects.stored[number], first.objects.stored[place]);
    }
    assert.ok(shared >= 51, `${shared}`);

    const nothing = new Holdings();
    const cold = model.transfer(second, nothing);
    const without = plain.transfer(await measure(two, plain), nothing);
    assert.is(cold.requests, without.requests + 1);
    assert.is(cold.rounds, without.rounds);
    assert.ok(cold.contentBytes < 0.8 * without.contentBytes);
    const round = cold.plan.findIndex((requests) =>
      requests.some(({ digest }) => digest === dictionary.digest),
    );
    const content = cold.plan.findIndex((requests) =>
      requests.some(({ role }) => role === 'content'),
    );
    assert.is(round, 1);
    assert.ok(round <= content, 'no content comes before what it is read by');

    const warm = model.transfer(second, Holdings.of(first));
    assert.not.ok(warm.plan.flat().some(({ digest }) => digest === dictionary.digest));

    const fold = new SeriesFold(model, []);
    const storedOf = (inventory: typeof first): number => {
      const { measurements } = fold.add(inventory);
      return Number(measurements.find(({ measure }) => measure === 'stored.metadata_bytes')!.value);
    };
    const [before, after] = [storedOf(first), storedOf(second)];
    assert.ok(after - before <= before - dictionary.size + 64, 'the dictionary is stored once');
  });
}

test('only another image than the first needs it, and only where the model is trained', ({
  directory,
}) => {
  const [one, two, three] = ['one', 'two', 'three'].map(
    (id) => imageOfWords(directory, id, 0).descriptor,
  );
  const series = [one!, two!, three!];
  const trained = { isTrained: true };
  assert.is(cellInputs(trained, two!, series).first, one);
  assert.is(cellInputs(trained, { ...one! }, series).first, undefined);
  assert.is(cellInputs({}, two!, series).first, undefined);
  assert.is(cellInputs(trained, two!, []).first, undefined);
});

test('layers have no dictionary, and the refusal says so', async () => {
  for (const chain of [
    'tar|whole|zstd-dictionary|layers|get',
    'layer-files|rollsum|zstd-dictionary|zstd-chunked|range',
    'layer-files|whole|zstd-dictionary|estargz|range',
    'tar-files|whole|zstd-dictionary|offset-map|range',
  ]) {
    let message = '';
    try {
      await createModel(chain);
    } catch (error) {
      message = String(error);
    }
    assert.match(message, /^UsageError: 'zstd-dictionary' and '[a-z-]+' are incompatible/, chain);
    assert.match(message, /no dictionary/, chain);
  }
});

test.run();

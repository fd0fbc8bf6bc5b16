import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { loadDataset } from '../src/datasets/mod.ts';
import type { ValueRecord } from '../src/results/record.ts';
import { readVerdict } from '../src/results/verdict.ts';
import { treeToTar } from '../src/serialisers/tar.ts';
import { readAll } from '../src/streams/source.ts';
import { ask, askingSuite, checkPackings, pack } from '../src/testing/asking.ts';
import { COMMON_BYTES } from '../src/testing/layered-images.ts';
import { noise } from '../src/testing/noise.ts';
import { sketchTree } from '../src/testing/trees.ts';
import { chunkerChoice } from './chunker-choice.ts';
import { crossDistro } from './cross-distro.ts';
import type { Experiment } from './experiment.ts';
import { fileLevel } from './file-level.ts';
import { seriesDedup } from './series-dedup.ts';

const test = askingSuite('what experiments find in images');

test('the base is the common layers, and spares them in every format', async (place) => {
  const records = await pack(place, 'clients', ['oci-gzip', 'per-file', 'tar-zstd']);
  const bytes = (model: string, image: string, client: string): number => {
    const own = records as readonly ValueRecord[];
    const found = own.find(
      (one) =>
        one.measure === 'transfer.content_bytes' &&
        one.model.startsWith(model) &&
        one.image === image &&
        one.client === client,
    );
    return Number(found!.value);
  };
  for (const image of ['v0', 'v1', 'v2']) {
    for (const model of ['layers', 'files']) {
      const spared = bytes(model, image, 'none') - bytes(model, image, 'base');
      assert.ok(
        spared > 0.9 * COMMON_BYTES && spared < 1.2 * COMMON_BYTES,
        `${model} ${image}: ${spared}`,
      );
    }
    assert.is(bytes('tar', image, 'base'), bytes('tar', image, 'none'));
  }
  // The other distribution has the base as well, and nothing else.
  assert.is(bytes('layers', 'v0', 'other-distribution'), bytes('layers', 'v0', 'base'));
  const distributions = (records as readonly ValueRecord[])
    .filter(({ measure }) => measure === 'image.distribution')
    .map(({ value }) => value);
  assert.equal(distributions, ['debian', 'debian', 'other']);
});

test('file-level names the file whose parts stay, and charges it with all of the gap', async (place) => {
  const verdict = await ask(place, fileLevel);
  // Its series has two updates.
  assert.match(verdict, /C10 .*: undecided: n = 2 steps,/);
  assert.match(verdict, /the series .* is \d+\.\d kB; the 1 file .* 100\.0 %/);
  const { findings } = readVerdict(join(place.directory, 'file-level'))!;
  assert.equal(findings.at(-1)!.figures, [
    {
      step: 'series',
      parameters: { of: 'share of the gap', file: 'app' },
      value: 1,
      unit: 'share',
    },
  ]);
});

test('cross-distro compares pairs of different distributions apart from the others', async (place) => {
  const verdict = await ask(place, crossDistro);
  assert.match(verdict, /C06 Images of different distributions share enough .*\*\*confirmed\*\*/);
  assert.match(
    verdict,
    /one distribution, for comparison\. .*1 pair, 3 chains\)\. Shared as whole files: 5\d\.\d %/,
  );
});

test('unrelated images, and one and the same twice, have nothing to win', async (place) => {
  const { directory } = place;
  const files = { a: noise(40_000, 21), b: noise(40_000, 22) };
  const tars = Object.entries(files).map(([name, content]) => {
    const path = join(directory, `${name}.tar`);
    writeFileSync(path, readAll(treeToTar(sketchTree({ [name]: { content } }))));
    return path;
  });
  writeFileSync(join(directory, 'again.tar'), readFileSync(tars[0]!));
  writeFileSync(join(directory, 'empty.tar'), new Uint8Array(1024));
  const askOf = async (experiment: Experiment, ...names: readonly string[]): Promise<string> => {
    const id = `made-${names.join('-')}`;
    const manifest = JSON.parse(readFileSync(join(directory, 'layered.json'), 'utf8'));
    const images = names.map((name, number) => ({
      id: `v${number}`,
      title: name,
      source: { type: 'rootfs', path: `${name}.tar` },
    }));
    const path = join(directory, `${id}.json`);
    writeFileSync(path, JSON.stringify({ ...manifest, id, images }));
    const own = { ...place, dataset: await loadDataset(path), directory: join(directory, id) };
    // Images of one content are asked for at once.
    return ask(own, experiment, { workers: 2 });
  };
  const unrelated = await askOf(fileLevel, 'a', 'b');
  assert.match(unrelated, /C10 Dedup of whole files spares at least .*: undecided/);
  for (const text of [
    unrelated,
    await askOf(chunkerChoice, 'a', 'b'),
    await askOf(fileLevel, 'a', 'again'),
    await askOf(seriesDedup, 'a', 'again'),
    await askOf(fileLevel, 'a', 'empty'),
    await askOf(seriesDedup, 'empty', 'empty'),
  ]) {
    assert.match(text, 'undecided');
    assert.not.match(text.replace(/C30.*/g, ''), /NaN|undefined|Infinity|\*\*(confirmed|refuted)/);
  }
});

test('a series of one image is no ground for a verdict', async (place) => {
  const directory = join(place.directory, 'one');
  assert.match(
    await ask(place, fileLevel, { images: ['v0'], directory }),
    'C10 dedup of whole files is enough: undecided',
  );
});

test('each image was packed once by each model, whichever experiments asked', checkPackings);

test.run();

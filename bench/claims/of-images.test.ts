import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../../src/models/mod.ts';
import { treeToTar } from '../../src/serialisers/tar.ts';
import { MemorySource, readAll } from '../../src/streams/source.ts';
import { imageOfTars } from '../../src/testing/images.ts';
import { noise } from '../../src/testing/noise.ts';
import { sketchTree } from '../../src/testing/trees.ts';
import { madeRecords } from '../made-records.ts';
import type { Records } from '../records.ts';
import { layersAreSerial, partsAreParallel } from './c27-parallel-extract.ts';
import { judgeClaim } from './claim.ts';
import { touchCostsContent } from './t01-touch.ts';
import { type Chunks, chunksOf, newBeside, programsDiffer } from './t02-same-program.ts';

/** Claims that take figures from images by themselves. */

const SIZE = 200_000;

test('T01: another time costs a layer the file, and a store of files nothing of it', async () => {
  const files = Object.fromEntries(
    ['a', 'b', 'c'].map((name, at) => [name, { content: noise(SIZE, at + 1) }]),
  );
  // A second name is no other file.
  const tree = sketchTree({ ...files, 'd-as-c': { link: 'c' }, small: { content: noise(99, 4) } });
  const image = imageOfTars(readAll(treeToTar(tree)));
  const records: Records = {
    ...madeRecords({ images: ['one'], models: [], number: () => 0 }),
    withImage: async (_id, work) => work(image),
  };
  const cases = await touchCostsContent.cases(records);
  assert.is(cases.length, 3 * 5);
  const of = (format: string): readonly number[] =>
    cases.filter(({ parameters }) => parameters['format'] === format).map(({ value }) => value!);
  // Noise is not compressed: all of the file, and its header.
  for (const share of of('oci-zstd')) assert.ok(share > 1 && share < 1.05, String(share));
  // The whole archive.
  for (const share of of('tar-zstd')) assert.ok(share > 2, String(share));
  assert.equal([...of('per-file'), ...of('puzzlefs')], [0, 0, 0, 0, 0, 0]);
  const [verdict] = await judgeClaim(touchCostsContent, records, 'made');
  assert.is(verdict!.text, 'depends on the format');
});

test('C27: one layer is serial, twenty equal files are not', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 20 }, (_, at) => [`f${at}`, { content: noise(1000, at + 1) }]),
  );
  const image = imageOfTars(readAll(treeToTar(sketchTree(files))));
  const models = [...resolveModels(['oci-gzip', 'per-file', 'catar'])];
  const records: Records = {
    ...madeRecords({ images: ['a', 'b', 'c'], models, number: () => 100e6 }),
    withImage: async (_id, work) => work(image),
  };
  for (const [claim, values] of [
    [layersAreSerial, [1]],
    // 100 MB ÷ 256 KiB.
    [partsAreParallel, [20, 100e6 / 262_144]],
  ] as const) {
    const cases = await claim.cases(records);
    assert.equal(
      cases.slice(0, values.length).map(({ value }) => value),
      values,
    );
    assert.is((await judgeClaim(claim, records, 'made'))[0]!.text, 'confirmed');
  }
});

test('T02: what is new of a program beside another one, by distributions', async () => {
  const program = noise(SIZE, 1);
  const shifted = new Uint8Array([1, 2, 3, ...program]);
  const [one, other] = [program, shifted].map((bytes) => chunksOf(new MemorySource(bytes)));
  assert.is(newBeside(one!, one!), 0);
  assert.ok(newBeside(other!, one!)! < 0.2, 'an insertion moves cuts and no chunks');
  assert.is(newBeside(one!, chunksOf(new MemorySource(noise(SIZE, 2)))), 1);
  assert.is(newBeside(new Map(), one!), undefined);

  const judged = async (chunks: Readonly<Record<string, Chunks>>, distributions: object) => {
    const values = Object.entries(distributions).map(([image, value]) => ({ image, value }));
    const records = madeRecords({ images: Object.keys(chunks), models: [], number: () => 0 });
    return judgeClaim(
      programsDiffer,
      {
        ...records,
        view: { of: () => values } as never,
        kept: async (_what, [image]) => chunks[image!] as never,
      },
      'made',
    );
  };
  const chunks = { a: one!, b: other! };
  assert.is((await judged(chunks, { a: 'x', b: 'y' }))[0]!.word, 'refuted');
  const far = { a: one!, b: chunksOf(new MemorySource(noise(SIZE, 3))) };
  assert.is((await judged(far, { a: 'x', b: 'y' }))[0]!.word, 'confirmed');
  // One distribution, or a program that one of both lacks, decides nothing.
  assert.is((await judged(chunks, { a: 'x', b: 'x' }))[0]!.where, programsDiffer.whyNone);
  assert.is((await judged({ ...chunks, b: new Map() }, { a: 'x', b: 'y' }))[0]!.word, 'undecided');
});

test.run();

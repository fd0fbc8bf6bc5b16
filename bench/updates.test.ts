import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../src/models/mod.ts';
import type { ResultRecord } from '../src/results/record.ts';
import { sampleRecord } from '../src/testing/sample-run.ts';
import { chunkSize } from './chunk-size.ts';
import { averageOf } from './claims/chains.ts';
import type { Experiment } from './experiment.ts';
import { layers } from './layers.ts';
import { madeRecords } from './made-records.ts';
import { packs } from './packs.ts';
import { changedSteps, updatesOf } from './records.ts';
import { seriesDedup } from './series-dedup.ts';
import { textsOf } from './verdict.ts';
import { wireAndDisk } from './wire-and-disk.ts';

/** Verdicts are of each update by itself, and none where one update decides. */

const modelsOf = ({ swept, packed }: Experiment): readonly string[] =>
  resolveModels([...swept, ...packed]);

const wordOf = (text: string): string =>
  /\*\*(.*?)\*\*/.exec(text)?.[1] ?? text.slice(text.indexOf('undecided'));

test('packs: each update by itself, and not where one of them decides', async () => {
  const word = async (loose: readonly number[]): Promise<string> => {
    const images = ['t0', ...loose.map((_, step) => `t${step + 1}`)];
    const records = madeRecords({
      images,
      models: modelsOf(packs),
      number: (image, model, measure) => {
        const isPacked = model.includes('|packs');
        if (measure === 'stored.blobs') return isPacked ? 100 : 2000;
        if (measure === 'transfer.requests') {
          return isPacked ? 50 : (loose[images.indexOf(image) - 1] ?? 50);
        }
        return 1000;
      },
    });
    return wordOf(textsOf(await packs.verdict(records))[0]!);
  };
  assert.is(await word([600, 700, 800]), 'confirmed');
  // 10 times 50 is 500: on the mean more than enough, in the first update not.
  assert.match(await word([400, 700, 800]), 'too close');
  assert.match(await word([600]), 'undecided: n = 1');
});

test('chunk size: an optimum that moves from update to update is none', async () => {
  /** @param best of each update: the average in bytes that costs least, all others cost by their distance from it */
  const wordsOf = async (best: readonly number[]): Promise<readonly string[]> => {
    const images = ['t0', ...best.map((_, step) => `t${step + 1}`)];
    const records = madeRecords({
      images,
      models: modelsOf(chunkSize),
      number: (image, model, measure) => {
        // One object an update, whatever the size.
        if (measure === 'dedup.objects') return images.indexOf(image);
        if (measure === 'transfer.requests') return 1;
        if (measure === 'chunks.count') return 0;
        const own = best[images.indexOf(image) - 1]!;
        return 1e6 * (10 + Math.abs(Math.log2(averageOf(model) / own)));
      },
    });
    const texts = textsOf(await chunkSize.verdict(records));
    return texts.filter((text) => /^C08(-raw)? [A-Z]/.test(text)).map(wordOf);
  };
  const KIB = 1024;
  assert.equal(await wordsOf([64 * KIB, 64 * KIB, 64 * KIB]), ['confirmed', 'refuted']);
  assert.equal(await wordsOf([8 * KIB, 8 * KIB, 8 * KIB]), ['refuted', 'confirmed']);
  assert.match((await wordsOf([64 * KIB, 64 * KIB, 1024 * KIB]))[0]!, 'too close');
});

test('wire and disk: the claim is decided by the engine, each update by itself', async () => {
  const word = async (catar: readonly number[], perFile: readonly number[]): Promise<string> => {
    const images = ['t0', ...catar.map((_, step) => `t${step + 1}`)];
    const records = madeRecords({
      images,
      models: modelsOf(wireAndDisk),
      number: (image, model, measure) => {
        const isWhole = model.includes('|whole|');
        if (measure.startsWith('disk')) return isWhole ? 80 : 110;
        if (measure.startsWith('stored')) return 100;
        const own = isWhole ? perFile : catar;
        return own[images.indexOf(image) - 1] ?? 100;
      },
    });
    return wordOf(textsOf(await wireAndDisk.verdict(records))[0]!);
  };
  assert.is(await word([5, 6, 7], [7, 9, 9]), 'confirmed');
  assert.is(await word([7, 9, 9], [5, 6, 7]), 'refuted');
  assert.match(await word([5, 9, 5], [7, 8, 7]), 'too close');
  assert.match(await word([5], [7]), 'undecided: n = 1');
});

test('layers: a step of any kind may keep layers', async () => {
  const made = madeRecords({
    images: ['base', 'nginx', 'base-2'],
    models: modelsOf(layers),
    // The second image keeps one layer of two, the third none.
    number: (image, _, measure, client = '-') => {
      if (measure === 'transfer.metadata_bytes') return 10;
      if (measure === 'transfer.requests') return client !== 'none' && image === 'nginx' ? 3 : 4;
      return client !== 'none' && image === 'nginx' ? 50e6 : 100e6;
    },
  });
  const steps = [
    { image: 'nginx', kind: 'release' as const },
    { image: 'base-2', kind: 'update' as const },
  ];
  const findings = textsOf(await layers.verdict({ ...made, updates: ['base-2'], steps }));
  assert.ok(
    findings.includes(
      'oci-gzip keeps a layer of the image before in 1 of 2 steps. They keep 1 of 2 layers, which spare 50.0 % of a cold pull.',
    ),
    findings.join('\n'),
  );
  assert.match(findings.at(-1)!, 'Means over 1 update as chunkah names them');
});

test('without an update, claims of a series stand, and those of updates say why they do not', async () => {
  const made = madeRecords({
    images: ['bookworm', 'trixie', 'sid'],
    models: modelsOf(seriesDedup),
    number: (_, model) => (model.startsWith('layers') ? 300 : 100),
  });
  const releases = ['trixie', 'sid'].map((image) => ({ image, kind: 'release' as const }));
  const records = { ...made, updates: [], steps: releases };
  const [claimed, stored, pulled] = textsOf(await seriesDedup.verdict(records));
  assert.match(
    claimed!,
    'undecided: at least three series, in which each image is an update of the one before',
  );
  assert.match(stored!, '3 images (2 releases): oci-gzip 300 B');
  assert.match(pulled!, 'no step here is an update (2 releases).');
  const [first, , why] = textsOf(await packs.verdict({ ...records, ...madePacks() }));
  // Claims are judged on releases as well; remarks here are about updates.
  assert.match(first!, 'C19 Chunks in packs take');
  assert.match(first!, 'n = 2 steps, at least 3 would decide');
  assert.match(why!, 'undecided: no step here is an update (2 releases).');
});

function madePacks(): Pick<ReturnType<typeof madeRecords>, 'models' | 'model'> {
  const { models, model } = madeRecords({ images: [], models: modelsOf(packs), number: () => 1 });
  return { models, model };
}

test('an image that is the one before it again is no update', () => {
  const image = (id: string, digest = id): { id: string; digest: string } => ({ id, digest });
  const moved = (id: string, value: number): ResultRecord =>
    sampleRecord('m', 'transfer.content_bytes', value, { image: id, client: 'previous' });
  const kinds = ['b', 'c', 'd'].map((id) =>
    sampleRecord('*', 'step.kind', 'update', { image: id }),
  );
  const updates = (
    images: readonly { id: string; digest: string }[],
    records: readonly ResultRecord[],
    planned = images.map(({ id }) => id),
  ): readonly string[] => updatesOf(changedSteps({ planned, images }, [...kinds, ...records]));
  assert.equal(updates([image('a'), image('b', 'a'), image('c')], []), ['c']);
  const series = [image('a'), image('b'), image('c')];
  assert.equal(updates(series, [moved('b', 0), moved('c', 5)]), ['c']);
  assert.equal(updates(series, [moved('b', 5)]), ['b', 'c'], 'what was not measured may be one');
  assert.equal(updates([image('a')], []), []);
  // The step to c is against an image that could not be had.
  assert.equal(updates([image('a'), image('c')], [], ['a', 'b', 'c']), []);
  const release = sampleRecord('*', 'step.kind', 'release', { image: 'b' });
  assert.equal(updates(series, [release]), ['c'], 'a release is none');
  const planned = series.map(({ id }) => id);
  const back = sampleRecord('*', 'step.kind', 'return', { image: 'c' });
  const steps = changedSteps({ planned, images: series }, [...kinds, back]);
  assert.equal(
    steps.map((step) => step.image),
    ['b'],
    'a way back is no step that a claim is held against',
  );
  // a → b → a → b: the way back is another step, the second way there is not.
  const again = [image('a'), image('b'), image('c', 'a'), image('d', 'b')];
  assert.equal(updates(again, []), ['b', 'c'], 'the same step again is none');
});

test.run();

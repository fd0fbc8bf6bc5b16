import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../src/models/mod.ts';
import type { ResultRecord } from '../src/results/record.ts';
import { isMet } from '../src/results/verdict.ts';
import { sampleRecord } from '../src/testing/sample-run.ts';
import { chunkSize } from './chunk-size.ts';
import type { Experiment } from './experiment.ts';
import { layers } from './layers.ts';
import { madeRecords } from './made-records.ts';
import { packs } from './packs.ts';
import { changedSteps, updatesOf } from './records.ts';
import { seriesDedup } from './series-dedup.ts';
import { type Bar, caseOfMean, claim, textsOf, verdictWord } from './verdict.ts';
import { wireAndDisk } from './wire-and-disk.ts';

/** Verdicts of means: over updates alone, and none where one update decides. */

const modelsOf = ({ swept, packed }: Experiment): readonly string[] =>
  resolveModels([...swept, ...packed]);

const wordOf = (text: string): string =>
  /\*\*(.*?)\*\*/.exec(text)?.[1] ?? text.slice(text.indexOf('undecided'));

const BAR: Bar = { unit: 'ratio', side: 'at least', bar: 10 };

test('a case of a mean is open where leaving one update out moves it across the bar', () => {
  const of = (...values: readonly number[]): ReturnType<typeof caseOfMean> => {
    const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
    return caseOfMean(
      {},
      mean,
      BAR,
      values.map((value) => value - BAR.bar),
    );
  };
  assert.is(isMet(of(11, 12)), true);
  assert.is(isMet(of(9, 8)), false);
  // Mean 12; without the second it is 9.
  assert.is(isMet(of(9, 15)), undefined);
  assert.is(of(9, 15).value, 12, 'the value is told all the same');
  assert.is(isMet(of(10, 10)), true, 'on the bar in every update');
  assert.is(isMet(of(20)), undefined, 'of one update nothing can be left out');
  assert.is(isMet(caseOfMean({}, undefined, BAR, [])), undefined);
});

test('a tie is told as such, apart from what has nothing to win', () => {
  const tie = caseOfMean({}, 12, BAR, [-1, 5]);
  const met = caseOfMean({}, 12, BAR, [1, 3]);
  const none = caseOfMean({}, undefined, BAR, []);
  assert.is(verdictWord([tie], 'x').word, 'undecided: a tie');
  assert.is(
    verdictWord([met, tie, none], 'x').word,
    'confirmed (1 of 3 cases; in the others nothing to win or a tie)',
  );
  assert.match(claim('C99 it is', verdictWord([met, tie], 'x'), '.').text, '**confirmed (1 of 2');
});

test('packs: requests of the updates together, and not where one of them decides', async () => {
  const words = async (loose: readonly number[]): Promise<readonly string[]> => {
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
    return textsOf(await packs.verdict(records)).map(wordOf);
  };
  assert.is((await words([600, 700]))[0], 'confirmed');
  // 10 times 50 is 500: on the mean 550 more than enough, in the first update not.
  assert.match((await words([400, 700]))[0]!, /^confirmed \(6 of 12 cases; in the others a tie\)$/);
  assert.match((await words([600]))[0]!, /6 of 12 cases; in the others a tie/);
});

test('chunk size: no optimum is inside or outside of a range that ties across its ends', async () => {
  const averageOf = (model: string): number => {
    const [, count, unit] = /avg=(\d+)([KM])iB/.exec(model)!;
    return Number(count) * (unit === 'K' ? 1 : 1024);
  };
  /** @param best of each update: the average in KiB that costs least, all others cost by their distance from it */
  const wordsOf = async (best: readonly number[]): Promise<readonly string[]> => {
    const images = ['t0', ...best.map((_, step) => `t${step + 1}`)];
    const records = madeRecords({
      images,
      models: modelsOf(chunkSize),
      number: (image, model, measure) => {
        // One object an update.
        if (measure === 'dedup.objects') return images.indexOf(image);
        if (measure === 'chunks.count' || measure === 'transfer.metadata_bytes') return 0;
        const own = best[images.indexOf(image) - 1]!;
        return 1e6 * (10 + Math.abs(Math.log2(averageOf(model) / own)));
      },
    });
    return textsOf(await chunkSize.verdict(records)).map(wordOf);
  };
  assert.equal((await wordsOf([8, 8])).slice(0, 2), ['confirmed', 'refuted']);
  // 16 KiB in one update, 64 KiB in the other: of 4, 16, 64 and 256 KiB the middle two tie.
  assert.match((await wordsOf([16, 64]))[1]!, 'undecided: a tie');
  assert.match((await wordsOf([64]))[1]!, 'undecided: a tie');
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

test('layers: a step of any kind may keep layers, only updates change the base', async () => {
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
  assert.match(findings[0]!, '**confirmed**. Updates that keep no layer: 1 of 1. ');
  assert.match(findings[1]!, '**confirmed**. oci-gzip spares 50.0 % in 1 of 2 steps');
  assert.match(findings[4]!, 'Means over 1 update as chunkah names them');
  const none = textsOf(await layers.verdict({ ...made, updates: [], steps: steps.slice(0, 1) }));
  assert.match(none[0]!, 'undecided: no step here is an update (1 release).');
  assert.is(none.length, 4);
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
  assert.match(claimed!, 'undecided: at least three images, each an update of the one before');
  assert.match(stored!, '3 images (2 releases): oci-gzip 300 B');
  assert.match(pulled!, 'no step here is an update (2 releases).');
  const [only] = textsOf(await packs.verdict({ ...records, ...madePacks() }));
  assert.match(only!, 'undecided: no step here is an update (2 releases).');
});

function madePacks(): Pick<ReturnType<typeof madeRecords>, 'models' | 'model'> {
  const { models, model } = madeRecords({ images: [], models: modelsOf(packs), number: () => 1 });
  return { models, model };
}

test('an image that is the one before it again is no update', () => {
  const image = (id: string, digest = id): { id: string; digest: string } => ({ id, digest });
  const moved = (id: string, value: number): ResultRecord =>
    sampleRecord('m', 'transfer.content_bytes', value, { image: id, client: 'previous' });
  const kinds = ['b', 'c'].map((id) => sampleRecord('*', 'step.kind', 'update', { image: id }));
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
});

test.run();

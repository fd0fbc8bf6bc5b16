import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveModels } from '../../src/models/mod.ts';
import type { Run } from '../../src/results/read.ts';
import { madeRecords } from '../made-records.ts';
import type { Records } from '../records.ts';
import { bestCompressed, holdsAt } from './c08-chunk-size.ts';
import { filesAreEnough, filesCostLittle } from './c10-files.ts';
import { unitsDiffer } from './c14-wire-and-disk.ts';
import { chunkersAlike } from './c29-chunkers.ts';
import { nominalIsOff } from './c30-nominal.ts';
import { packageLayersCost, packageLayersSuffice } from './c33-packages.ts';
import { timeIsPredicted } from './c36-time-model.ts';
import { averageOf } from './chains.ts';
import { changesIn, parseClaims } from './check.ts';
import { type Claim, type ClaimVerdict, judgeClaim } from './claim.ts';
import { pagesOf } from './pages.ts';
import { type ClaimRow, countsText, rowOf, tableOf } from './rows.ts';
import { rowsOfRun } from './run.ts';

const IMAGES = ['t0', 't1', 't2', 't3'];

function made(
  { packed = [], swept = [] }: Claim,
  number: Records['number'],
  images: readonly string[] = IMAGES,
): Records {
  return madeRecords({ images, models: resolveModels([...packed, ...swept]), number });
}

async function one(claim: Claim, records: Records): Promise<ClaimVerdict> {
  const [verdict, ...others] = await judgeClaim(claim, records, 'made');
  assert.is(others.length, 0);
  return verdict!;
}

test('steps of a kind that are too few to be judged are told beside those that are', async () => {
  const images = ['t0', 't1', 't2', 't3', 'r1'];
  const records: Records = {
    ...made(
      filesCostLittle,
      (image, model) => (image === 'r1' && model.startsWith('files|whole|') ? 30_000 : 10_000),
      images,
    ),
    steps: images.slice(1).map((image) => ({ image, kind: image === 'r1' ? 'release' : 'update' })),
  };
  const found = await one(filesCostLittle, records);
  assert.equal([found.kind, found.word], ['update', 'confirmed']);
  assert.is(found.leftOut, 'Not judged, too few: 1 release (3.00, 0 of 2 met).');
  const { leftOut } = rowOf(filesCostLittle, 'made', found, undefined);
  assert.is(leftOut, found.leftOut);
});

test('a page links the run of its own claim, where a dataset has several', async () => {
  const runs = [
    [bestCompressed, 'packed'],
    [filesCostLittle, 'of-an-experiment'],
  ] as const;
  const rows: ClaimRow[] = [];
  for (const [claim, run] of runs) {
    const found = await one(
      claim,
      made(claim, () => 10_000),
    );
    rows.push({ ...rowOf(claim, 'made', found, undefined, true), run });
  }
  const pages = pagesOf(rows, { directories: { pages: 'claims', out: 'claims' } });
  assert.equal(
    pages.map(({ records }) => records.map(({ path }) => path)),
    [['packed/records.jsonl'], ['of-an-experiment/records.jsonl']],
  );
});

test('the machine is a condition of what was timed, and of nothing else', async () => {
  const dataset = { id: 'made', digest: 'sha256:0', description: '' };
  const checks = { slowestShare: 0.13 };
  const environment = { processor: 'one', cores: 2, runtime: 'node 24.0.0', checks };
  const run = { info: { dataset, environment } } as unknown as Run;
  const machineOf = async (claim: Claim): Promise<unknown> => {
    const records = made(claim, () => 10_000);
    return (await rowsOfRun(claim, run, { ...records, images: [] }, false))[0]!.machine;
  };
  assert.is(
    await machineOf(timeIsPredicted),
    'one, 2 cores, node 24.0.0; a reference loop took at most 1.13 times its best time',
  );
  assert.is(await machineOf(filesCostLittle), undefined);
});

test('C08: on a plateau the claimed size is not beaten; up to which cost of a request is interpolated', async () => {
  // 64 KiB has a tenth more bytes than larger chunks have, and fewer requests than smaller ones.
  const costs = (model: string): readonly [number, number] => {
    const average = averageOf(model);
    if (average > 65_536) return [10_300_000, 50];
    return average === 65_536 ? [10_000_000, 450] : [10_100_000, 1000];
  };
  const records = made(bestCompressed, (_, model, measure) =>
    measure === 'transfer.bytes' ? costs(model)[0] : costs(model)[1],
  );
  const found = await one(bestCompressed, records);
  assert.is(found.text, 'depends on the cost of a request');
  // 800 ms + 450 x = 1.05 (824 ms + 50 x), between the costs that are tried.
  const [at] = found.flipsAt;
  assert.ok(Math.abs(at! - 65.2 / 397.5) < 0.02, String(at));
  assert.match(
    bestCompressed.remark!(records, 'update'),
    /ms, 128 KiB–1 MiB \(largest\) at 3.4 ms\.$/,
  );
  assert.match(
    bestCompressed.remark!(records, 'update'),
    /^Summed, 64 KiB is within 5 % of the cheapest below 0\.16 ms a request; cheapest: /,
  );
});

test('C08: where larger chunks are dear and smaller ones many, the claimed size holds between two costs', () => {
  const costs = [
    { average: 16_384, bytes: 1_000_000, requests: 100 },
    { average: 65_536, bytes: 1_250_000, requests: 40 },
    { average: 262_144, bytes: 2_500_000, requests: 20 },
  ];
  // 100 + 40 x = 1.05 (80 + 100 x), and 1.05 (200 + 20 x).
  assert.is(holdsAt(costs, [65_536, 65_536], 1.05), 'between 0.25 and 5.80 ms a request');
  assert.is(holdsAt(costs, [16_384, 262_144], 1.05), 'up to 50 ms a request');
  assert.is(holdsAt(costs.slice(0, 2), [65_536, 65_536], 1.05), 'above 0.25 ms a request');
  const dear = costs.map((cost) => ({ ...cost, requests: 0 }));
  assert.is(holdsAt(dear, [65_536, 65_536], 1.05), 'at no cost of a request to 50 ms');
});

test('C10: the index is charged, so that 79.5 % of the plain win is not below the bar', async () => {
  const records = made(filesAreEnough, (_, model, measure) => {
    if (measure === 'chunks.count') return model.includes('whole') ? 100 : 10_000;
    if (measure === 'dedup.stream_bytes') return 100_000_000;
    const isWhole = model.includes('whole');
    if (measure === 'dedup.new_bytes') return isWhole ? 21_000_000 : 1_000_000;
    return model.startsWith('tar') ? 50_000_000 : isWhole ? 11_000_000 : 10_000_000;
  });
  const found = await filesAreEnough.cases(records);
  assert.equal(
    found.slice(0, 2).map(({ value }) => Number(value!.toFixed(4))),
    [0.8012, 0.975],
  );
  assert.is((await one(filesAreEnough, records)).word, 'too close');
  // Fifteen times the bytes of chunks, plain, though four fifths are spared.
  const prices = await filesCostLittle.cases(records);
  assert.equal(
    prices.slice(0, 2).map(({ value }) => Number(value!.toFixed(4))),
    [15.0029, 1.1],
  );
});

test('C14: a byte of disk more decides nothing', async () => {
  const [least] = resolveModels(['catar']);
  const disk = (more: number): Records =>
    made(unitsDiffer, (_, model, measure) => {
      if (measure === 'disk.bytes') return model === least ? 1_000_000 + more : 1_000_000;
      return model === least ? 10 : 20;
    });
  assert.is((await one(unitsDiffer, disk(1))).word, 'refuted');
  assert.is((await one(unitsDiffer, disk(100_000))).word, 'too close');
  assert.is((await one(unitsDiffer, disk(200_000))).word, 'confirmed');
});

test('C29: bytes that each update adds, not those of the series; a sign that changes is not alike', async () => {
  const records = made(chunkersAlike, (image, model, measure) => {
    if (measure === 'chunks.mean') return averageOf(model) || 65_536;
    const isOther = !/fastcdc:[^|]*nc=1/.test(model);
    // Beside 1 GB that never changes, all of it would be within 1 %.
    if (!isOther) return 10_000_000;
    return image === 't1' ? 8_000_000 : 12_000_000;
  });
  const found = await one(chunkersAlike, records);
  assert.is(found.word, 'refuted');
  assert.ok(found.figure!.least > 0.15);
});

test('C29: where it depends on chunkers and updates, the actual mean at which it flips is told with its unit', async () => {
  const records = made(chunkersAlike, (image, model, measure) => {
    const mean = averageOf(model) || 65_536;
    if (measure === 'chunks.mean') return mean;
    if (/fastcdc:[^|]*nc=1/.test(model)) return 10_000_000;
    const same = { t1: '|rabin', t2: '|casync', t3: '|ae:' }[image]!;
    const share = 0.01 + (0.09 * Math.max(0, Math.log2(mean / 16_384))) / 2;
    return 10_000_000 * (1 + (model.includes(same) ? 0 : share));
  });
  const { where } = await one(chunkersAlike, records);
  // 1 + 4.5 log2(mean ÷ 16 KiB) = 5 between 16 and 32 KiB.
  assert.match(
    where!,
    /below 30 KiB \(between \d+ and \d+ KiB\) in \d+ of \d+ combinations of chunker and update/,
  );
  assert.match(where!, 'along the actual mean chunk the median of');
  assert.match(where!, /is met below 30 KiB \(between \d+ and \d+ KiB\)$/);
});

test('C30: averages longer than the files are no case', async () => {
  const records = made(nominalIsOff, (_, model, measure) => {
    if (measure === 'image.logical_bytes') return 30_000 * 100;
    if (measure === 'image.files') return 100;
    return measure === 'chunks.mean' ? averageOf(model) : 1;
  });
  const cases = await nominalIsOff.cases(records);
  const averages = cases
    .filter(({ parameters }) => parameters['serialiser'] === 'files')
    .map(({ parameters }) => Number(parameters['average']));
  assert.ok(averages.length > 0);
  assert.ok(Math.max(...averages) <= 30_000);
});

test('C33: most of what is spared is spared, and an update is three times as large all the same', async () => {
  const records = made(packageLayersSuffice, (_, model) => {
    if (model.startsWith('packages')) return 3_000_000;
    return model.startsWith('layers') ? 100_000_000 : 1_000_000;
  });
  assert.is((await one(packageLayersSuffice, records)).word, 'confirmed');
  const price = await one(packageLayersCost, records);
  assert.equal([price.word, price.figure!.median], ['refuted', 3]);
});

test('C33: 0 ÷ 0 is no saving, and a missing figure is told', async () => {
  const found = await one(
    packageLayersSuffice,
    made(packageLayersSuffice, () => 5),
  );
  assert.equal([found.word, found.where], ['undecided', 'nothing to compare (0 ÷ 0)']);
  const none = await one(
    packageLayersSuffice,
    made(packageLayersSuffice, () => 5, ['t0']),
  );
  assert.is(none.where, packageLayersSuffice.whyNone);
});

async function rows(factor: number): Promise<readonly ClaimRow[]> {
  const records = made(unitsDiffer, (_, model, measure) => {
    if (measure !== 'disk.bytes') return model.includes('avg=16KiB') ? 1 : 2;
    return model.includes('avg=16KiB') ? 100 * factor : 100;
  });
  const verdicts = await judgeClaim(unitsDiffer, records, 'made');
  return verdicts.map((verdict) => rowOf(unitsDiffer, 'made@sha256:0', verdict, undefined));
}

test('a check tells another verdict, and a figure beyond its resolution, and nothing less', async () => {
  const file = (own: readonly ClaimRow[]): string =>
    JSON.stringify({ method: 1, version: '0', rows: own });
  const before = parseClaims(file(await rows(1.5)), 'claims.json', 1).rows;
  assert.equal(changesIn(before, await rows(1.51)), []);
  assert.match(
    changesIn(before, await rows(1.53))[0]!,
    /^C14 made update: least 1.5000 became 1.5300/,
  );
  assert.equal(changesIn(before, await rows(1)), ['C14 made update: confirmed became refuted']);
  assert.match(changesIn(before, [])[0]!, 'not judged now');
  assert.match(changesIn([], before)[0]!, 'not judged before');
  assert.throws(
    () => parseClaims('{}', 'claims.json', 1),
    (error: Error) => /claims.json/.test(String(error)),
  );
  assert.throws(() => parseClaims(file(before), 'claims.json', 2), /method 1/);
});

test('a line of the table has verdict, figure, bar, n and stability', async () => {
  assert.is(countsText(await rows(1.5)), '1 claim: 1 confirmed');
  const [head, line] = tableOf(await rows(1.5));
  assert.is(head!.length, line!.length);
  assert.equal(line, [
    'C14',
    'wire and disk',
    'made update',
    'confirmed',
    '1.50',
    'at least 1.10',
    '3',
    '100 %',
    'by 0.40 at least',
  ]);
});

test('a line over datasets says where the verdict holds', async () => {
  const [near, met, not] = [await rows(1.1), await rows(1.5), await rows(1)];
  const on = (id: string, own: readonly ClaimRow[]): readonly ClaimRow[] =>
    own.map((row) => ({ ...row, dataset: `${id}@sha256:0` }));
  const all = [...on('a', met), ...on('b', near)];
  assert.is(countsText(all), '1 claim: 1 confirmed');
  const last = tableOf(all).at(-1)!;
  assert.equal(
    last.filter((text) => text !== ''),
    ['all of these', 'confirmed', 'a update; too close on b update'],
  );
  assert.is(tableOf([...all, ...on('c', not)]).at(-1)![3], 'depends on the dataset');
});

test.run();

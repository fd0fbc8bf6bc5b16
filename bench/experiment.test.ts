import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { adHocDataset } from '../src/datasets/mod.ts';
import type { FetchContext } from '../src/datasets/provider.ts';
import { Cache } from '../src/images/cache.ts';
import { resolveModels } from '../src/models/mod.ts';
import { run } from '../src/pipeline.ts';
import type { Progress } from '../src/progress.ts';
import { readRun } from '../src/results/read.ts';
import { noise } from '../src/testing/noise.ts';
import { quotientBar } from '../src/verdicts/case.ts';
import { type Claim, caseOf, imagesOf } from './claims/claim.ts';
import { createExperiment, measureExperiment, writeVerdict } from './experiment.ts';
import { madeRecords } from './made-records.ts';
import { interpolate, named } from './records.ts';
import { MissingValue, remark, textsOf } from './verdict.ts';

const quiet: Progress = { start() {}, more() {}, step() {}, note() {}, busy() {}, end() {} };

const SWEPT = [
  'catar|fastcdc:avg=1KiB..8KiB|none|objects|get',
  'catar|fixed:size=4KiB|none|objects|get',
  'files|fastcdc:avg=4KiB|none|objects|get',
  'files|rabin:avg=4KiB|none|objects|get',
];
const thereAreBytes: Claim = {
  id: 'C00',
  name: 'bytes',
  statement: 'There are bytes.',
  said: [],
  datasets: [],
  swept: SWEPT,
  bar: quotientBar('at least', 1, 'bytes'),
  axes: [],
  whyNone: 'an image would decide',
  cases: (records) =>
    imagesOf(records).map((one) => {
      const [model] = records.models(...SWEPT);
      return caseOf(
        one,
        {},
        records.number(one.step, model!, 'dedup.unique_bytes'),
        thereAreBytes.bar,
      );
    }),
};

const experiment = createExperiment({
  name: 'test',
  title: 'Test',
  claims: 'C00 there are bytes',
  decides: [thereAreBytes],
  links: ['dsl-20ms'],
  swept: SWEPT.slice(0, 1),
  packed: [],
  verdict: () => [remark('A remark.')],
});

test('what claims need is measured with what else is asked for, and their verdicts come first', async () => {
  const linked = createExperiment({
    ...experiment,
    decides: [{ ...thereAreBytes, packed: ['catar'], links: ['1g-1ms', 'dsl-20ms'] }],
  });
  assert.equal(linked.swept, SWEPT);
  assert.equal([linked.packed, linked.links], [['catar'], ['1g-1ms', 'dsl-20ms']]);
  const models = resolveModels(SWEPT);
  const records = madeRecords({ images: ['a', 'b', 'c'], models, number: () => 5 });
  const texts = textsOf(await experiment.verdict(records));
  assert.equal(texts, [
    'C00 There are bytes: **confirmed**. 5 B, bar at least 1 B, n = 3 images.',
    'A remark.',
  ]);
  // Without an update remarks about updates are none; claims stand.
  const steps = [{ image: 'b', kind: 'release' as const }];
  const [first, second] = textsOf(await experiment.verdict({ ...records, updates: [], steps }));
  assert.match(first!, '**confirmed**');
  assert.match(second!, 'undecided: no step here is an update (1 release).');
  // A value that is not there takes no other verdict with it.
  const lacking = createExperiment({
    ...experiment,
    verdict: () => {
      throw new MissingValue('no value');
    },
  });
  const [stays, why] = textsOf(await lacking.verdict(records));
  assert.match(stays!, '**confirmed**');
  assert.is(why, 'C00 there are bytes: undecided: no value.');
});

test('a sweep records what the pipeline records', async () => {
  const place = mkdtempSync(join(tmpdir(), 'experiment-'));
  try {
    const root = join(place, 'root');
    mkdirSync(join(root, 'etc'), { recursive: true });
    const [body, head] = [noise(90_000, 1), noise(999, 2)];
    writeFileSync(join(root, 'one'), body);
    writeFileSync(join(root, 'etc/two'), Buffer.concat([head, body]));
    writeFileSync(join(root, 'etc/same'), body);
    writeFileSync(join(root, 'etc/empty'), '');
    const dataset = await adHocDataset(root);
    const images = dataset.images.map(({ id }) => id);
    const context: FetchContext = {
      cache: new Cache(join(place, 'cache')),
      fetch: () => Promise.reject(new Error('no network in this test')),
      baseDirectory: place,
      progress: () => {},
    };
    const [swept, packed] = [join(place, 'swept'), join(place, 'packed')];
    const nothing = {
      links: [],
      timed: [],
      reproduced: [],
      rounds: { least: 0, most: 0 },
      fresh: false,
      extend: false,
      workers: 1,
    };
    const models = resolveModels(experiment.swept);
    const plan = { ...nothing, dataset, images, models: [], swept: models, directory: swept };
    assert.is((await measureExperiment(experiment, plan, context, quiet)).failures, 0);
    const verdict = await writeVerdict(experiment, plan, context);
    assert.is(
      verdict,
      '# Test\n\nClaims: C00 there are bytes.\n\n1. C00 there are bytes: undecided: a series of at least two images is needed.\n',
    );
    assert.is(readFileSync(join(swept, 'verdict.md'), 'utf8'), verdict);
    const failures = await run(
      { ...nothing, dataset, images, models, swept: [], directory: packed },
      context,
      quiet,
    );
    assert.is(failures, 0);
    const own = (await readRun(swept)).records;
    const measures = new Set(own.map(({ measure }) => measure));
    const theirs = (await readRun(packed)).records.filter(({ measure }) => measures.has(measure));
    assert.ok(own.length > models.length * 9);
    assert.equal(own, theirs);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});

test('models are found by name, each once, and never by place', () => {
  const [catar, grid] = [
    resolveModels(['catar']),
    'files|fastcdc:avg=8KiB..32KiB|none|objects|get',
  ];
  const { models, model, label } = named([...resolveModels([grid]), ...catar]);
  assert.is(model('catar'), catar[0]);
  assert.is(model(catar[0]!), catar[0], 'a name and its chain are one');
  assert.equal(models('catar', grid), [...catar, ...resolveModels([grid])]);
  assert.equal(models('catar', catar[0]!, 'catar'), catar);
  assert.is(label(model('catar')), 'catar');
  assert.is(label(model('files|fastcdc:avg=8KiB|none|objects|get')), 'files fastcdc 8 KiB none');
  assert.throws(() => model('oci-gzip'), /does not measure layers/);
  assert.throws(() => models(grid, 'files|fastcdc:avg=4KiB|none|objects|get'), /does not measure/);
  assert.throws(() => model(grid), /is not one model/);
});

test('interpolation is straight over the logarithm, and ends where the points end', () => {
  const points = [
    [4, 20],
    [1, 10],
  ] as const;
  assert.is(interpolate(points, 2), 15);
  assert.is(interpolate(points, 4), 20);
  assert.is(interpolate(points, 5), undefined);
  assert.is(interpolate(points, 0.5), undefined);
});

test.run();

import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Contents } from '../src/measures/contents.ts';
import { measures } from '../src/measures/mod.ts';
import { resolveModels } from '../src/models/mod.ts';
import {
  drawCharts,
  renderSvg,
  summarise,
  summaryCsv,
  summaryMarkdown,
} from '../src/report/mod.ts';
import { makeTables, missingTable } from '../src/report/tables/mod.ts';
import { createView, type View } from '../src/report/view.ts';
import { failure, skip } from '../src/results/compose.ts';
import { seeded } from '../src/stats/mod.ts';
import { lackOfTime, unless } from '../src/testing/needs.ts';
import { DATASET, sampleInfo, sampleRecord } from '../src/testing/sample-run.ts';
import { rangesAreUnreliable } from './claims/c17-ranges.ts';
import { judgeClaim } from './claims/claim.ts';
import type { Experiment } from './experiment.ts';
import { madeRecords } from './made-records.ts';
import { experiments } from './mod.ts';
import { type Records, readable } from './records.ts';
import type { RangeAnswer } from './time-model/laboratory/ranges.ts';
import { rangeSentences, timeSentences } from './time-model/verdict.ts';
import { remark, textsOf } from './verdict.ts';

const slow = unless(test, lackOfTime());

/** What no input may bring into an output: numbers that are none, zeros with a sign. */
const NO_NUMBER = /\bNaN\b|Infinity|undefined|null\b|[-−]0(\.0+)? %|[-−]0(\.0+)? (MB|kB|B|s|×)/;
/** A verdict where nothing was decided. */
const DECIDED = /\*\*(confirmed|refuted|depends)/;

/** What is read at once; figures of single steps are in the tables. */
const MOST_WORDS = 65;

const asked = experiments.filter(({ timed }) => timed === undefined);
const modelsOf = ({ swept, packed }: Experiment): readonly string[] => [
  ...resolveModels(swept),
  ...resolveModels(packed),
];

const nothing: Contents = {
  image: 'one',
  layers: [],
  paths: [],
  digests: new Uint8Array(),
  sizes: new Float64Array(),
  allocated: new Float64Array(),
  links: new Uint32Array(),
  sources: new Int32Array(),
  chunks: { counts: new Uint32Array(), lengths: new Float64Array(), digests: new Uint8Array() },
};

/** Records in which every number is what is given. */
function made(
  experiment: Experiment,
  images: readonly string[],
  value: (measure: string, image: string) => number,
): Records {
  return madeRecords({
    images,
    models: modelsOf(experiment),
    contents: (image) => Promise.resolve({ ...nothing, image, distribution: `os-${image}` }),
    number: (image, _model, measure) => value(measure, image),
    view: {
      of: (measure: string) =>
        measure === 'image.distribution'
          ? images.map((image) => ({ image, value: `os-${image}` }))
          : [],
    } as never,
  });
}

async function isUndecided(experiment: Experiment, records: Records): Promise<void> {
  const text = textsOf(await experiment.verdict(records)).join('\n');
  assert.not.match(text, NO_NUMBER, `${experiment.name}: ${text}`);
  assert.not.match(text, DECIDED, `${experiment.name}: ${text}`);
  assert.match(text, 'undecided', experiment.name);
}

for (const experiment of asked) {
  test(`${experiment.name}: all zeros, one image, no update and no value decide nothing`, async () => {
    await isUndecided(
      experiment,
      made(experiment, ['one', 'two', 'three'], () => 0),
    );
    await isUndecided(
      experiment,
      made(experiment, ['one'], () => 7),
    );
    await isUndecided(experiment, {
      ...made(experiment, ['one', 'two'], () => 7),
      updates: [],
      steps: [],
    });
    await isUndecided(
      experiment,
      made(experiment, [], () => 7),
    );
    for (const cell of [
      (model: string) => failure(DATASET, model, 'one', new Error('disk full')),
      (model: string) => skip(DATASET, model, 'one', '*', 'no tool'),
    ]) {
      const models = modelsOf(experiment);
      const images = ['one', 'two'];
      const records = readable(models.map(cell), images, models);
      await isUndecided(experiment, { ...made(experiment, images, () => 0), ...records });
    }
  });

  slow(`${experiment.name}: whatever is 0, no output has a number that is none`, async () => {
    const small = fc.constantFrom(0, 0, 1, 2, 1000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(small, small, small), { minLength: 1, maxLength: 3 }),
        fc.infiniteStream(small),
        async (_, stream) => {
          const known = new Map<string, number>();
          const value = (measure: string, image: string): number => {
            const key = `${measure} ${image}`;
            // What unpacks and what counts agree only where files are charged with what chunks spare: nothing here.
            if (measure === 'dedup.unique_bytes') return 1000;
            if (!known.has(key)) known.set(key, stream.next().value!);
            return known.get(key)!;
          };
          const lines = textsOf(await experiment.verdict(made(experiment, ['one', 'two'], value)));
          assert.not.match(lines.join('\n'), NO_NUMBER, experiment.name);
        },
      ),
      { numRuns: 60 },
    );
  });
}

for (const experiment of asked) {
  test(`${experiment.name}: no finding is longer than a paragraph, however long the series`, async () => {
    const images = Array.from({ length: 12 }, (_, number) => `bookworm-t${number}`);
    const random = seeded(1);
    const records = made(experiment, images, (measure) => {
      if (measure === 'dedup.unique_bytes') return 1000;
      const most = measures.get(measure)?.unit === 'bytes' ? 99e6 : 2000;
      return 1 + Math.floor(most * random());
    });
    for (const text of textsOf(await experiment.verdict(records))) {
      const words = text.split(/\s+/).filter((word) => /[\p{L}\d]/u.test(word)).length;
      assert.ok(words <= MOST_WORDS, `${words} words: ${text}`);
    }
  });
}

for (const experiment of asked) {
  test(`${experiment.name}: each verdict is of a claim that the engine decides, in its words`, async () => {
    const images = ['t0', 't1', 't2', 't3', 't4'];
    const random = seeded(2);
    const records = made(experiment, images, (measure) => {
      if (measure === 'dedup.unique_bytes') return 1000;
      return 1 + Math.floor(1e6 * random());
    });
    const findings = await experiment.verdict(records);
    const ids = (experiment.decides ?? []).map(({ id }) => id);
    const told = findings.flatMap(({ statement = '', verdict }) =>
      verdict === undefined ? [] : [{ id: statement.split(' ')[0]!, verdict }],
    );
    assert.equal([...new Set(told.map(({ id }) => id))], ids);
    for (const { id, verdict } of told) {
      assert.match(verdict, /^(confirmed|refuted|too close|depends on .+|undecided: .+)$/, id);
    }
  });
}

test('a remark is no verdict', () => {
  assert.throws(() => remark('C99: **confirmed**.'), /a verdict without cases/);
});

test('servers that were asked for nothing have answered nothing', async () => {
  const none: readonly RangeAnswer[] = [];
  const observed = rangeSentences([['server', none]]);
  const records = { ...madeRecords({ images: [], models: [], number: () => 0 }), observed };
  const [found] = await judgeClaim(rangesAreUnreliable, records, 'made');
  assert.is(found!.word, 'undecided');
  assert.not.match(textsOf(timeSentences(createView(sampleInfo([]), []))).join(), DECIDED);
});

const EXAMPLES: Readonly<Record<string, string>> = {
  sha256: 'a'.repeat(64),
  version: 'never',
  name: 'debian',
};

/** A run with every measure of every image, model and client, each of them this number where it can be. */
function viewOf(images: readonly string[], value: (measure: string) => number): View {
  const ids = ['oci-gzip', 'catar', 'catar|fastcdc:avg={4KiB,16KiB}|none|objects|get'];
  const models = resolveModels(ids).map((id, index) =>
    index < 2 ? { id, alias: ids[index]! } : { id },
  );
  const info = sampleInfo(models, images);
  const records = images.flatMap((image) =>
    ['*', ...models.map(({ id }) => id)].flatMap((model) =>
      [...measures.values()].flatMap(({ name, unit, range }) => {
        const own = EXAMPLES[unit] ?? Math.min(range.most, value(name));
        const timed = { workers: 2, n: 3, low: Number(own), high: Number(own) };
        if (/^throughput|^speed\.(rate|of_)/.test(name)) {
          const one = name.startsWith('throughput')
            ? timed
            : { n: 3, low: timed.low, high: timed.high };
          return [
            sampleRecord(model, name, own, { image, ...one }),
            sampleRecord(model, name, own, {
              image,
              ...one,
              ...(one === timed ? { workers: 1 } : {}),
            }),
          ];
        }
        if (/^link|_ms$|model_error|wire/.test(name)) {
          return [sampleRecord(model, name, own, { image, client: 'previous', link: 'dsl-20ms' })];
        }
        return ['-', 'none', 'previous', 'all-previous'].map((client) =>
          sampleRecord(model, name, own, { image, client }),
        );
      }),
    ),
  );
  assert.ok(records.every((record) => 'value' in record));
  return createView(info, records);
}

async function hasNoNumberThatIsNone(view: View, isDrawn = true): Promise<void> {
  const texts = [
    ...summarise(view).map(({ text }) => text),
    ...textsOf(timeSentences(view)),
    summaryMarkdown(view, []),
    summaryCsv(view),
    ...[...makeTables(view), missingTable(view)].flatMap(({ note, rows }) => [
      note,
      ...rows.flat().flatMap(({ text, hint = '' }) => [text, hint]),
    ]),
  ];
  for (const chart of drawCharts(view)) {
    texts.push(chart.title, chart.caption, isDrawn ? await renderSvg(chart) : '');
  }
  for (const text of texts) assert.not.match(text, NO_NUMBER, text.slice(0, 400));
}

test('sentences, tables and exports of zeros alone have no number that is none', async () => {
  await hasNoNumberThatIsNone(
    viewOf(['one', 'two'], () => 0),
    false,
  );
});

slow('no degenerate run has a number that is none', async () => {
  for (const images of [[], ['one'], ['one', 'two', 'three']]) {
    for (const value of [0, 1]) await hasNoNumberThatIsNone(viewOf(images, () => value));
    assert.not.match(textsOf(timeSentences(viewOf(images, () => 0))).join(), DECIDED);
  }
  const info = sampleInfo([{ id: 'm', alias: 'catar' }, { id: 'n' }]);
  await hasNoNumberThatIsNone(createView(info, []));
  for (const record of [
    failure(DATASET, 'm', 'one', new Error('disk full')),
    skip(DATASET, 'm', 'one', '*', 'no tool'),
  ]) {
    await hasNoNumberThatIsNone(createView(info, [record]));
  }
});

slow('whatever is 0, no report has a number that is none', async () => {
  const small = fc.constantFrom(0, 0, 1, 2, 1000);
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(small), async (stream) => {
      const known = new Map<string, number>();
      const view = viewOf(['one', 'two'], (measure) => {
        if (!known.has(measure)) known.set(measure, stream.next().value!);
        return known.get(measure)!;
      });
      await hasNoNumberThatIsNone(view);
    }),
    { numRuns: 12 },
  );
});

test.run();

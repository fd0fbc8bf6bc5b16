import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { measures } from '../../measures/mod.ts';
import { sampleInfo, sampleRecord, sampleSeries, sampleSteps } from '../../testing/sample-run.ts';
import { dataOf, find, fullView, sweep } from '../../testing/sample-view.ts';
import { renderSvg } from '../render.ts';
import { createView, type View } from '../view.ts';
import { spread } from './chart.ts';
import { drawCharts } from './mod.ts';

const NAMES = [
  'stored-bytes',
  'transfer-per-update',
  'pairs',
  'chunk-size',
  'pareto',
  'sent-and-stored',
  'time-model',
  'speed-up',
  'chunker-speed',
];

/** Charts of the full run, drawn and rendered once for the tests that only look at them. */
const full = drawCharts(fullView());
let rendering: Promise<readonly string[]> | undefined;
const rendered = (): Promise<readonly string[]> => (rendering ??= Promise.all(full.map(renderSvg)));

test('a full run has every chart, each with title, question, dataset and unit', async () => {
  assert.equal(
    full.map(({ name }) => name),
    NAMES,
  );
  for (const [index, svg] of (await rendered()).entries()) {
    const chart = full[index]!;
    assert.match(svg, chart.title);
    assert.match(svg, 'made-up (sha256 000000000000…), method 1');
    assert.match(chart.question, /\?$/);
    assert.match(chart.caption, /[Bb]aseline/);
    assert.match(svg, 'role="graphics-symbol"');
    assert.not.match(svg, /NaN|undefined|Infinity|<image|href=/);
  }
});

test('rendering again gives the same bytes, whatever was drawn before', async () => {
  const once = await rendered();
  const again = [];
  for (const chart of drawCharts(fullView()).toReversed()) again.unshift(await renderSvg(chart));
  assert.equal(again, once);
});

test('Node and Deno draw the same bytes', async () => {
  const hash = createHash('sha256');
  for (const svg of await rendered()) hash.update(svg);
  // Changes with Vega and with the looks of charts: look at the pictures, then put the new digest here.
  assert.is(hash.digest('hex'), '238da6fa94c9a9c73c8e87384cc76a6db4664e7ce13184f17828d77685ad4a62');
});

test('charts hold the recorded values', () => {
  const view = fullView();
  const timings = dataOf(find(view, 'time-model')!);
  assert.equal(
    timings.map(({ predicted, measured, low, high }) => [predicted, measured, low, high]),
    [
      [990, 1000, 990, 1020],
      [160, 200, 190, 220],
    ],
  );
  assert.is(
    timings[1]!['description'],
    'catar, DSL, 16 Mb/s, 20 ms: 160 ms modelled, 200 ms measured (range of 3: 190 to 220), error −20.0 %',
  );
  const stored = dataOf(find(view, 'stored-bytes')!);
  assert.equal(
    stored.filter(({ model }) => model === 'catar').map(({ stored: size }) => size),
    [40, 50, 55],
  );
  const updates = dataOf(find(view, 'transfer-per-update')!);
  assert.equal(
    updates.filter(({ model }) => model === 'oci-gzip').map(({ step, pulled }) => [step, pulled]),
    [
      ['update → two', 30],
      ['update → three', 40],
      ['mean of 2 updates', 35],
    ],
  );
  assert.is(updates[0]!['description'], 'oci-gzip, update to two: 30.00 MB in 3 requests');
  const squares = dataOf(find(view, 'pairs')!);
  assert.equal(
    squares
      .filter(({ model, wanted }) => model === 'catar' && wanted === 'two')
      .map(({ held, pulled }) => [held, pulled]),
    [
      ['one', 12],
      ['three', 12],
    ],
  );
  const chunks = dataOf(find(view, 'chunk-size')!);
  assert.equal(
    chunks.map(({ mean, updateRequests }) => [mean, updateRequests]),
    [
      [5000 / 1024, 1000],
      [20000 / 1024, 500],
      [80000 / 1024, 250],
    ],
  );
  assert.equal(
    dataOf(find(view, 'chunker-speed')!).map(({ model, kind, size, rate, low, high }) => [
      model,
      kind,
      size,
      rate,
      low,
      high,
    ]),
    [
      ['memory:copy', 'reference', '', 8000, 7200, 8800],
      ['fastcdc', 'ocibench', '8 KiB', 2000, 1800, 2200],
      ['peer@1.0.0', 'npm package', '8 KiB', 500, 450, 550],
    ],
  );
  const sent = dataOf(find(view, 'sent-and-stored')!);
  assert.equal(
    sent.slice(0, 2).map(({ model, sent: pulled, stored: kept }) => [model, pulled, kept]),
    [
      ['oci-gzip', 35, 100],
      ['catar', 7.5, 55],
    ],
  );
  const front = dataOf(find(view, 'pareto')!).filter((datum) => datum['front']);
  assert.equal(
    front.map(({ model, stored: size, requests }) => [model, size, requests]),
    [
      ['oci-gzip', 100, 3],
      ['catar', 55, 150],
    ],
  );
});

test('an empty run has no chart', () => {
  assert.equal(drawCharts(createView(sampleInfo([{ id: 'm' }]), [])), []);
  assert.equal(drawCharts(createView(sampleInfo([], []), [])), []);
});

test('one image and one model: no updates, no sweep, no workers', async () => {
  const info = sampleInfo([{ id: 'm' }], ['one']);
  const drawn = drawCharts(createView(info, sampleSeries(info, 'm', [5], [3])));
  assert.equal(
    drawn.map(({ name }) => name),
    ['stored-bytes', 'pareto'],
  );
  for (const chart of drawn) assert.not.match(await renderSvg(chart), 'NaN');
});

test('zero and equal values are drawn', async () => {
  const info = sampleInfo([{ id: sweep[0]! }, { id: sweep[1]! }]);
  const records = info.models.flatMap(({ id }, index) => [
    ...sampleSteps(info),
    ...sampleSeries(info, id, [0, 0, 0], [0, 0, 0]),
    sampleRecord(id, 'chunks.mean', 4096 * (index + 1), { image: 'three' }),
    sampleRecord(id, 'throughput.pack_speedup', 1, { workers: 2, n: 1 }),
  ]);
  const drawn = drawCharts(createView(info, records));
  // A speed-up of one repetition has no spread: nothing says that it is one.
  assert.is(drawn.length, 4);
  for (const chart of drawn) assert.not.match(await renderSvg(chart), /NaN|Infinity/);
});

test('a mean chunk of zero has no place on a logarithmic axis', () => {
  const info = sampleInfo([{ id: sweep[0]! }, { id: sweep[1]! }]);
  const records = info.models.flatMap(({ id }) => [
    ...sampleSeries(info, id, [1, 1, 1], [1, 1, 1]),
    sampleRecord(id, 'chunks.mean', 0, { image: 'three' }),
  ]);
  assert.is(find(createView(info, records), 'chunk-size'), undefined);
});

test('a chart names the baseline that it shows, or that there is none', async () => {
  const captions = async (...aliases: readonly (string | undefined)[]): Promise<string> => {
    const info = sampleInfo(
      aliases.map((alias, number) => ({ id: `m${number}`, ...(alias ? { alias } : {}) })),
    );
    const records = info.models.flatMap(({ id }) => sampleSeries(info, id, [3, 2, 1], [1, 2, 3]));
    const drawn = drawCharts(createView(info, records));
    const texts = drawn.map(async (chart) => `${await renderSvg(chart)} ${chart.caption}`);
    return (await Promise.all(texts)).join('\n');
  };
  const solid = await captions('tar-zstd', 'catar');
  assert.match(solid, 'less is better; baseline tar-zstd<');
  assert.match(solid, 'Baseline: tar-zstd.');
  assert.not.match(solid, 'oci-gzip');
  const bare = await captions('catar', undefined);
  assert.match(bare, 'No baseline: none of oci-gzip, tar-zstd and per-file was measured.');
  assert.not.match(bare, '; baseline');
});

test('the unit of an axis fits its values: nothing that is there reads as 0', async () => {
  const info = sampleInfo([{ id: 'g', alias: 'oci-gzip' }, { id: 'c' }]);
  const at = async (scale: number): Promise<string> => {
    const records = [
      ...sampleSeries(info, 'g', [3 * scale, 2 * scale, scale], [1, 2, 3]),
      ...sampleSeries(info, 'c', [3 * scale, 0.01 * scale, 0], [1, 2, 3]),
    ];
    const drawn = drawCharts(createView(info, records));
    return (await Promise.all(drawn.map(renderSvg))).join('');
  };
  for (const [scale, unit] of [
    [1e-4, 'B'],
    [1e-3, 'kB'],
    [1, 'MB'],
    [1e3, 'GB'],
  ] as const) {
    const svg = await at(scale);
    assert.match(svg, `>stored so far, ${unit}<`);
    assert.match(svg, `>pulled, ${unit}<`);
    if (unit !== 'B') assert.match(svg, '>&lt;0.1<');
  }
});

test('logarithmic axes end at round numbers around the values', () => {
  assert.equal(spread([3, 8383]).values, [1, 10, 100, 1000, 10000]);
  assert.equal(spread([100, 1000]).values, [100, 200, 500, 1000]);
  assert.equal(spread([30, 30]).values, [20, 50]);
  assert.is(spread([0, 5]).values, undefined);
  assert.is(spread([]).values, undefined);
});

test('an axis of sizes begins at zero where it would begin below', async () => {
  const info = sampleInfo([{ id: 'g', alias: 'oci-gzip' }, { id: 'c' }]);
  const drawn = async (least: number): Promise<readonly [svg: string, caption: string]> => {
    const view = createView(info, [
      ...sampleSteps(info),
      ...sampleSeries(info, 'g', [600, 20, 20], [1, 2, 3]),
      ...sampleSeries(info, 'c', [least, 0, 0], [5, 6, 7]),
    ]);
    const chart = find(view, 'pareto')!;
    return [await renderSvg(chart), chart.caption];
  };
  const [wide, told] = await drawn(15);
  assert.not.match(wide, /<text[^>]*>−\d/);
  assert.match(wide, /<text[^>]*>0</);
  assert.match(told, '(axis starts at zero)');
  const [close, toldClose] = await drawn(500);
  assert.not.match(close, /<text[^>]*>0</);
  assert.match(toldClose, '(axis does not start at zero)');
});

test('names are text in a drawing, never markup or an expression', async () => {
  const evil = `</script><svg onload=x> =cmd() datum.front \u202etxt % "'`;
  const info = sampleInfo([{ id: evil }, { id: 'b' }], [evil, `${evil}2`, 'c']);
  const records = info.models.flatMap(({ id }) => sampleSeries(info, id, [1, 2, 3], [1, 2, 3]));
  for (const chart of drawCharts(createView(info, records))) {
    const svg = await renderSvg(chart);
    assert.not.match(svg, /<svg onload|<\/script/);
    assert.not.match(svg, '\u202e');
  }
});

test('every measure that a chart asks for is in the table of measures', () => {
  const asked = new Set<string>();
  const view = fullView();
  const spy: View = {
    ...view,
    number: (image, model, measure, client) => {
      asked.add(measure);
      return view.number(image, model, measure, client);
    },
    of: (measure) => {
      asked.add(measure);
      return view.of(measure);
    },
  };
  drawCharts(spy);
  assert.ok(asked.size >= 8);
  for (const measure of asked) assert.ok(measures.has(measure), measure);
});

test('more chunk sizes than a legend holds are named by their chain', async () => {
  const chains = ['fastcdc:avg=', 'rabin:avg=', 'fixed:size=', 'repmax:min='];
  const swept = chains.flatMap((chain) =>
    Array.from({ length: 7 }, (_, power) => `catar|${chain}${2 ** power}KiB|none|objects|get`),
  );
  const drawn = async (ids: readonly string[]): Promise<string> => {
    const records = ids.flatMap((id, index) => [
      sampleRecord(id, 'chunks.mean', 1000 * (index + 1), { image: 'three' }),
      sampleRecord(id, 'dedup.unique_bytes', 1e6 * (index + 1), { image: 'three' }),
    ]);
    const view = createView(sampleInfo(ids.map((id) => ({ id }))), records);
    return renderSvg(drawCharts(view).find(({ name }) => name === 'chunk-size')!);
  };
  const many = await drawn(swept);
  for (const chain of chains) assert.match(many, `>catar|${chain.split(':')[0]}|none|objects|get<`);
  assert.not.match(await drawn(swept.slice(0, 14)), '>chain<');
});

test.run();

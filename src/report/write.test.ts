import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import Papa from 'papaparse';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { measures } from '../measures/mod.ts';
import { failure } from '../results/compose.ts';
import type { ResultRecord } from '../results/record.ts';
import type { RunInfo } from '../results/run.ts';
import { lackOfTime, unless } from '../testing/needs.ts';
import {
  DATASET,
  sampleInfo,
  sampleRecord,
  sampleSeries,
  sampleSteps,
} from '../testing/sample-run.ts';
import { exportRun } from './export.ts';
import { figure } from './figure.ts';
import { summaryFields } from './summary.ts';
import { createView } from './view.ts';
import { writeReport } from './write.ts';

const test = suite<{ directory: string }>('writing a report');
const slow = unless(test, lackOfTime());

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-report-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

function save(directory: string, info: RunInfo, records: readonly ResultRecord[]): void {
  writeFileSync(join(directory, 'run.json'), JSON.stringify(info));
  const lines = records.map((record) => `${JSON.stringify(record)}\n`);
  writeFileSync(join(directory, 'records.jsonl'), lines.join(''));
}

async function pageOf(directory: string): Promise<string> {
  await writeReport(directory);
  return readFileSync(join(directory, 'report.html'), 'utf8');
}

const withoutScript = (page: string): string => page.replace(/<script>.*<\/script>/s, '');

/** What a browser would load by itself. */
const LOADED =
  /<(link|img|iframe|object|embed|script\s+src|image|use)\b|@import|url\(|\ssrc=|href="(?!#)/i;

const info = sampleInfo([
  { id: 'g', alias: 'oci-gzip' },
  { id: 'c', alias: 'catar' },
]);
const records = [
  ...sampleSteps(info),
  ...sampleSeries(info, 'g', [30, 30, 40], [3, 3, 3]),
  ...sampleSeries(info, 'c', [40, 10, 5], [900, 200, 100]),
];

test('writes every file, and nothing else', async ({ directory }) => {
  save(directory, info, records);
  const paths = await writeReport(directory);
  assert.equal(
    paths.map((path) => relative(directory, path)),
    [
      'report.html',
      join('charts', 'stored-bytes.svg'),
      join('charts', 'stored-bytes.vl.json'),
      join('charts', 'transfer-per-update.svg'),
      join('charts', 'transfer-per-update.vl.json'),
      join('charts', 'pareto.svg'),
      join('charts', 'pareto.vl.json'),
      'summary.csv',
      'summary.md',
    ],
  );
  assert.is(readdirSync(directory, { recursive: true }).length, paths.length + 3);
});

slow('the same run gives the same bytes', async ({ directory }) => {
  save(directory, info, records);
  const read = async (): Promise<string[]> =>
    (await writeReport(directory)).map((path) => readFileSync(path, 'utf8'));
  assert.equal(await read(), await read());
});

test('the page is one file that loads nothing', async ({ directory }) => {
  save(directory, info, records);
  // What the script asks for is seen in a browser: page.slow.test.ts.
  const page = withoutScript(await pageOf(directory));
  assert.not.match(page, LOADED);
  assert.match(page, `default-src 'none'`);
  assert.match(page, /script-src 'sha256-[\w+/]{43}='/);
  // Names of XML vocabularies are no addresses to load from.
  const addresses = page.replace(/ xmlns(:\w+)?="[^"]*"/g, '');
  assert.not.match(addresses, /https?:/);
});

test('the page says what was measured, where and on what', async ({ directory }) => {
  save(directory, info, records);
  const page = await pageOf(directory);
  for (const text of [
    'A made-up series',
    `made-up, sha256:${'0'.repeat(64)}`,
    'Example processor, 2 cores, node 20.0.0',
    '2026-11-24',
    'version 1',
    'catar needs the least storage: 55.00 MB, 45.0 % less than oci-gzip (100.00 MB).',
    'bench run --dataset made-up --image one --image two --image three --model oci-gzip --model catar --link dsl-20ms',
    'id="fidelity"',
    'prefers-color-scheme: dark',
    '@media print',
  ]) {
    assert.ok(page.includes(text), text);
  }
});

test('a run of an experiment is measured again by its name', async ({ directory }) => {
  save(directory, { ...info, experiment: 'chunk-size' }, records);
  const command = 'bench run chunk-size --dataset made-up --image one --image two --image three<';
  assert.ok((await pageOf(directory)).includes(command));
});

test('figures in the table are those of the records', async ({ directory }) => {
  save(directory, info, records);
  const page = await pageOf(directory);
  assert.match(page, '<td class="number" data-sort="55000000"><bdi>55.00 MB</bdi></td>');
  assert.match(page, '<bdi>−45.0 %</bdi>');
});

/** Ids that stand twice in a page: a link, or a script, finds the first of them. */
function repeatedIds(page: string): readonly string[] {
  const ids = [...withoutScript(page).matchAll(/<[^>]*\sid="([^"]*)"/g)].map(([, id]) => id!);
  return ids.filter((id, place) => ids.indexOf(id) !== place);
}

test('no id stands twice in a page, whatever the run', async ({ directory }) => {
  save(directory, info, records);
  assert.equal(repeatedIds(await pageOf(directory)), []);
  const value = { step: 'one', parameters: { of: 'bytes' }, value: 1, unit: 'bytes' };
  const finding = {
    cases: [{ ...value, side: 'at least', bar: 2, resolution: 0 }],
    figures: [value],
    text: 'A finding.',
  };
  const verdict: object = {
    experiment: 'made-up',
    title: 'Is it less?',
    dataset: DATASET,
    method: info.method,
    findings: [finding],
    observed: [finding],
  };
  save(directory, { ...info, experiment: 'made-up' }, records);
  writeFileSync(join(directory, 'verdict.json'), JSON.stringify(verdict));
  const page = await pageOf(directory);
  for (const id of ['cases', 'figures', 'models', 'explorer-figures', 'explorer-models']) {
    assert.ok(page.includes(`id="${id}"`), id);
  }
  assert.equal(repeatedIds(page), []);
});

test('drawings of one page do not share their gradients', () => {
  const svg =
    '<svg><defs><linearGradient id="gradient_0"/></defs><path fill="url(#gradient_0)"/></svg>';
  const of = (name: string): string =>
    figure({
      chart: { name, title: '', question: '', caption: '', spec: {} as never },
      svg,
      narrow: svg,
    });
  const page = of('one') + of('two');
  assert.equal(repeatedIds(page), []);
  for (const [, id] of page.matchAll(/url\(#([^)]*)\)/g))
    assert.ok(page.includes(` id="${id}"`), id);
});

const EVIL = `</script><script>alert(1)</script>=cmd()|'A0 \u202exe.txt %s`;

test('24 names cannot become markup, formulas or commands', async ({ directory }) => {
  const hostile: RunInfo = {
    ...sampleInfo([{ id: EVIL }, { id: '=cmd()' }], [EVIL, '@SUM(1)', 'three']),
    dataset: { ...info.dataset, id: `it's ${EVIL}`, title: EVIL, description: EVIL },
  };
  const own = hostile.models.flatMap(({ id }) => sampleSeries(hostile, id, [1, 2, 3], [1, 2, 3]));
  save(directory, hostile, [...own, failure(DATASET, EVIL, EVIL, new Error(EVIL))]);
  const page = await pageOf(directory);
  assert.equal(page.match(/<script[^>]*>/g), [
    '<script type="application/json" id="data">',
    '<script>',
  ]);
  assert.is(page.match(/<\/script/g)?.length, 2);
  assert.not.match(page, '\u202e');
  assert.match(page, `it&#39;\\&#39;&#39;s`);

  const csv = readFileSync(join(directory, 'summary.csv'), 'utf8');
  for (const cell of Papa.parse<string[]>(csv.trimEnd(), { newline: '\n' }).data.flat()) {
    assert.not.match(cell, /^[=@+\t\r]/);
  }
  const markdown = readFileSync(join(directory, 'summary.md'), 'utf8');
  const prose = markdown.replace(/^ {4}.*$/gm, '');
  assert.not.match(prose, /(?<!\\)<script/);
  assert.not.match(markdown, '\u202e');
});

test('78 a run without cells, or where all failed, has a readable page', async ({ directory }) => {
  save(directory, sampleInfo([], []), []);
  assert.match(await pageOf(directory), 'No value was measured.');
  const failures = info.models.map(({ id }) => failure(DATASET, id, 'one', new Error('disk full')));
  save(directory, info, failures);
  const page = await pageOf(directory);
  assert.match(page, '2 cells failed (oci-gzip and catar)');
  assert.match(page, 'Error: disk full');
  assert.not.match(withoutScript(page), /NaN|undefined|Infinity/);
  assert.equal(readdirSync(join(directory, 'charts')), []);
});

test('78 one cell has a readable page', async ({ directory }) => {
  const single = sampleInfo([{ id: 'm' }], ['one']);
  save(directory, single, [sampleRecord('m', 'stored.bytes', 0)]);
  const page = await pageOf(directory);
  assert.match(page, 'For one, m needs 0 B of storage; there is no other to compare.');
  assert.not.match(withoutScript(page), /NaN|undefined|Infinity/);
});

slow(
  '78 equal values and zeros have a readable page, also on axes that have no zero',
  async ({ directory }) => {
    const own = info.models.flatMap(({ id }) => sampleSeries(info, id, [0, 0, 0], [0, 0, 0]));
    save(directory, info, own);
    assert.not.match(withoutScript(await pageOf(directory)), /NaN|undefined|Infinity/);
    const same = info.models.flatMap(({ id }) => sampleSeries(info, id, [5, 5, 5], [2, 2, 2]));
    save(directory, info, same);
    assert.not.match(withoutScript(await pageOf(directory)), /NaN|undefined|Infinity/);
  },
);

slow(
  '78 a series of a thousand images and a run of 10⁵ values have a page',
  async ({ directory }) => {
    const models = Array.from({ length: 10 }, (_, n) => ({ id: `catar|fastcdc:avg=${n + 1}` }));
    const ids = Array.from({ length: 1000 }, (_, n) => `image-${n}`);
    const many = sampleInfo(models, ids);
    const names = [...measures.values()].filter(({ unit }) => unit === 'bytes').slice(0, 10);
    const values = models.flatMap(({ id }, model) =>
      ids.flatMap((image, n) => [
        // Of two models what charts show: a drawing of all would be right, and take a minute.
        ...(model < 2 ? [sampleRecord(id, 'stored.bytes', n + 1, { image })] : []),
        ...names
          .filter(({ name }) => name !== 'stored.bytes')
          .map(({ name }) => sampleRecord(id, name, n + 1, { image, client: 'none' })),
      ]),
    );
    assert.ok(values.length > 90_000, `${values.length} values`);
    save(directory, many, values);
    const page = withoutScript(await pageOf(directory));
    assert.not.match(page, /NaN|undefined|Infinity/);
    assert.match(page, 'image-999');
  },
);

test('a run that was interrupted says so', async ({ directory }) => {
  const { finishedAt: _, ...begun } = info;
  save(directory, begun, records);
  assert.match(await pageOf(directory), 'the run has not ended, or was interrupted');
  const markdown = readFileSync(join(directory, 'summary.md'), 'utf8');
  assert.match(markdown, '> Note: the run has not ended');
});

test('charts of an earlier report, and its answer, do not stay behind', async ({ directory }) => {
  mkdirSync(join(directory, 'charts'));
  writeFileSync(join(directory, 'charts', 'speed-up.svg'), '<svg/>');
  writeFileSync(join(directory, 'verdict.md'), 'of a verdict.json that was removed');
  save(directory, info, records);
  await writeReport(directory);
  assert.not.ok(readdirSync(join(directory, 'charts')).includes('speed-up.svg'));
  assert.not.ok(readdirSync(directory).includes('verdict.md'));
});

test('the CSV has one row per image and model with the recorded numbers', async ({ directory }) => {
  const pair = sampleRecord('c', 'transfer.bytes', 77, { image: 'three', client: 'image:one' });
  save(directory, info, [...records, pair]);
  const csv = await exportRun(directory, 'csv');
  assert.not.match(csv, '\r');
  const rows = Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true });
  assert.equal(rows.meta.fields, summaryFields(createView(info, [...records, pair])));
  assert.is(rows.data.length, 6);
  const last = rows.data.at(-1)!;
  assert.is(last['image'], 'three');
  assert.is(last['alias'], 'catar');
  assert.is(last['dataset'], DATASET);
  assert.is(last['stored.bytes'], '55000000');
  assert.is(last['transfer.bytes (client=previous)'], '5000000');
  assert.is(last['transfer.bytes (client=none)'], '');
  assert.is(last['transfer.bytes (client=image:one)'], '77');
  assert.is(last['transfer.bytes (client=image:two)'], undefined);
});

test('the CSV says what low and high of a timed value are', async ({ directory }) => {
  const rate = { workers: 1, n: 3, low: 90, high: 110 };
  const own = [
    ...records,
    sampleRecord('c', 'throughput.pack', 100, { ...rate, image: 'three' }),
    sampleRecord('c', 'throughput.unpack', 100, { ...rate, n: 6, image: 'three' }),
  ];
  save(directory, info, own);
  const csv = await exportRun(directory, 'csv');
  const { data } = Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true });
  const last = data.at(-1)!;
  const of = (operation: string): readonly (string | undefined)[] =>
    ['', ' low', ' high', ' n', ' interval'].map(
      (field) => last[`throughput.${operation} (workers=1)${field}`],
    );
  assert.equal(of('pack'), ['100', '90', '110', '3', 'range of 3']);
  assert.equal(of('unpack'), ['100', '90', '110', '6', '95 % interval']);
  assert.is(data[0]!['throughput.pack (workers=1) interval'], '');
});

slow('a busy machine is noted where the figures are', async ({ directory }) => {
  const checks = { count: 9, threads: 2, highestLoad: 1, referenceMs: 1, slowestShare: 0.5 };
  const busy = { ...info, environment: { ...info.environment, checks } };
  const rate = { workers: 1, n: 3, low: 90, high: 110 };
  save(directory, busy, [...records, sampleRecord('c', 'throughput.pack', 100, rate)]);
  const note =
    'timed figures are not compared, since the machine of 2 cores was busy (a reference loop took up to 1.50 times its best time).';
  assert.match(await pageOf(directory), note);
  assert.match(await pageOf(directory), 'at most 50 % slower than its best, 1.00 ms');
  const markdown = readFileSync(join(directory, 'summary.md'), 'utf8');
  assert.match(markdown, '> Note: timed figures are not compared');
  assert.match(markdown, 'Timed figures are not compared: the machine was busy.');
  assert.not.match(markdown, /packs (at|fastest)/);
});

test('JSON holds the run, the rows and every record', async ({ directory }) => {
  save(directory, info, records);
  const document = JSON.parse(await exportRun(directory, 'json')) as Record<string, unknown[]>;
  assert.equal(document['run'], info);
  assert.equal(document['records'], records);
  assert.is(document['rows']!.length, 6);
});

test('Markdown is the summary file', async ({ directory }) => {
  save(directory, info, records);
  await writeReport(directory);
  const file = readFileSync(join(directory, 'summary.md'), 'utf8');
  assert.is(await exportRun(directory, 'md'), file);
  assert.match(file, '| catar | 55.00 MB | −45.0 % |');
});

test.run();

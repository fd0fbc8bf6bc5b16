import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadDataset } from '../datasets/mod.ts';
import type { PublishedFigure } from '../datasets/published.ts';
import { readRun } from '../results/read.ts';
import type { ResultRecord } from '../results/record.ts';
import { describeDataset, type RunInfo } from '../results/run.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { readAll } from '../streams/source.ts';
import { sampleInfo, sampleRecord } from '../testing/sample-run.ts';
import { richTree } from '../testing/trees.ts';
import { publishedTable } from './tables/published.ts';
import { createView } from './view.ts';
import { writeReport } from './write.ts';

/** Made up, as the run is: nobody published these. */
const SOURCE = 'made up for this test';
const figures: readonly PublishedFigure[] = [
  figure('tars', '3 MiB', { quantity: 'tars', size: '3 MiB' }),
  figure('tar.gz', '1.5 MB', { quantity: 'delivered', size: '1.5 MB' }),
  figure('a store', '500 kB (84 %)', {
    quantity: 'store',
    size: '500 kB',
    compressed: true,
    saved: 0.84,
  }),
  figure('a plain store', '2 MB', { quantity: 'store', size: '2 MB', compressed: false }),
  figure('chunks', '1,000 chunks', {
    quantity: 'chunks',
    count: 1000,
    model: 'tar|fixed:size=4KiB',
  }),
  figure('their bytes', '2 MB', {
    quantity: 'chunk-bytes',
    size: '2000000 B',
    model: 'tar|fixed:size=4KiB',
  }),
  { what: 'seconds', value: '12 s', source: SOURCE },
];

function figure(
  what: string,
  value: string,
  comparison: NonNullable<PublishedFigure['comparison']>,
): PublishedFigure {
  return { what, value, source: SOURCE, comparison };
}

const ZSTD = 'files|whole|zstd:level=3|objects|get';
const PLAIN = 'tar|fixed:size=4KiB|none|objects|get';

function infoOf(images: number): RunInfo {
  const info = sampleInfo([{ id: ZSTD, alias: 'per-file' }, { id: PLAIN }], ['one', 'two']);
  return { ...info, dataset: { ...info.dataset, published: { images, figures } } };
}

const records: readonly ResultRecord[] = [
  ...['one', 'two'].flatMap((image) => [
    sampleRecord('*', 'image.layer_bytes', 1_600_000, { image }),
    sampleRecord('*', 'image.delivered_bytes', 750_000, { image }),
  ]),
  sampleRecord(ZSTD, 'stored.bytes', 300_000),
  sampleRecord(ZSTD, 'stored.bytes', 400_000, { image: 'two' }),
  sampleRecord(PLAIN, 'stored.bytes', 2_400_000, { image: 'two' }),
  sampleRecord(PLAIN, 'dedup.objects', 1250, { image: 'two' }),
  sampleRecord(PLAIN, 'dedup.unique_bytes', 2_000_000, { image: 'two' }),
];

function rowsOf(info: RunInfo, shown: readonly ResultRecord[]): readonly (readonly string[])[] {
  const { rows } = publishedTable(createView(info, shown));
  return rows.map((cells) => cells.map(({ text }) => text));
}

test('ours stand beside theirs, with the difference and the source', () => {
  const label = 'tar fixed none';
  assert.equal(rowsOf(infoOf(2), records), [
    ['tars', '3 MiB', '–', '3.15 MB', '3.20 MB', '+1.7 %', '–', '–', SOURCE],
    ['tar.gz', '1.5 MB', '–', '1.50 MB', '1.50 MB', '0.0 %', '–', '–', SOURCE],
    [
      'a store',
      '500 kB (84 %)',
      'per-file',
      '500.0 kB',
      '400.0 kB',
      '−20.0 %',
      '84 %',
      '87.5 %',
      SOURCE,
    ],
    ['a plain store', '2 MB', label, '2.00 MB', '2.40 MB', '+20.0 %', '–', '25.0 %', SOURCE],
    ['chunks', '1,000 chunks', label, '1,000', '1,250', '+25.0 %', '–', '–', SOURCE],
    ['their bytes', '2 MB', label, '2.00 MB', '2.00 MB', '0.0 %', '–', '–', SOURCE],
  ]);
});

test('a figure without one of ours has no row', () => {
  const isAboutModel = ({ model }: ResultRecord): boolean => model !== '*';
  const left = rowsOf(infoOf(2), records.filter(isAboutModel));
  assert.equal(
    left.map(([what]) => what),
    ['a store', 'a plain store', 'chunks', 'their bytes'],
  );
  const delivered = ({ measure, image }: ResultRecord): boolean =>
    measure !== 'image.delivered_bytes' || image === 'one';
  const partly = rowsOf(infoOf(2), records.filter(delivered));
  assert.not.ok(partly.some(([what]) => what === 'tar.gz'));
});

test('uncompressed stores stand beside uncompressed ones, in whatever way a model says so', () => {
  const ids = ['erofs:codec=none,cluster=64KiB', 'xdelta3:level=9,secondary=none', PLAIN];
  const info = { ...infoOf(2), models: ids.map((id) => ({ id })) };
  const stored = ids.map((id) => sampleRecord(id, 'stored.bytes', 1_000_000, { image: 'two' }));
  const stores = rowsOf(info, stored).map(([what, , model]) => `${what}: ${model}`);
  assert.equal(stores, [
    'a store: xdelta3 9 none',
    'a plain store: erofs none 64KiB',
    'a plain store: tar fixed none',
  ]);
});

test('nothing is compared over some of the images, or where nothing was published', () => {
  assert.equal(rowsOf(infoOf(3), records), []);
  const { published: _published, ...dataset } = infoOf(2).dataset;
  assert.equal(rowsOf({ ...infoOf(2), dataset }, records), []);
});

test('a run carries the figures of its manifest', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ocibench-report-'));
  try {
    writeFileSync(join(directory, 'a.tar'), readAll(treeToTar(richTree())));
    const manifest = {
      schemaVersion: 1,
      id: 'made-up',
      version: '1.0.0',
      title: 'Made up',
      description: 'One tar that a test wrote.',
      why: 'To have published figures.',
      license: { manifest: 'CC0-1.0', content: 'CC0-1.0' },
      citeAs: 'none',
      published: figures,
      images: [{ id: 'a', title: 'a', source: { type: 'rootfs', path: 'a.tar' } }],
    };
    const path = join(directory, 'made-up.json');
    writeFileSync(path, JSON.stringify(manifest));
    assert.equal(describeDataset(await loadDataset(path)).published, { images: 1, figures });
    const { published: _published, ...bare } = manifest;
    writeFileSync(path, JSON.stringify(bare));
    assert.not.ok('published' in describeDataset(await loadDataset(path)));
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('the rows are in the page and in the summary', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ocibench-report-'));
  try {
    writeFileSync(join(directory, 'run.json'), JSON.stringify(infoOf(2)));
    const lines = records.map((record) => `${JSON.stringify(record)}\n`);
    writeFileSync(join(directory, 'records.jsonl'), lines.join(''));
    assert.equal((await readRun(directory)).info.dataset.published?.figures, figures);
    await writeReport(directory);
    const text = (name: string): string => readFileSync(join(directory, name), 'utf8');
    assert.match(
      text('summary.md'),
      /^\| a store \| 500 kB \(84 %\) \| per-file \| 500\.0 kB \| 400\.0 kB \| −20\.0 % \|/m,
    );
    assert.match(text('report.html'), /<h3 id="published">Beside published figures</);
    assert.not.match(text('summary.md'), /12 s/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test.run();

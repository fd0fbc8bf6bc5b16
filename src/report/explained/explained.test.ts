import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EXPLAINED, type KeptExplanation, keepExplanation } from '../../attribution/kept.ts';
import { type Tile, tilesOf } from '../../attribution/tiles.ts';
import { DATASET, sampleInfo, sampleRecord } from '../../testing/sample-run.ts';
import { makePage } from '../page.ts';
import { createView, type View } from '../view.ts';
import { explainedCharts } from './charts.ts';
import { drawExplained, drawKept } from './drawings.ts';
import { icicle } from './icicle.ts';
import { tileTable } from './section.ts';
import { treemap } from './treemap.ts';

const HOSTILE = '"><script>alert(1)</script>&\u202e\u0000]]>';

const parts = [
  { path: 'usr/lib/libc.so.6', package: 'libc6', sourcePackage: 'glibc', bytes: 600 },
  { path: 'usr/bin/ldd', package: 'libc-bin', sourcePackage: 'glibc', bytes: 100 },
  { path: `etc/${HOSTILE}`, package: HOSTILE, sourcePackage: HOSTILE, bytes: 200 },
  { path: 'etc/own.conf', bytes: 93 },
].map((one) => ({ ...one, cause: 'changed content' as const, uncompressedBytes: one.bytes }));
const manifest = { part: 'manifest', cause: 'index or manifest', bytes: 7, uncompressedBytes: 7 };
const tiles = tilesOf({ bytes: 1000, parts: [...parts, manifest as never] });

const kept: KeptExplanation = {
  dataset: DATASET,
  method: 1,
  image: 'two',
  model: 'm',
  client: 'previous',
  holds: ['one'],
  keeps: ['one', 'two'],
  transferred: tiles,
  stored: tilesOf({ bytes: 0, parts: [] }),
};

function viewOf(transferred = 1000, stored = 0): View {
  const info = sampleInfo([{ id: 'm' }], ['one', 'two']);
  return createView(info, [
    sampleRecord('m', 'transfer.bytes', transferred, { image: 'two', client: 'previous' }),
    sampleRecord('m', 'stored.bytes', stored, { image: 'two' }),
  ]);
}

const room = { width: 400, height: 300, characters: 60, isNarrow: false };

test('13 a treemap gives each group of tiles a box, and areas in it by bytes', () => {
  const picture = treemap(tiles, room);
  assert.equal(
    picture.groups.map(({ description }) => description.replace(HOSTILE, 'hostile')),
    [
      'glibc: 700 B, 70.0 %',
      'hostile: 200 B, 20.0 %',
      '(of no package): 93 B, 9.3 %',
      '(of no path): 7 B, 0.7 %',
    ],
  );
  const area = (index: number): number => {
    const { x0, x1, y0, y1 } = picture.tiles[index]!;
    return (x1 - x0) * (y1 - y0);
  };
  assert.is(
    picture.tiles[0]?.description,
    '/usr/lib/libc.so.6 (libc6, glibc): 600 B, 60.0 %, changed content',
  );
  assert.ok(Math.abs(area(0) / area(1) - 6) < 1e-6);
});

test('13 an icicle gives each level a column, and heights by bytes', () => {
  const picture = icicle(tiles, room);
  const height = (text: string): number => {
    const { y0, y1 } = [...picture.groups, ...picture.tiles].find(({ description }) =>
      description.startsWith(text),
    )!;
    return y1 - y0;
  };
  const all = height('source package glibc') / 0.7;
  assert.ok(Math.abs(height('package libc6') / all - 0.6) < 1e-6);
  assert.ok(Math.abs(height('directory /usr/lib') / all - 0.6) < 1e-6);
  assert.ok(Math.abs(height('/etc/own.conf') / all - 0.093) < 1e-6);
  assert.ok(Math.abs(height('manifest') / all - 0.007) < 1e-6);
  const [wide] = picture.tiles.filter(({ description }) => description.startsWith('manifest'));
  // What has no path takes the columns that it has no name for.
  assert.equal([wide?.x0, wide?.x1], [100, 400]);
});

test('13 pictures and table say the sum, and no name becomes markup', async () => {
  const explained = await drawExplained(kept);
  assert.equal(
    explained.drawings.map(({ chart }) => chart.name),
    ['explained-transferred-treemap', 'explained-transferred-icicle'],
  );
  const page = makePage(viewOf(), [], [], { explained });
  const pictures = explained.drawings.flatMap(({ svg, narrow }) => [svg, narrow!]);
  for (const text of pictures) assert.not.match(text, /NaN|undefined|Infinity|href=/);
  for (const text of [...pictures, page.replace(/<script[^>]*>.*<\/script>/gs, '')]) {
    assert.not.match(text, /<script|[\u0000\u202e]/);
    assert.match(text, '&lt;script');
  }
  for (const { svg } of explained.drawings) {
    assert.match(svg, 'made-up (sha256 000000000000…), method 1');
    assert.match(svg, 'two by m, transferred by a client that holds one (previous): 1.0 kB');
    assert.match(
      svg,
      /aria-label="\/usr\/lib\/libc\.so\.6 \(libc6, glibc\): 600 B, 60\.0 %, changed/,
    );
  }
  assert.match(page, 'Sum 1,000 bytes, transfer.bytes 1,000, difference 0.');
  const sums = tileTable(tiles, 'transferred').rows.map((row) => row[4]?.sort ?? 0);
  assert.is(
    sums.reduce((sum, one) => sum + one, 0),
    1000,
  );
  const again = await drawExplained(kept);
  assert.equal(again, explained);
});

test('13 a kept explanation is drawn where it is of the records, else the reader is told', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ocibench-explained-'));
  try {
    const told: string[] = [];
    const drawn = (view: View): Promise<unknown> =>
      drawKept(directory, view, (text) => told.push(text));
    assert.is(await drawn(viewOf()), undefined);
    keepExplanation(directory, kept);
    assert.ok(await drawn(viewOf()));
    assert.equal(told, []);
    assert.is(await drawn(viewOf(999)), undefined);
    assert.is(await drawn(viewOf(1000, 1)), undefined);
    const lacking: readonly Tile[] = tiles.tiles.slice(1);
    keepExplanation(directory, { ...kept, transferred: { ...tiles, tiles: lacking } });
    assert.is(await drawn(viewOf()), undefined);
    assert.is(told.length, 3);
    assert.match(told[0]!, /explained\.json is not of these records/);
    const path = join(directory, EXPLAINED);
    for (const [text, what] of [
      ['{', /not JSON/],
      [readFileSync(path, 'utf8').replace('"manifest"', '"mine"'), /transferred\.tiles/],
      [readFileSync(path, 'utf8').replace('"bytes": 1000', '"bytes": -1'), /transferred\.bytes/],
    ] as const) {
      writeFileSync(path, text);
      let said = '';
      await drawn(viewOf()).catch((error: unknown) => {
        said = String(error);
      });
      assert.match(said, what);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('13 no bytes, no picture', () => {
  assert.equal(explainedCharts({ ...kept, transferred: kept.stored }), []);
});

test.run();

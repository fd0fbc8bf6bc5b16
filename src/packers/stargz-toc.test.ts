import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createModel } from '../models/mod.ts';
import { inline } from '../objects/executor.ts';
import { projectDirectory } from '../project.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { MemorySource, readAll } from '../streams/source.ts';
import { imageOfTars } from '../testing/images.ts';
import { tocTree } from '../testing/toc-tree.ts';
import { contentSource } from '../trees/content.ts';
import { applyLayers } from '../trees/layers.ts';
import { stargzTime, writeStargzToc } from './stargz-toc.ts';
import { printTime } from './toc.ts';

/**
 * What the library of the format's owner wrote of this very tar, its offsets left out, since they follow from the compressor:
 * estargz 0.19.1, `AppendTarLossLess` (bench/peers/drivers/estargz).
 */
const VECTOR = join(projectDirectory, 'src/packers/stargz-toc.vector.txt');
test('the table of contents is that of the library, byte for byte but for offsets', async () => {
  const image = imageOfTars(readAll(treeToTar(tocTree)));
  const model = await createModel('estargz');
  const { output } = await model.pack(image, inline);
  const blob = Buffer.from(readAll(output.layers[0]!.bytes));
  const footer = blob.length - 51;
  const offset = Number.parseInt(blob.toString('latin1', footer + 16, footer + 32), 16);
  const table = applyLayers([new MemorySource(gunzipSync(blob.subarray(offset, footer)))]);
  const json = Buffer.from(readAll(contentSource(table, table.entries[1]!.inode))).toString();
  assert.is(withoutOffsets(json), readFileSync(VECTOR, 'utf8').trimEnd());
});

test('times are whole seconds, halves rounded up, and the epoch is left out', () => {
  const SECOND = 1_000_000_000n;
  assert.is(stargzTime(0n), undefined);
  assert.is(stargzTime(SECOND - 1n), undefined);
  assert.is(stargzTime(-1n), printTime(0n));
  assert.is(stargzTime(-SECOND), '1969-12-31T23:59:59Z');
  assert.is(stargzTime(SECOND + SECOND / 2n), '1970-01-01T00:00:02Z');
  assert.is(stargzTime(SECOND + SECOND / 2n - 1n), '1970-01-01T00:00:01Z');
});

test('a name of an owner stands where it is new for its id', () => {
  const rows = ['a', 'a', 'b', 'a', undefined].map((userName, index) => ({
    name: String(index),
    type: 'dir',
    uid: 3,
    ...(userName === undefined ? {} : { userName }),
  }));
  const { entries } = JSON.parse(new TextDecoder().decode(writeStargzToc(rows))) as {
    entries: readonly { userName?: string }[];
  };
  assert.equal(
    entries.map(({ userName }) => userName),
    ['a', undefined, 'b', 'a', undefined],
  );
});

function withoutOffsets(json: string): string {
  return json.replace(/\n\t+"offset": \d+,/g, '');
}

test.run();

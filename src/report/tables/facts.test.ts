import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sampleInfo, sampleRecord } from '../../testing/sample-run.ts';
import { createView } from '../view.ts';
import { makeTables } from './mod.ts';

const info = sampleInfo([{ id: 'm' }], ['one', 'two']);
const rowsOf = (id: string, ...records: Parameters<typeof createView>[1]): readonly string[][] =>
  (makeTables(createView(info, records)).find((table) => table.id === id)?.rows ?? []).map(
    (cells) => cells.map(({ text }) => text),
  );

test('a run that records nothing of its images has no table of them', () => {
  assert.equal(rowsOf('images', sampleRecord('m', 'stored.bytes', 5)), []);
  const known = rowsOf('images', sampleRecord('*', 'image.entries', 7, { image: 'two' }));
  assert.equal(
    known.map(([id, , , , , entries]) => [id, entries]),
    [
      ['one', '–'],
      ['two', '7'],
    ],
  );
});

test('a share that is not all of it is told apart from all', () => {
  const [files, bytes] = rowsOf(
    'other',
    sampleRecord('*', 'image.accounted_files', 1),
    sampleRecord('*', 'image.accounted_bytes', 0.999684),
  );
  assert.is(files!.at(-1), '100.0 %');
  assert.is(bytes!.at(-1), '99.97 %');
  const [image] = rowsOf('images', sampleRecord('*', 'step.shared_share', 0.99998));
  assert.ok(image!.includes('99.998 %'));
});

test.run();

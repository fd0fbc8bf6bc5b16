import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readParts as read, refuses } from '../testing/archives.ts';
import { part, pax } from '../testing/evil.ts';

/** Sparse files of version 0.0, which repeats two records for every extent. */

const TURNS = ['offset=0', 'numbytes=5', 'offset=10', 'numbytes=5'];

test('version 0.0 says offset and length of every extent in turns', () => {
  const said = (...words: readonly string[]): string =>
    part({
      type: 'x',
      content: ['size=15', 'numblocks=2', ...words]
        .map((word) => ` GNU.sparse.${word}\n`)
        .map((record) => `${record.length + 2}${record}`)
        .join(''),
    });
  const stored = part({ content: 'x'.repeat(10) });
  const turns = said(...TURNS);
  const { size, segments } = read(turns, stored).entries[0]!;
  assert.equal([size, [...segments].map(({ length }) => length)], [15, [5, 5, 5]]);
  for (const words of [
    ['offset=0', 'offset=5', 'numbytes=10', 'numbytes=0'],
    ['numbytes=5', 'offset=0'],
    ['offset=0,10', 'numbytes=10'],
    ['offset=', 'numbytes=10'],
  ]) {
    refuses(() => read(said(...words), stored), /is not where one can be, or no number/);
  }
  refuses(() => read(said('offset=0', 'numbytes=10', 'offset=10'), stored), /overlap or pass/);
  refuses(() => read(said('offset=0', 'numbytes=10'), stored), /says 2 extents and lists 1/);
  for (const count of ['0', '1', '3']) {
    const says = new RegExp(`says ${count} extents and lists 2`);
    refuses(() => read(said(`numblocks=${count}`, ...TURNS), stored), says);
  }
  refuses(
    () => read(said('numblocks=', ...TURNS), stored),
    /offset without GNU\.sparse\.numblocks/,
  );
});

const sparse = (records: Readonly<Record<string, string>>): string =>
  pax(
    Object.fromEntries(Object.entries(records).map(([key, value]) => [`GNU.sparse.${key}`, value])),
  );

test('a map in turns and one in a list are refused together, and one in turns without its length', () => {
  const stored = part({ content: 'x'.repeat(10) });
  const first = { map: '0,5', size: '15', numblocks: '2' };
  for (const records of [
    { ...first, offset: '10', numbytes: '5' },
    { offset: '10', numbytes: '5', ...first },
  ]) {
    refuses(() => read(sparse(records), stored), /two maps of one file/);
  }
  const alone = { size: '15', offset: '5', numbytes: '10' };
  refuses(() => read(sparse(alone), stored), /offset without GNU\.sparse\.numblocks/);
  assert.is(read(sparse({ ...alone, numblocks: '1' }), stored).entries[0]!.size, 15);
});

test.run();

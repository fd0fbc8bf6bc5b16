import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { touchedOf } from './measure.ts';
import { rangesOf } from './pages.ts';

test('13 pages that follow each other are one range, and the last one ends with the file', () => {
  assert.equal(rangesOf([], 10), []);
  assert.equal(rangesOf([0, 1, 3], 4 * 4096 - 10), [
    [0, 8192],
    [12_288, 4086],
  ]);
  assert.equal(rangesOf([1], 4097), [[4096, 1]]);
});

test('13 of a mapped file touched pages are wanted, of others what was read', () => {
  const wanted = touchedOf({
    accesses: [
      { path: '/a', ranges: [[0, 90_000]], mapped: true, touched: [[4096, 4096]] },
      { path: '/b', ranges: [[5, 6]] },
      { path: '/c', ranges: [[0, 9]], mapped: true, touched: [] },
    ],
  });
  assert.equal(wanted, [
    { path: '/a', ranges: [{ offset: 4096, length: 4096 }] },
    { path: '/b', ranges: [{ offset: 5, length: 6 }] },
    { path: '/c', ranges: [] },
  ]);
});

test.run();

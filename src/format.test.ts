import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  formatBinary,
  formatBytes,
  formatChange,
  formatInterval,
  formatNumber,
  formatPart,
  formatShare,
  formatValue,
  listWords,
  plural,
} from './format.ts';

test('numbers have one notation', () => {
  assert.is(formatNumber(0), '0');
  assert.is(formatNumber(999), '999');
  assert.is(formatNumber(1000), '1,000');
  assert.is(formatNumber(1234567.891, 2), '1,234,567.89');
  assert.is(formatNumber(-1234.5, 1), '−1,234.5');
  assert.is(formatNumber(-0.001, 1), '0.0');
});

test('stored and transferred bytes are decimal, at each border', () => {
  assert.is(formatBytes(0), '0 B');
  assert.is(formatBytes(999), '999 B');
  assert.is(formatBytes(1000), '1.0 kB');
  assert.is(formatBytes(999_949), '999.9 kB');
  assert.is(formatBytes(1_000_000), '1.00 MB');
  assert.is(formatBytes(30_149_999), '30.15 MB');
  assert.is(formatBytes(1e9), '1.00 GB');
  assert.is(formatBytes(-2e6), '−2.00 MB');
});

test('chunks and memory are binary', () => {
  assert.is(formatBinary(1023), '1,023 B');
  assert.is(formatBinary(65536), '64 KiB');
  assert.is(formatBinary(65537), '64.0 KiB');
  assert.is(formatBinary(1.5 * 2 ** 20), '1.5 MiB');
});

test('a value is shown by its unit', () => {
  assert.is(formatShare(0.1234), '12.3 %');
  assert.is(formatValue(0.5, 'share'), '50.0 %');
  assert.equal([0.5, 0.9994, 0.9997, 0.99998, 1, 1.0001, Number.NaN].map(formatPart), [
    '50.0 %',
    '99.9 %',
    '99.97 %',
    '99.998 %',
    '100.0 %',
    '100.01 %',
    '–',
  ]);
  assert.is(formatValue(1.239, 'ratio'), '1.24');
  assert.is(formatValue(12.34, 'ms'), '12.3');
  assert.is(formatValue(1234.5, 'ms'), '1,235');
  assert.is(formatValue(85.04, 'MB/s'), '85.0');
  assert.is(formatValue(12345, 'count'), '12,345');
  assert.is(formatValue('never', 'version'), 'never');
});

test('what is no number is none in any unit', () => {
  for (const none of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    for (const format of [formatNumber, formatBytes, formatBinary, formatShare]) {
      assert.is(format(none), '–');
    }
    for (const unit of ['bytes', 'count', 'ratio', 'share', 'ms', 'MB/s'] as const) {
      assert.is(formatValue(none, unit), '–');
    }
  }
  assert.is(formatValue(undefined, 'bytes'), '–');
  assert.is(formatChange(undefined), '–');
});

test('a change has its sign, and none where it is shown as 0', () => {
  assert.is(formatChange(0.123), '+12.3 %');
  assert.is(formatChange(-0.123), '−12.3 %');
  for (const small of [0, 0.0001, -0.0001]) assert.is(formatChange(small), '0.0 %');
});

test('an interval is called what it is', () => {
  const ends = { low: 99, high: 101.25 };
  assert.is(formatInterval({ ...ends, n: 1 }, 1), 'one repetition');
  assert.is(formatInterval({ ...ends, n: 5 }, 1), 'range of 5: 99.0 to 101.3');
  assert.is(formatInterval({ ...ends, n: 6 }, 0), '95 % interval 99 to 101, n = 6');
  assert.is(formatInterval({ low: 1, n: 3 }, 0), undefined);
});

test('words are joined as in a sentence', () => {
  assert.is(listWords([]), '');
  assert.is(listWords(['a', 'b', 'c']), 'a, b and c');
  assert.is(plural(1, 'cell'), '1 cell');
  assert.is(plural(1200, 'cell'), '1,200 cells');
});

test.run();

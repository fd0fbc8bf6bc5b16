import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lackOfTime, unless } from '../testing/needs.ts';
import { DigestTable } from './digest-table.ts';

const slow = unless(test, lackOfTime());

const digest = (text: string): Uint8Array => createHash('sha256').update(text).digest();

test('numbers digests in order of insertion, through every growth', () => {
  const table = new DigestTable(1);
  for (let n = 0; n < 5000; n++) assert.is(table.add(digest(String(n))), n);
  for (let n = 0; n < 5000; n++) assert.is(table.add(digest(String(n))), n);
  assert.is(table.count, 5000);
  assert.is(table.find(digest('4999')), 4999);
  assert.is(table.find(digest('5000')), -1);
  assert.equal(table.digests.slice(32, 64), new Uint8Array(digest('1')));
});

test('digests that share their first bytes stay distinct', () => {
  const table = new DigestTable();
  const a = new Uint8Array(32);
  const b = new Uint8Array(32);
  b[31] = 1;
  assert.is(table.add(a), 0);
  assert.is(table.add(b), 1);
  assert.is(table.find(a), 0);
  assert.is(table.find(b), 1);
});

test('reads digests in place from a longer array', () => {
  const table = new DigestTable();
  const two = new Uint8Array(64);
  two.set(digest('x'), 0);
  two.set(digest('y'), 32);
  table.add(two, 0);
  table.add(two, 32);
  assert.is(table.find(digest('y')), 1);
});

test('adds many as it adds one by one, wherever they lie and whatever it holds already', () => {
  // As many again as before, in another order, and a neighbour that shares the first word.
  const names = Array.from({ length: 3000 }, (_, n) => String((7 * n) % 1900));
  const all = Buffer.concat([
    ...names.map((name) => digest(name)),
    Buffer.concat([digest('7').subarray(0, 31), Buffer.of(~digest('7')[31]! & 255)]),
  ]);
  for (const shift of [0, 1]) {
    const bytes = new Uint8Array(all.length + shift).subarray(shift);
    bytes.set(all);
    const [single, many] = [new DigestTable(1), new DigestTable(1)];
    for (const table of [single, many]) table.add(digest('before'));
    const expected = Array.from({ length: 3001 }, (_, n) => single.add(bytes, 32 * n));
    assert.equal([...many.addAll(bytes)], expected);
    assert.equal([...many.addAll(bytes)], expected);
    assert.is(many.count, 1902);
    assert.equal(many.digests, single.digests);
    assert.is(many.find(digest('before')), 0);
  }
});

slow('72 a table holds more than the 2²⁴ entries where a Map ends', () => {
  const count = 2 ** 24 + 2;
  const table = new DigestTable(count, 4);
  const bytes = new Uint8Array(4);
  const word = new Uint32Array(bytes.buffer);
  for (let n = 0; n < count; n++) {
    word[0] = n;
    table.add(bytes);
  }
  assert.is(table.count, count);
  for (const n of [0, 2 ** 24 - 1, 2 ** 24, 2 ** 24 + 1, count]) {
    word[0] = n;
    assert.is(table.find(bytes), n < count ? n : -1);
  }
});

test('digests of another length', () => {
  const table = new DigestTable(1, 16);
  const short = (text: string): Uint8Array => digest(text).subarray(0, 16);
  for (let n = 0; n < 500; n++) assert.is(table.add(short(String(n))), n);
  for (let n = 0; n < 500; n++) assert.is(table.find(short(String(n))), n);
  assert.is(table.digests.length, 500 * 16);
});

test.run();

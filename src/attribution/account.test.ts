import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Account } from './account.ts';
import { type Owner, Spans } from './spans.ts';

const owner = (path: string): Owner => ({
  path,
  layer: undefined,
  package: undefined,
  sourcePackage: undefined,
  print: path,
  content: path,
});
const pieceOf = (length: number, spans: Spans) => ({
  length,
  spans: () => spans.within(0, spans.length),
});

test('13 paths that are no UTF-8 are told apart', () => {
  const account = new Account();
  for (const [path, length] of [
    ['a\xff', 1000],
    ['a\xfe', 2000],
    // The character that stands for what cannot be decoded, in UTF-8.
    ['a\xef\xbf\xbd', 4000],
  ] as const) {
    const spans = new Spans().add(length, owner(path), 'content');
    account.add('content', pieceOf(length, spans), () => 'new file');
  }
  assert.equal(
    account.finish().parts.map(({ path, bytes }) => [path, bytes]),
    [
      ['a\ufffd', 4000],
      ['a\\xfe', 2000],
      ['a\\xff', 1000],
    ],
  );
});

test('13 a stored piece of nothing is what its stream is', () => {
  const account = new Account();
  const spans = new Spans().add(0, 'archive', 'index');
  account.add('content', pieceOf(0, spans), () => 'index or manifest', 20);
  assert.equal(account.finish().parts, [
    { part: 'archive', cause: 'index or manifest', bytes: 20, uncompressedBytes: 0 },
  ]);
});

test.run();

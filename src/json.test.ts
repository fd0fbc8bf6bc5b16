import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { jsonFault } from './json.ts';
import { limits } from './limits.ts';

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

test('46 a key that is there twice in one object is found, wherever it is', () => {
  for (const text of [
    '{"a":1,"a":2}',
    '[{"b":{"a":1,"c":[],"\\u0061":2}}]',
    '{"a":{"a":1},"a":{}}',
  ]) {
    assert.equal([jsonFault(text)?.what, jsonFault(text)?.key], ["'a' is there twice", 'a'], text);
  }
  assert.is(jsonFault('{"a":1,\n"a":2}')?.offset, 8);
  for (const text of [
    '{"a":{"a":"a"},"b":["a","a",{"a":1}]}',
    '{"":1}',
    '"a"',
    '',
    '{"a":"b","b":"a"}',
  ]) {
    assert.is(jsonFault(text), undefined, text);
  }
});

test('46 nesting is as deep as the limit, and no deeper, and nothing recurses', () => {
  const { jsonDepth } = limits;
  assert.is(jsonFault(nested(jsonDepth - 1)), undefined);
  assert.is(jsonFault(nested(jsonDepth)), undefined);
  assert.match(jsonFault(nested(jsonDepth + 1))!.what, /more than 100 deep/);
  assert.match(jsonFault('{"a":'.repeat(1e6))!.what, /more than 100 deep/);
});

test('46 half a surrogate pair is found, a whole one is a character', () => {
  assert.is(jsonFault('{"a":"\\ud83d\\ude00"}'), undefined);
  for (const text of ['"\\ud83d"', '{"\\ude00":1}', '["\\ude00\\ud83d"]', '"\ud83d"']) {
    assert.is(jsonFault(text)?.what, 'half a surrogate pair', text);
  }
});

test.run();

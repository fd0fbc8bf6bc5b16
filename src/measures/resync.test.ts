import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemorySource } from '../streams/source.ts';
import { type CutStream, resyncBytes } from './resync.ts';

/** `ab|cde`: bytes, and a bar at each cut but the last. */
function cut(drawn: string): CutStream {
  const chunks = drawn.split('|');
  return {
    bytes: new MemorySource(new TextEncoder().encode(chunks.join(''))),
    lengths: Float64Array.from(chunks, ({ length }) => length),
  };
}

for (const [what, old, own, distance] of [
  ['a flip, and the cut behind it stays', 'abc|def|ghi', 'abc|dXf|ghi', 1],
  ['a flip right before a cut', 'abc|def|ghi', 'abc|deX|ghi', 0],
  ['a cut that moves with what was inserted', 'abc|def|ghi', 'abc|dXXef|ghi', 2],
  ['cuts that do not meet before the last but one', 'abc|def|gh|i', 'abcXd|efg|h|i', 5],
  ['cuts at the same offset are not the same cut', 'abc|def|ghi', 'Xab|cde|fghi', 9],
  ['a cut before the edit does not count', 'abc|defghi', 'abc|defXghi', 3],
  ['a byte at the end that goes: nothing lies behind it', 'abc|def', 'abc|de', 0],
  ['something removed in the middle', 'abc|def|ghi', 'abc|d|ghi', 0],
] as const) {
  test(`${what}: ${distance}`, () => {
    assert.is(resyncBytes(cut(old), cut(own)), distance);
  });
}

test('equal streams have no edit', () => {
  assert.is(resyncBytes(cut('abc|def'), cut('abc|def')), undefined);
});

test.run();

import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readPayloads } from './split-stream.ts';

const refuses = (read: () => unknown, says: RegExp): void =>
  assert.throws(read, (error: Error) => error.name === 'InputError' && says.test(String(error)));

test('the files of a tar-split stream with content, in order', () => {
  const lines = [
    { type: 2, payload: 'AAAA', position: 0 },
    { type: 1, name: './', payload: null, position: 1 },
    { type: 1, name: './a', size: 3, payload: 'AAAA', position: 2 },
    { type: 1, name_raw: 'Yv8=', size: 4, payload: 'AAAA', position: 3 },
    { type: 1, name: 'ü', size: 5, payload: 'AAAA', position: 4 },
  ];
  const stream = gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  assert.equal(readPayloads(stream), [
    { path: 'a', size: 3 },
    { path: 'b\xff', size: 4 },
    { path: '\xc3\xbc', size: 5 },
  ]);
});

test('damaged tar-split streams are refused', () => {
  refuses(() => readPayloads(Uint8Array.of(1, 2, 3)), /no gzip/);
  refuses(() => readPayloads(gzipSync('{"type":1\n')), /no JSON in line 1/);
  refuses(() => readPayloads(gzipSync('{"type":1,"name":"a","size":1.5}\n')), /size of 1.5/);
});

test.run();

import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../../src/errors.ts';
import { parseContentRange, readParts } from './multipart.ts';

const TYPE = 'multipart/byteranges; boundary=THIS_STRING_SEPARATES';

/** As RFC 9110 §14.6 writes one. */
function write(parts: readonly { readonly offset: number; readonly bytes: Uint8Array }[]): Buffer {
  const pieces = parts.flatMap(({ offset, bytes }, index) => [
    Buffer.from(
      `${index === 0 ? '' : '\r\n'}--THIS_STRING_SEPARATES\r\nContent-Type: application/pdf\r\nContent-Range: bytes ${offset}-${offset + bytes.length - 1}/8000\r\n\r\n`,
    ),
    bytes,
  ]);
  return Buffer.concat([...pieces, Buffer.from('\r\n--THIS_STRING_SEPARATES--\r\n')]);
}

const two = [
  { offset: 500, bytes: Buffer.from('first part') },
  { offset: 7000, bytes: Buffer.from('second') },
];

function refuses(body: Uint8Array, type: string, most: number, what: RegExp): void {
  assert.throws(
    () => readParts(body, type, most),
    (error: unknown) => error instanceof InputError && what.test(error.message),
  );
}

test('parts come back with their offsets', () => {
  const parts = readParts(write(two), TYPE, 2);
  assert.equal(
    parts.map(({ offset, bytes }) => [offset, Buffer.from(bytes).toString()]),
    [
      [500, 'first part'],
      [7000, 'second'],
    ],
  );
});

test('a preamble and quotes around the boundary are legal', () => {
  const body = Buffer.concat([Buffer.from('to be ignored\r\n'), write(two)]);
  assert.is(readParts(body, 'multipart/byteranges; boundary="THIS_STRING_SEPARATES"', 2).length, 2);
});

test('any bytes may be in a part, the boundary itself too', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 60 }),
    fc.constant(Buffer.from('\r\n--THIS_STRING_SEPARATES--\r\n')),
  );
  const parts = fc.array(fc.record({ offset: fc.nat(7000), bytes }), { minLength: 1 });
  fc.assert(
    fc.property(parts, (all) => {
      const read = readParts(write(all), TYPE, all.length);
      assert.is(read.length, all.length);
      for (const [index, { offset, bytes: own }] of read.entries()) {
        assert.is(offset, all[index]!.offset);
        assert.is(Buffer.compare(own, all[index]!.bytes), 0);
      }
    }),
  );
});

test('every body that is cut short is refused', () => {
  const body = write(two);
  // The last line end may be missing: nothing depends on it.
  for (let length = 0; length < body.length - 4; length++) {
    assert.throws(
      () => readParts(body.subarray(0, length), TYPE, 2),
      (error: unknown) => error instanceof InputError,
    );
  }
});

test('what is wrong is said', () => {
  const text = write(two).toString('latin1');
  const changed = (from: string, to: string): Buffer => Buffer.from(text.replace(from, to));
  refuses(write(two), 'application/octet-stream', 2, /no boundary in Content-Type/);
  refuses(write(two), TYPE, 1, /more than 1 parts/);
  refuses(changed('500-509', '500-508'), TYPE, 2, /longer than its Content-Range/);
  refuses(changed('500-509', '509-500'), TYPE, 2, /bad Content-Range/);
  refuses(changed('Content-Range', 'Content-Other'), TYPE, 2, /no Content-Range/);
  refuses(changed('Content-Type', `X: ${'x'.repeat(5000)}\r\nY`), TYPE, 2, /has no end/);
  refuses(changed('7000-7005', '7000-999999999999'), TYPE, 2, /ends within a part/);
});

test('Content-Range', () => {
  assert.equal(parseContentRange('bytes 0-0/1'), { offset: 0, length: 1 });
  assert.equal(parseContentRange('bytes 10-19/*'), { offset: 10, length: 10 });
  for (const text of ['', 'bytes */10', 'bytes 5-4/10', 'items 0-1/2', 'bytes 0-1'])
    assert.is(parseContentRange(text), undefined);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ByteReader, ByteWriter } from './varint.ts';

/** Numbers around every change of length, up to the greatest safe one. */
const NUMBERS = [
  ...Array.from({ length: 53 }, (_, bit) => [2 ** bit - 1, 2 ** bit, 2 ** bit + 1]).flat(),
  Number.MAX_SAFE_INTEGER,
];

test('numbers of every length are read back, and the reader stands behind them', () => {
  const writer = new ByteWriter();
  for (const number of NUMBERS) writer.number(number);
  const bytes = writer.byte(0x55).finish();
  const reader = new ByteReader(bytes);
  assert.equal(
    NUMBERS.map(() => reader.number()),
    NUMBERS,
  );
  assert.is(reader.byte(), 0x55);
});

test('numbers as DWARF 5 (7.6) and the Protocol Buffers documentation write them', () => {
  for (const [number, bytes] of [
    [2, [2]],
    [127, [0x7f]],
    [128, [0x80, 1]],
    [150, [0x96, 1]],
    [12_857, [0xb9, 0x64]],
  ] as const) {
    assert.equal([...new ByteWriter().number(number).finish()], [...bytes]);
    assert.is(new ByteReader(Uint8Array.from(bytes)).number(), number);
  }
});

test('what is no number names where it stands', () => {
  assert.throws(() => new ByteReader(Uint8Array.of(0x80, 0x80)).number(), /ends early/);
  const beyond = new ByteWriter().number(2n ** 53n).finish();
  assert.throws(() => new ByteReader(beyond).number(), /a number is 9007199254740992/);
  assert.throws(() => new ByteReader(new Uint8Array(12).fill(0x80)).number(), /too long/);
});

test.run();

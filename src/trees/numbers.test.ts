import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readParts, refuses } from '../testing/archives.ts';
import { part, pax } from '../testing/evil.ts';

/** Numbers of headers and of PAX records, as other readers read them. */

const after = part({ name: 'after' });

test('numbers in PAX are digits with any leading zeros; where readers disagree they are refused', () => {
  const zeros = '0'.repeat(100);
  const sized = (size: string): readonly (readonly [string, number])[] =>
    readParts(pax({ size }), part({ content: 'hello', size: 0 }), after).entries.map((entry) => [
      entry.path,
      entry.size,
    ]);
  for (const size of ['5', '05', `${zeros}5`]) {
    assert.equal(sized(size), [
      ['file', 5],
      ['after', 0],
    ]);
  }
  const refused = ['+5', '-5', '5.0', '5.', '5e0', '0x5', ' 5', '5 ', '5_', '5x', '٥'];
  const beyond = ['9007199254740993', '9223372036854775808', '18446744073709551621'];
  for (const size of [...refused, ...beyond, '9'.repeat(100)]) {
    refuses(() => sized(Buffer.from(size).toString('latin1')), /is no number.*field size/);
  }
  refuses(() => sized('999999999999999'), /cut short/);
  const owned = (uid: string): number => readParts(pax({ uid }), part()).entries[0]!.uid;
  assert.is(owned(`${zeros}4294967295`), 2 ** 32 - 1);
  for (const uid of [...refused, `${zeros}4294967296`, ...beyond]) {
    refuses(() => owned(uid), /is no number|uid is 4294967296/);
  }
});

test('octal numbers end at a NUL or a space, nothing but spaces may follow, one NUL may precede', () => {
  const uid = (text: string): number => readParts(part({ raw: { 108: text } })).entries[0]!.uid;
  for (const [text, wanted] of [
    ['   123 \0', 83],
    ['0000123 ', 83],
    ['00001234', 668],
    ['12\x003456\0', 10],
    ['\x000123\0', 83],
    ['\x00   123 ', 83],
    ['\x00\x000123\0', 0],
    [' \x00123\0\0\0', 0],
    ['\0\0\0\0\0\0\0\0', 0],
    ['\x0012\x0034\0', 10],
    ['        ', 0],
    ['123  \x009\0', 83],
    ['\x80\0\0\0\xff\xff\xff\xff', 2 ** 32 - 1],
  ] as const) {
    assert.is(uid(text), wanted, text);
  }
  for (const text of [
    '0123 45\0',
    '-000001\0',
    '\t123\0\0\0\0',
    '0x7f\0\0\0\0',
    '0000009\0',
    '1 x\0',
    '\x00x\0',
    '\x00-1\0',
  ]) {
    refuses(() => uid(text), /is no octal number/);
  }
  refuses(() => uid('\x81\0\0\0\0\0\0\x07'), /uid is/);
  refuses(() => uid('\xc0\0\0\0\0\0\0\x07'), /uid is/);
});

test('a NUL before the digits takes no field for zero', () => {
  const raw = {
    100: '\x00000755',
    108: '\x00001750',
    116: '\x00001751',
    124: '\x0000000000005',
    136: '\x0014524770400',
  };
  const { entries } = readParts(part({ content: 'hello', raw }), after);
  const { mode, uid, gid, size, mtime } = entries[0]!;
  assert.equal([mode, uid, gid, size], [0o755, 1000, 1001, 5]);
  assert.is(mtime, 1_700_000_000_000_000_000n);
  assert.is(entries[1]!.path, 'after');
  const device = part({ type: '3', raw: { 329: '\x00000012', 337: '\x00000007' } });
  const { major, minor } = readParts(device).entries[0]!;
  assert.equal([major, minor], [10, 7]);
});

test.run();

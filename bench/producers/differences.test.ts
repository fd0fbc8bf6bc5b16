import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { treeToTar } from '../../src/serialisers/tar.ts';
import { readAll } from '../../src/streams/source.ts';
import { sketchTree } from '../../src/testing/trees.ts';
import { explainFrames, explainGzips, explainTars } from './differences.ts';

const tar = (mode: number, content: string, padding = 0): Uint8Array =>
  Uint8Array.from([
    ...readAll(treeToTar(sketchTree({ a: { content: 'first' }, b: { content, mode } }))),
    ...new Uint8Array(padding),
  ]);

test('of two tars: member and field, byte of the content, or the end', () => {
  const one = tar(0o644, 'second');
  assert.is(explainTars(one, tar(0o644, 'second')), undefined);
  // Root, a and its content, then b: its header begins at 3 × 512, its mode 100 bytes on.
  assert.is(
    explainTars(one, tar(0o600, 'second')),
    String.raw`byte 1,641, member 3 (b), header: mode '0000644\0' and '0000600\0'`,
  );
  assert.is(
    explainTars(one, tar(0o600, 'longer than that')),
    String.raw`byte 1,641, member 3 (b), header: mode '0000644\0' and '0000600\0'; size '00000000006\0' and '00000000020\0'`,
  );
  assert.is(
    explainTars(one, tar(0o644, 'secund')),
    'byte 2,051, member 3 (b), byte 3 of its content',
  );
  assert.is(
    explainTars(one, tar(0o644, 'second', 512)),
    'byte 3,584, behind the last member: 3,584 and 4,096 bytes in all',
  );
});

/** RFC 1951, 3.2.4: a stored block. */
function stored(text: string, isLast: boolean): readonly number[] {
  const length = text.length;
  return [Number(isLast), length, 0, 255 - length, 255, ...Buffer.from(text)];
}

const gzip = (
  blocks: readonly (readonly number[])[],
  header = gzipSync('').subarray(0, 10),
): Uint8Array => Uint8Array.from([...header, ...blocks.flat(), ...gzipSync('abcdef').subarray(-8)]);

test('of two gzip files: fields of the headers, then the deflate block', () => {
  const one = gzip([stored('abc', false), stored('def', true)]);
  const noted = Uint8Array.from(one);
  noted.set([1, 2, 3, 4, 2, 255], 4);
  assert.equal(explainGzips(one, noted), {
    isOtherData: false,
    parts: [
      'header field MTIME: 00000000 and 01020304',
      'header field XFL: 00 and 02',
      'header field OS: 03 and ff',
    ],
  });
  const named = gzip(
    [stored('abc', false), stored('def', true)],
    Buffer.concat([one.subarray(0, 3), Buffer.from([8]), one.subarray(4, 10), Buffer.from('a\0')]),
  );
  assert.equal(explainGzips(one, named), {
    isOtherData: false,
    parts: ['header field FLG: 00 and 08', 'headers of 10 and 12 bytes'],
  });
  // The first block ends at byte 18; the second, of three bytes and of two.
  const other = gzip([stored('abc', false), stored('de', false), stored('f', true)]);
  assert.equal(explainGzips(one, other), {
    isOtherData: true,
    parts: ['byte 18, deflate block 2 of 2, whose content begins at byte 3'],
  });
});

/** RFC 8878: magic, descriptor, window, then raw blocks. */
function frame(descriptor: number, window: number, ...blocks: readonly string[]): Uint8Array {
  const body = blocks.flatMap((text, index) => [
    (text.length << 3) | Number(index === blocks.length - 1),
    0,
    0,
    ...Buffer.from(text),
  ]);
  return Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, descriptor, window, ...body, 0, 0, 0, 0);
}

test('of two zstd frames: fields of the header, then the block', () => {
  const one = frame(0, 0x50, 'abc', 'def');
  assert.equal(explainFrames(one, frame(4, 0x58, 'abc', 'def')), {
    isOtherData: false,
    parts: [
      'frame header, content checksum: none and there',
      'frame header, window: 1,024 KiB and 2,048 KiB',
    ],
  });
  assert.equal(explainFrames(one, frame(0, 0x50, 'abc', 'de', 'f')), {
    isOtherData: true,
    parts: ['block 2 of 2', '2 and 3 blocks'],
  });
});

test.run();

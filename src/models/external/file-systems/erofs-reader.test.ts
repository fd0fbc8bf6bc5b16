import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readErofs } from './erofs-reader.ts';

const refuses = (read: () => unknown, says: RegExp): void =>
  assert.throws(read, (error: Error) => error.name === 'InputError' && says.test(String(error)));

/** A superblock with the root's inode in block 1, a compact one of this mode, layout and size. */
function image(mode: number, layout: number, size: number): Uint8Array {
  const bytes = Buffer.alloc(3 * 4096);
  bytes.writeUInt32LE(0xe0f5e1e2, 1024);
  bytes.writeUInt8(12, 1024 + 12);
  bytes.writeUInt32LE(1, 1024 + 40);
  bytes.writeUInt16LE(layout << 1, 4096);
  bytes.writeUInt16LE(mode, 4096 + 4);
  bytes.writeUInt32LE(size, 4096 + 8);
  bytes.writeUInt32LE(2, 4096 + 16);
  return bytes;
}

test('an EROFS image with nothing in its root', () => {
  const [root, ...rest] = readErofs(image(0o40755, 0, 0));
  assert.equal(
    [root!.path, root!.inode.type, root!.inode.mode, rest],
    ['', 'directory', 0o755, []],
  );
});

test('damaged EROFS images are refused by name', () => {
  refuses(() => readErofs(new Uint8Array(10)), /beyond its end/);
  refuses(() => readErofs(new Uint8Array(4096)), /no superblock/);
  refuses(() => readErofs(image(0o40755, 0, 0).subarray(0, 4100)), /beyond its end/);
  refuses(() => readErofs(image(0o30755, 0, 0)), /mode 30755/);
  refuses(() => readErofs(image(0o40755, 1, 0)), /layout 1/);
  refuses(() => readErofs(image(0o40755, 0, 5000)), /beyond its end/);
  refuses(() => readErofs(image(0o40755, 0, 4_000_000_000)), /4000000000 bytes/);
});

test('an EROFS directory that holds itself is refused', () => {
  const bytes = Buffer.from(image(0o40755, 0, 4096));
  bytes.writeBigUInt64LE(0n, 8192);
  bytes.writeUInt16LE(12, 8192 + 8);
  bytes.write('loop', 8192 + 12, 'latin1');
  refuses(() => readErofs(bytes), /two names/);
});

test.run();

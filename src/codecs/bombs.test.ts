import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { refused, withLimits } from '../testing/archives.ts';
import { createCodec } from './mod.ts';
import { type Compression, decompressStream } from './read.ts';

/** Compressed data that is much larger than it looks, or says of itself what is not so. */

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Bytes that came out before the end or the error; the error goes on. */
async function unpack(
  bytes: Uint8Array,
  kind: Compression,
  counted: { bytes: number } = { bytes: 0 },
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of decompressStream(once(bytes), kind)) {
    counted.bytes += part.length;
    parts.push(part.slice());
  }
  return new Uint8Array(Buffer.concat(parts));
}

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
const BLOCK = 128 << 10;

/** A zstd frame of blocks that each say `repeat one byte 128 KiB times` (RFC 8878 §3.1.1.2). */
function bomb(blocks: number, descriptor: readonly number[] = [0, 0x38]): Uint8Array {
  const bytes = [...MAGIC, ...descriptor];
  for (let block = 0; block < blocks; block++) {
    const header = (BLOCK << 3) | 2 | (block === blocks - 1 ? 1 : 0);
    bytes.push(header & 0xff, (header >> 8) & 0xff, header >> 16, 0x5a);
  }
  return Uint8Array.from(bytes);
}

test('42 a gzip bomb is stopped at the limit, wherever in the file it lies', async () => {
  const zeros = gzipSync(new Uint8Array(32 << 20));
  assert.ok(zeros.length < 40_000);
  for (const bytes of [zeros, Buffer.concat([gzipSync('first'), zeros])]) {
    const counted = { bytes: 0 };
    const stopped = withLimits({ layerBytes: 2 << 20 }, () => unpack(bytes, 'gzip', counted));
    await refused(stopped, /more than 2097152 bytes/);
    assert.ok(counted.bytes <= 2 << 20, `${counted.bytes} bytes came`);
  }
  const { length } = await withLimits({ layerBytes: 32 << 20 }, () => unpack(zeros, 'gzip'));
  assert.is(length, 32 << 20, 'exactly the limit is no bomb');
});

test('42 a zstd bomb is stopped before it takes memory: one frame, or many', async () => {
  const counted = { bytes: 0 };
  const large = withLimits({ layerBytes: 70 << 20 }, () => unpack(bomb(6000), 'zstd', counted));
  await refused(large, /more than 73400320 bytes/);
  assert.is(counted.bytes, 70 << 20, 'block by block, to the limit');
  const frames = Buffer.concat(Array.from({ length: 64 }, () => bomb(8)));
  counted.bytes = 0;
  const stopped = withLimits({ layerBytes: 4 << 20 }, () => unpack(frames, 'zstd', counted));
  await refused(stopped, /more than 4194304 bytes/);
  assert.ok(counted.bytes <= 4 << 20);
  assert.is((await unpack(bomb(8), 'zstd')).length, 8 * BLOCK);
});

test('42 a long zstd frame is as strict as a short one, and what follows it is read', async () => {
  const blocks = 520;
  const long = bomb(blocks);
  const twice = await unpack(Buffer.concat([long, bomb(1)]), 'zstd');
  assert.is(twice.length, (blocks + 1) * BLOCK);
  assert.is(
    twice.findIndex((byte) => byte !== 0x5a),
    -1,
  );
  await refused(unpack(long.subarray(0, -1), 'zstd'), /cut short/);
  const reserved = long.slice();
  reserved[6 + 4 * 515] = reserved[6 + 4 * 515]! | 6;
  await refused(unpack(reserved, 'zstd'), /a reserved zstd block/);
  const compressed = long.slice();
  // What was one byte to repeat is now one byte of a compressed block.
  compressed.set([(1 << 3) | 4, 0, 0], 6 + 4 * 515);
  await refused(unpack(compressed, 'zstd'), /damaged zstd data/);
  const stated = (bytes: number): readonly number[] => [
    0x80,
    0x38,
    ...new Uint8Array(Uint32Array.of(bytes).buffer),
  ];
  assert.is((await unpack(bomb(blocks, stated(blocks * BLOCK)), 'zstd')).length, blocks * BLOCK);
  for (const wrong of [blocks * BLOCK - 1, blocks * BLOCK + 1]) {
    await refused(unpack(bomb(blocks, stated(wrong)), 'zstd'), /damaged zstd data|states/);
  }
  const checked = Buffer.concat([bomb(blocks, [4, 0x38]), Buffer.from([1, 2, 3, 4])]);
  await refused(unpack(checked, 'zstd'), /damaged zstd data/);
  const wide = bomb(blocks, [0, 0xa0]);
  assert.is((await unpack(wide, 'zstd')).length, blocks * BLOCK, 'in one call');
  const tight = withLimits({ solidBytes: 65 << 20 }, () => unpack(bomb(521, [0, 0xa0]), 'zstd'));
  await refused(tight, /more than 68157440 bytes with a window of 1073741824/);
});

test('43 a window of 1 GiB costs what the content costs, a larger one is refused', async () => {
  const content = await unpack(bomb(1, [0, 0xa0]), 'zstd');
  assert.equal(content, new Uint8Array(BLOCK).fill(0x5a));
  await refused(unpack(bomb(1, [0, 0xa8]), 'zstd'), /a window of more than 1 GiB/);
});

test('43 a zstd frame that lies about size, checksum or dictionary is refused', async () => {
  const raw = (header: readonly number[], ...after: readonly number[]): Uint8Array =>
    Uint8Array.of(...MAGIC, ...header, (4 << 3) | 1, 0, 0, 1, 2, 3, 4, ...after);
  assert.equal(await unpack(raw([0x20, 4]), 'zstd'), Uint8Array.of(1, 2, 3, 4));
  for (const [header, after] of [
    [[0x20, 5], []],
    [[0x20, 3], []],
    [
      [0x24, 4],
      [1, 2, 3, 4],
    ],
    [[0x21, 7, 4], []],
    [[0x28, 4], []],
  ] as const) {
    await refused(unpack(raw(header, ...after), 'zstd'), /damaged zstd data|states 5 bytes/);
  }
  const claims = Uint8Array.of(...MAGIC, 0xe0, ...new Array(8).fill(0x3f), 1, 0, 0);
  await refused(unpack(claims, 'zstd'), /a zstd frame states \d+ bytes/);
  const whole = (await createCodec('zstd')).compress(new TextEncoder().encode('x'.repeat(1000)));
  for (let length = 1; length < whole.length; length++) {
    await refused(unpack(whole.subarray(0, length), 'zstd'), /cut short/);
  }
  for (const garbage of ['g', 'garbage', 'garbage of more than eight bytes', '\0\0\0\0']) {
    const followed = Buffer.concat([whole, Buffer.from(garbage)]);
    const says = new RegExp(
      `no zstd follow the zstd data.*offset ${whole.length}\\b.*cut off what`,
    );
    await refused(unpack(followed, 'zstd'), says);
  }
  for (const cut of [whole.subarray(0, 3), Uint8Array.of(0x5f, 0x2a, 0x4d)]) {
    await refused(unpack(Buffer.concat([whole, cut]), 'zstd'), /cut short/);
  }
  const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 0xff, 0xff, 0xff, 0xff, 0);
  await refused(unpack(skippable, 'zstd'), /cut short/);
});

test('39 gzip is refused at every length but the whole, and with any byte of its end changed', async () => {
  const whole = gzipSync('content '.repeat(50));
  for (let length = 1; length < whole.length; length++) {
    await refused(unpack(whole.subarray(0, length), 'gzip'), /damaged gzip data/);
  }
  for (let index = whole.length - 8; index < whole.length; index++) {
    const wrong = whole.slice();
    wrong[index]! ^= 0x80;
    await refused(unpack(wrong, 'gzip'), /damaged gzip data/);
  }
});

test.run();

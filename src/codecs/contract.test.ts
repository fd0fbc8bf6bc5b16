import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { limits } from '../limits.ts';
import { shuffled } from '../stats/random.ts';
import { lackOfTime, unless } from '../testing/needs.ts';
import { has } from '../testing/shell.ts';
import { codecFaults, sample } from './contract.ts';
import { createCodec } from './mod.ts';

const IDS = [
  'none',
  'delivered',
  'gzip:level=1',
  'gzip',
  'gzip:level=9',
  'zstd:level=1',
  'zstd',
  'zstd:level=19',
  'zstd-seekable',
  'zstd-seekable:level=1,frame=1000',
  'zstd-dictionary',
  'zstd-codec',
];

/** Text-like, repetitive, random, empty. */
const words = shuffled(
  Array.from({ length: 20_000 }, (_, n) => `word${n % 997} `),
  7,
).join('');
const inputs: readonly Uint8Array[] = [
  new Uint8Array(0),
  Uint8Array.of(1),
  new TextEncoder().encode(words),
  new Uint8Array(100_000),
  Uint8Array.from(
    shuffled(
      Array.from({ length: 50_000 }, (_, n) => n & 255),
      3,
    ),
  ),
];

/** Levels that take long; others of the same codecs do not. */
const LONG = new Set(['gzip:level=9', 'zstd:level=19']);

for (const id of IDS) {
  (LONG.has(id) ? unless(test, lackOfTime()) : test)(`${id} keeps its contract`, async () => {
    const codec = await createCodec(id);
    assert.equal(codecFaults(codec, inputs), []);
    assert.equal(codecFaults(codec, sample()), []);
    const stored = codec.compress(inputs[2]!);
    assert.throws(() => codec.decompress(stored, inputs[2]!.length - 1));
    assert.throws(() => codec.decompress(stored.slice(0, -5), inputs[2]!.length));
  });
}

/** The bytes themselves: a new engine or version must not change published numbers unnoticed. */
test('compressed bytes are what they were', async () => {
  const golden: Readonly<Record<string, string>> = {
    'gzip:level=6': 'd1df3ca325205ad2',
    'zstd:level=3': '01364a8b97d8fba9',
  };
  for (const id of Object.keys(golden)) {
    const stored = (await createCodec(id)).compress(inputs[2]!);
    assert.is(createHash('sha256').update(stored).digest('hex').slice(0, 16), golden[id], id);
  }
});

test('gzip equals reference zlib byte for byte', async () => {
  const script = `import sys,zlib
b=sys.stdin.buffer.read()
c=zlib.compressobj(int(sys.argv[1]),zlib.DEFLATED,31)
sys.stdout.buffer.write(c.compress(b)+c.flush())`;
  if (!has('python3')) return;
  for (const level of [1, 6, 9]) {
    const { stdout } = spawnSync('python3', ['-c', script, String(level)], { input: inputs[2]! });
    const ours = (await createCodec(`gzip:level=${level}`)).compress(inputs[2]!);
    assert.equal(ours, new Uint8Array(stdout), `level ${level}`);
  }
});

test('a seekable piece is one file to zstd', async () => {
  if (!has('zstd')) return;
  const stored = (await createCodec('zstd-seekable:frame=1000')).compress(inputs[2]!);
  const { stdout } = spawnSync('zstd', ['-dc'], { input: stored, maxBuffer: 1 << 28 });
  assert.is(Buffer.compare(stdout, inputs[2]!), 0);
});

test('the table of a seekable piece leads to every frame', async () => {
  const codec = await createCodec('zstd-seekable:frame=1000');
  const input = inputs[2]!;
  const stored = Buffer.from(codec.compress(input));
  const count = stored.readUInt32LE(stored.length - 9);
  assert.is(count, Math.ceil(input.length / 1000));
  const table = stored.length - 9 - 8 * count;
  const zstd = await createCodec('zstd');
  let [from, at] = [0, 0];
  for (let index = 0; index < count; index++) {
    const [size, length] = [0, 4].map((field) => stored.readUInt32LE(table + 8 * index + field));
    const frame = stored.subarray(from, from + size!);
    assert.equal(zstd.decompress(frame, length!), input.slice(at, at + length!));
    from += size!;
    at += length!;
  }
  assert.is(at, input.length);
});

test('zstd-codec refuses pieces beyond its fixed memory, and holds those at the limit', async () => {
  const codec = await createCodec('zstd-codec:level=3');
  const largest = new Uint8Array(4 << 20);
  assert.equal(codec.decompress(codec.compress(largest), largest.length), largest);
  assert.throws(
    () => codec.compress(new Uint8Array(largest.length + 1)),
    (error: Error) => error.name === 'InputError',
  );
});

test('a piece beyond limits.solidBytes is refused before any memory is touched', async () => {
  const piece = { length: limits.solidBytes + 1 } as Uint8Array;
  for (const id of ['gzip', 'zstd']) {
    const codec = await createCodec(id);
    assert.throws(
      () => codec.compress(piece),
      (error: Error) => error.name === 'InputError',
    );
  }
});

test('wrong ids are refused', async () => {
  for (const id of ['gzip:level=10', 'zstd:level=0', 'zstd:speed=3', 'brotli']) {
    let refused = '';
    await createCodec(id).catch((error) => {
      refused = error.name;
    });
    assert.is(refused, 'UsageError', id);
  }
});

test.run();

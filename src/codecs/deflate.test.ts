import { spawnSync } from 'node:child_process';
import { gzip } from 'pako';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { seeded } from '../stats/random.ts';
import { has } from '../testing/shell.ts';
import { gzipSteps } from './deflate.ts';

/** Against pako, and Python's zlib where it is installed: neither shares code with ours. */

const LEVELS = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

/** Literals and copies from up to `reach` bytes before, so that matches end and begin everywhere. */
function mixed(length: number, symbols: number, reach: number, seed: number): Uint8Array {
  const next = seeded(seed);
  const below = (bound: number): number => Math.floor(next() * bound);
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; ) {
    if (at > 3 && below(2) === 0) {
      const distance = 1 + below(Math.min(at, reach));
      const end = Math.min(length, at + 3 + below(300));
      for (; at < end; at++) bytes[at] = bytes[at - distance]!;
    } else bytes[at++] = below(symbols);
  }
  return bytes;
}

const inputs: readonly Uint8Array[] = [
  ...[0, 1, 2, 3, 4, 257, 258, 259, 261, 262, 263, 300].map((length) =>
    mixed(length, 3, 20, length),
  ),
  new Uint8Array(70_000),
  // Stored blocks, fixed trees, trees of their own, and the window that moves on.
  mixed(90_000, 256, 1, 1),
  mixed(200_000, 256, 40_000, 2),
  mixed(140_000, 20, 33_000, 3),
  Uint8Array.from({ length: 100_000 }, seeded(4)).map((_, index) => (index * index) & 255),
  Uint8Array.from(
    { length: 80_000 },
    (
      (next) => () =>
        next() * 256
    )(seeded(5)),
  ),
];

function compressed(parts: Iterable<Uint8Array>, level: number): Buffer {
  return Buffer.concat([...gzipSteps(parts, level)]);
}

test('the bytes are those of pako', () => {
  for (const [index, bytes] of inputs.entries()) {
    // One level of each way to look for matches: pako is slow.
    for (const level of [1, 6] as const) {
      const wanted = gzip(bytes, { level, legacyHash: true });
      const what = `input ${index} of ${bytes.length} bytes, level ${level}`;
      assert.ok(compressed([bytes], level).equals(wanted), what);
    }
  }
});

test('at every level the bytes are those of zlib in one call, above the step as well', () => {
  if (!has('python3')) return;
  const script = `import sys,zlib
b=sys.stdin.buffer.read()
for level in range(1,10):
    c=zlib.compressobj(level,zlib.DEFLATED,31)
    sys.stdout.buffer.write(c.compress(b)+c.flush())`;
  const long = mixed(1_200_000, 40, 70_000, 6);
  for (const bytes of [long, ...inputs]) {
    const { stdout } = spawnSync('python3', ['-c', script], { input: bytes, maxBuffer: 1 << 28 });
    const all = Buffer.concat(LEVELS.map((level) => compressed([bytes], level)));
    assert.ok(all.equals(stdout), `input of ${bytes.length} bytes`);
  }
});

test('content in any pieces gives the same bytes', () => {
  const bytes = inputs.at(-4)!;
  const wanted = compressed([bytes], 6);
  for (const size of [1000, 65_536, 99_991]) {
    const parts: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) parts.push(bytes.subarray(at, at + size));
    assert.ok(compressed(parts, 6).equals(wanted), `pieces of ${size} bytes`);
  }
});

test('streams that take turns do not disturb one another', () => {
  const [a, b] = [inputs.at(-3)!, inputs.at(-2)!];
  const [one, other] = [gzipSteps([a, a], 6), gzipSteps([b, b], 9)];
  const made: [Uint8Array[], Uint8Array[]] = [[], []];
  for (;;) {
    const [first, second] = [one.next(), other.next()];
    if (!first.done) made[0].push(first.value);
    if (!second.done) made[1].push(second.value);
    if (first.done && second.done) break;
  }
  assert.ok(Buffer.concat(made[0]).equals(compressed([a, a], 6)));
  assert.ok(Buffer.concat(made[1]).equals(compressed([b, b], 9)));
});

test.run();

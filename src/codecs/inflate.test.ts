import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VerificationError } from '../errors.ts';
import { shuffled } from '../stats/random.ts';
import { noise } from '../testing/noise.ts';
import { has, inDirectory, shell } from '../testing/shell.ts';
import { type Checkpoint, findCheckpoints, inflateFrom, spanStart } from './inflate.ts';

const SPAN = 40_000;
const text = Buffer.from(
  shuffled(
    Array.from({ length: 45_000 }, (_, n) => `word${n % 9973} `),
    5,
  ).join(''),
);
const noisy = Buffer.from(noise(250_000));
const mixed = Buffer.concat([text, noisy, Buffer.alloc(300_000), text.subarray(1000)]);

const joined = (...members: readonly Buffer[]): Buffer => Buffer.concat(members);
const cases: Readonly<Record<string, readonly [content: Buffer, gzip: Buffer]>> = {
  'dynamic codes': [mixed, gzipSync(mixed, { level: 6 })],
  'fast and small blocks': [mixed, gzipSync(mixed, { level: 1, memLevel: 1 })],
  'fixed codes': [mixed, gzipSync(mixed, { memLevel: 1, strategy: constants.Z_FIXED })],
  'codes without matches': [mixed, gzipSync(mixed, { strategy: constants.Z_HUFFMAN_ONLY })],
  'stored blocks': [mixed, gzipSync(mixed, { level: 0 })],
  'stored among others': [noisy, gzipSync(noisy, { memLevel: 1 })],
  'several members': [
    joined(text, noisy, text),
    joined(gzipSync(text), gzipSync(noisy), gzipSync(''), gzipSync(text, { level: 9 })),
  ],
  'an empty member last': [mixed, joined(gzipSync(mixed), gzipSync(''))],
  'padding behind': [mixed, joined(gzipSync(mixed), Buffer.alloc(512))],
  'one block': [text.subarray(0, 1000), gzipSync(text.subarray(0, 1000))],
};

/** Stored bytes and content of each span. */
function spansOf(
  checkpoints: readonly Checkpoint[],
  gzip: Uint8Array,
  length: number,
): readonly (readonly [Checkpoint, Uint8Array, number])[] {
  return checkpoints.map((checkpoint, number) => {
    const next = checkpoints[number + 1];
    const stored = gzip.slice(spanStart(checkpoint), next?.compressedOffset ?? gzip.length);
    return [checkpoint, stored, (next?.offset ?? length) - checkpoint.offset];
  });
}

for (const [name, [content, gzip]] of Object.entries(cases)) {
  test(`every span is read by itself, in any order: ${name}`, () => {
    const checkpoints = findCheckpoints(gzip, SPAN);
    assert.is(checkpoints[0]?.offset, 0);
    for (const [index, { offset }] of checkpoints.slice(1).entries()) {
      assert.ok(offset > checkpoints[index]!.offset + SPAN);
    }
    for (const [checkpoint, stored, length] of shuffled(
      spansOf(checkpoints, gzip, content.length),
      3,
    )) {
      const expected = content.subarray(checkpoint.offset, checkpoint.offset + length);
      assert.is(Buffer.compare(inflateFrom(checkpoint, stored, length), expected), 0);
    }
  });
}

test('checkpoints lie at every bit of a byte', () => {
  // Runtimes compress the same case to other blocks: it takes several to meet every bit on each.
  const checkpoints = ['fast and small blocks', 'fixed codes', 'several members'].flatMap((name) =>
    findCheckpoints(cases[name]![1], 1),
  );
  assert.equal([...new Set(checkpoints.map(({ bits }) => bits))].sort(), [0, 1, 2, 3, 4, 5, 6, 7]);
});

const isRefused = (work: () => unknown): void =>
  assert.throws(work, (error: Error) => error instanceof VerificationError);

test('cut, damaged and other data is refused', () => {
  const [content, gzip] = cases['dynamic codes']!;
  isRefused(() => findCheckpoints(gzip.subarray(0, -1), SPAN));
  isRefused(() => findCheckpoints(content, SPAN));
  isRefused(() => findCheckpoints(new Uint8Array(0), SPAN));
  const [first] = spansOf(findCheckpoints(gzip, SPAN), gzip, content.length);
  const [checkpoint, stored, length] = first!;
  isRefused(() => inflateFrom(checkpoint, stored.subarray(0, -9), length));
  isRefused(() => inflateFrom({ ...checkpoint, bits: 3 }, new Uint8Array(0), length));
  isRefused(() =>
    inflateFrom(checkpoint, gzip.subarray(spanStart(checkpoint)), 1 + content.length),
  );
});

test('gztool finds the same checkpoints', async () => {
  if (!has('gztool', 'tar', 'gzip')) return;
  await inDirectory((directory) => {
    shell('tar -cf - -C /usr bin | head -c 24000000 | gzip -n >real.gz', directory);
    const list = shell('gztool -v0 -s 1 -i real.gz && gztool -lll real.gz', directory);
    const points = [...list.matchAll(/#\d+: @ (\d+) \/ (\d+) /g)].map(([, compressed, offset]) => [
      Number(compressed),
      Number(offset),
    ]);
    assert.ok(points.length > 10);
    const ours = findCheckpoints(readFileSync(join(directory, 'real.gz')), 1 << 20);
    assert.equal(
      ours.map(({ compressedOffset, offset }) => [compressedOffset, offset]),
      points,
    );
  });
});

test.run();

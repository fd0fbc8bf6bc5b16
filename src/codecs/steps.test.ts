import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VerificationError } from '../errors.ts';
import { MemorySource } from '../streams/source.ts';
import { has, lackOfTime, unless } from '../testing/needs.ts';
import { noise } from '../testing/noise.ts';
import { codecMembers, createCodec } from './mod.ts';
import { decompressStream } from './read.ts';

const slow = unless(test, lackOfTime());

/** Text between noise, longer than the windows of all codecs here. */
const content = new Uint8Array(
  Buffer.concat(
    Array.from({ length: 30 }, (_, number) => [
      noise(20_000, number | 1),
      Buffer.from(`line ${number % 4} of a text\n`.repeat(3000)),
    ]).flat(),
  ),
);

function* stepsOf(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function collect(parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<Buffer> {
  const kept: Uint8Array[] = [];
  for await (const part of parts) kept.push(part.slice());
  return Buffer.concat(kept);
}

for (const { name } of codecMembers) {
  (name === 'delivered' ? slow : test)(
    `${name}: steps give the bytes of one call, or their own of what is not held`,
    async () => {
      const { compress, steps, heldBytes } = await createCodec(name);
      if (!steps) return;
      const made = (length: number): Promise<Buffer> =>
        collect(steps.compress(stepsOf(content, length)));
      const stored = heldBytes === undefined ? compress(content) : await made(1 << 20);
      for (const length of [1009, 65_536, 4 << 20]) {
        assert.is(Buffer.compare(await made(length), stored), 0, `${length}`);
      }
      const restored = await collect(steps.decompress(new MemorySource(stored), content.length));
      assert.is(Buffer.compare(restored, content), 0);
      if (name === 'none') return;
      const cut = new MemorySource(stored.subarray(0, stored.length - 9));
      let error: unknown;
      try {
        for await (const _ of steps.decompress(cut, content.length));
      } catch (caught) {
        error = caught;
      }
      assert.instance(error, VerificationError);
    },
  );
}

slow(
  'a long file by zstd itself is read, in whatever window and however it was divided',
  async () => {
    if (!has('zstd')) return;
    // The program that runs this: more than fits into one call, and no two machines the same.
    const file = process.execPath;
    const whole = createHash('sha256').update(readFileSync(file)).digest('hex');
    for (const words of [['-1'], ['-1', '--long=27', '--no-check'], ['-1', '--long=28']]) {
      const child = spawn('zstd', ['-q', '-c', ...words, file], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const hash = createHash('sha256');
      for await (const part of decompressStream(child.stdout, 'zstd')) hash.update(part);
      assert.is(hash.digest('hex'), whole, words.join(' '));
    }
  },
);

/** Of Node 24.21.0: createZstdCompress at this level, flushed after each MiB of `content`. */
const FLUSHED = {
  1: '6267011a13a8034b7a446ec546e79955fe95b0710fce520ef32a2e16bfc473f4',
  3: '3784fe0018c994d6e93c5107c07d72efff5733f322111878f90872eb8b39dac3',
  19: '4f606a52ab742f2e487eeeea332e0b5589d2131acc4c84a7d17af03a7491159a',
};

test('long zstd has the bytes of the libzstd 1.5.7 in Node, flushed after every MiB', async () => {
  for (const [level, digest] of Object.entries(FLUSHED)) {
    const { steps } = await createCodec(`zstd:level=${level}`);
    const stored = await collect(steps!.compress([content]));
    assert.is(createHash('sha256').update(stored).digest('hex'), digest, level);
  }
});

test('the zstd program reads what was compressed in steps', async () => {
  if (!has('zstd')) return;
  const { steps } = await createCodec('zstd');
  const stored = await collect(steps!.compress([content]));
  const { stdout, status } = spawnSync('zstd', ['-dc'], { input: stored, maxBuffer: 64 << 20 });
  assert.is(status, 0);
  assert.is(Buffer.compare(stdout, content), 0);
});

unless(test, lackOfTime())('streams of zstd that are made at once do not mix', async () => {
  const { steps } = await createCodec('zstd');
  const all = await Promise.all([1, 2, 3].map(() => collect(steps!.compress([content]))));
  for (const one of all) assert.is(Buffer.compare(one, all[0]!), 0);
});

test.run();

import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { limits } from '../limits.ts';
import { createModel } from '../models/mod.ts';
import { sha256 } from '../packers/blobs.ts';
import { memoryStore } from '../packers/store.ts';
import { identify, tagOf } from '../processes.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { Rope } from '../streams/rope.ts';
import { MemorySource, readAll } from '../streams/source.ts';
import { imageOfTars } from '../testing/images.ts';
import { noise } from '../testing/noise.ts';
import { sketchTree } from '../testing/trees.ts';
import { differences } from '../trees/compare.ts';
import { pooled } from '../workers/pooled.ts';
import { createInline, type OwnExecutor } from './executor.ts';
import { startsOf } from './work.ts';

const own = `ocibench-${tagOf(identify())}-`;
const scratch = (): readonly string[] =>
  existsSync(tmpdir()) ? readdirSync(tmpdir()).filter((name) => name.startsWith(own)) : [];

/** As if everything were long: more than is held, and more than a chunk. */
async function withLimits<T>(changed: Partial<typeof limits>, work: () => Promise<T>): Promise<T> {
  const before = { ...limits };
  Object.assign(limits, changed);
  try {
    return await work();
  } finally {
    Object.assign(limits, before);
  }
}

const LONG = { heldBytes: 0, chunkBytes: 1000 };
const files = Array.from({ length: 40 }, (_, number) => [
  `file-${number}`,
  { content: noise(500 * (number % 9), number % 7) },
]);
const image = imageOfTars(readAll(treeToTar(sketchTree(Object.fromEntries(files)))));

/** Every packer, and every codec that takes steps. */
const MODELS = ['oci-gzip', 'catar', 'catar-blob', 'restic', 'puzzlefs', 'ostree', 'estargz'];

for (const alias of [...MODELS, 'composefs-chunked', 'soci-index', 'tar|whole|none|layers|get']) {
  test(`${alias}: scratch files and steps change nothing, and are gone`, async () => {
    const model = await createModel(alias);
    const digest = async (executor: OwnExecutor): Promise<string> => {
      try {
        const packed = await model.pack(image, executor);
        const tree = await model.unpack(packed.manifest, memoryStore(packed), executor);
        assert.equal(differences(image.tree, tree, model.fidelity, 3).map(String), []);
        return sha256(packed.manifest);
      } finally {
        await executor.close();
      }
    };
    const held = await digest(createInline());
    assert.is(await withLimits(LONG, () => digest(createInline())), held);
    assert.equal(scratch(), []);
  });
}

test('zstd takes a piece above limits.wholeBytes in steps, as a frame without content size', async () => {
  // A codec of one level is made once, with the limit of then.
  const packed = (wholeBytes: number, level: number): Promise<Uint8Array> =>
    withLimits({ chunkBytes: 1000, wholeBytes }, async () => {
      const model = await createModel(`files|whole|zstd:level=${level}|objects|get`);
      const own = imageOfTars(
        readAll(treeToTar(sketchTree({ long: { content: noise(9000, 1) } }))),
      );
      const found = await model.pack(own, createInline());
      const tree = await model.unpack(found.manifest, memoryStore(found), createInline());
      assert.equal(differences(own.tree, tree, model.fidelity, 3).map(String), []);
      return readAll(found.stored.bytes);
    });
  // RFC 8878, 3.1.1.1: a frame with a content size of two bytes has the bit of one segment, or a flag other than 0.
  const hasContentSize = (frame: Uint8Array): boolean => (frame[4]! & 0b1110_0000) !== 0;
  assert.ok(hasContentSize(await packed(9000, 4)));
  assert.not(hasContentSize(await packed(8999, 5)));
});

test('threads store what is equal once, in the order of first appearance', async () => {
  const distinct = Array.from({ length: 20 }, (_, number) => noise(40_000, number));
  const parts = Array.from({ length: 100 }, (_, number) => distinct[number % 20]!);
  const source = new MemorySource(new Uint8Array(Buffer.concat(parts)));
  const lengths = Float64Array.from(parts, ({ length }) => length);
  const packBy = async (executor: OwnExecutor): Promise<readonly [string, number, string]> => {
    const { objects, sequence, stored } = await executor.pack(source, lengths, 'zstd:level=1');
    assert.equal(
      [...sequence].slice(0, 60),
      [...new Array(60).keys()].map((n) => n % 20),
    );
    const pieces = stored.lengths.reduce((sum, length) => sum + length, 0);
    assert.is(stored.bytes.length, pieces);
    return [sha256(objects.digests), objects.count, sha256(stored.bytes)];
  };
  const [inline, threads] = [createInline(), pooled(3)];
  try {
    const inThread = await packBy(inline);
    assert.is(inThread[1], 20);
    assert.equal(await withLimits(LONG, () => packBy(inline)), inThread);
    assert.equal(await packBy(threads), inThread);
    assert.equal(await withLimits({ heldBytes: 0 }, () => packBy(threads)), inThread);
  } finally {
    await inline.close();
    await threads.close();
  }
  assert.equal(scratch(), []);
});

test('the threads of one executor restore one image after another, and what is held lies in its place', async () => {
  const executor = pooled(2);
  const codec = 'gzip:level=1';
  const content = new MemorySource(noise(3_000_000, 2));
  // Nothing first, in between and last.
  const lengths = Float64Array.of(0, 1_000_000, 1, 0, 1_999_000, 999, 0);
  const ranges = { offsets: startsOf(lengths), lengths };
  try {
    const digests = await executor.digest(content, ranges);
    const pieces = await executor.compress(content, ranges, codec);
    const starts = startsOf(pieces.lengths);
    const given = [...pieces.lengths].map((length, number) =>
      new Rope().slice(pieces.bytes, starts[number]!, length),
    );
    for (const heldBytes of [limits.heldBytes, limits.heldBytes, 0]) {
      const restored = await withLimits({ heldBytes }, () =>
        executor.decompress(given, lengths, digests, codec),
      );
      assert.is(sha256(readAll(restored)), sha256(content.bytes));
    }
  } finally {
    await executor.close();
  }
});

test('a thread that fails ends the pass', async () => {
  const executor = pooled(2);
  const bytes = new MemorySource(noise(100_000, 1));
  const lengths = new Float64Array(10).fill(10_000);
  const pieces = [...lengths].map(() => bytes);
  const error = await executor
    .decompress(pieces, lengths, new Uint8Array(320), 'gzip:level=1')
    .catch(String);
  assert.match(String(error), /VerificationError: not the gzip data/);
  const ranges = { offsets: startsOf(lengths), lengths };
  assert.is((await executor.digest(bytes, ranges)).length, 320);
  await executor.close();
});

test.run();

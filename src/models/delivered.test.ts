import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createCodec } from '../codecs/mod.ts';
import { SkippedError } from '../errors.ts';
import type { Image } from '../images/image.ts';
import { inline } from '../objects/executor.ts';
import { concatenate } from '../packers/blobs.ts';
import { memoryStore } from '../packers/store.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { readAll } from '../streams/source.ts';
import { deliveredImage, imageOfTars } from '../testing/images.ts';
import { noise } from '../testing/noise.ts';
import { has, inDirectory } from '../testing/shell.ts';
import { sketchTree } from '../testing/trees.ts';
import { differences } from '../trees/compare.ts';
import { pooled } from '../workers/pooled.ts';
import { createModel } from './mod.ts';

const tars = ['one', 'two', 'three'].map((name, seed) =>
  readAll(treeToTar(sketchTree({ [name]: { content: noise(90_000, seed) } }))),
);

/** Packs by `oci-gzip`, restores, and gives media type and size of each layer. */
async function packed(
  image: Image,
  executor = inline,
): Promise<readonly (readonly [string, number])[]> {
  const model = await createModel('oci-gzip');
  const result = await model.pack(image, executor);
  const tree = await model.unpack(result.manifest, memoryStore(result), executor);
  assert.equal(differences(image.tree, tree, model.fidelity).map(String), []);
  return result.output.layers.map(({ descriptor }) => [descriptor.mediaType, descriptor.size]);
}

const TYPE = 'application/vnd.oci.image.layer.v1.tar';

test('layers count as delivered, however each was compressed', async () => {
  const zstd = await createCodec('zstd');
  const [plain, zipped, framed] = tars as [Uint8Array, Uint8Array, Uint8Array];
  const members = concatenate([gzipSync(zipped.slice(0, 1e4)), gzipSync(zipped.slice(1e4))]);
  const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);
  const frames = concatenate([
    zstd.compress(framed.slice(0, 1e4)),
    skippable,
    zstd.compress(framed.slice(1e4)),
  ]);
  await inDirectory(async (directory) => {
    const image = deliveredImage(
      directory,
      { tar: plain, stored: plain, suffix: '' },
      { tar: zipped, stored: members, suffix: '+gzip' },
      { tar: framed, stored: frames, suffix: '+zstd' },
    );
    const expected = [
      [TYPE, plain.length],
      [`${TYPE}+gzip`, members.length],
      [`${TYPE}+zstd`, frames.length],
    ];
    assert.equal(await packed(image), expected);
    const executor = pooled(2);
    assert.equal(await packed(image, executor), expected);
    await executor.close();
  });
});

test('a layer that nobody delivered is compressed as builders do', async () => {
  const gzip = await createCodec('gzip:level=6');
  const expected = tars.map((tar) => [`${TYPE}+gzip`, gzip.compress(tar).length]);
  assert.equal(await packed(imageOfTars(...tars)), expected);
});

test('a blob that is not its layer is refused', async () => {
  await inDirectory(async (directory) => {
    const [tar, other] = tars as [Uint8Array, Uint8Array];
    for (const stored of [other, other.slice(1), gzipSync(other)]) {
      const image = deliveredImage(directory, { tar, stored, suffix: '' });
      let name = '';
      await packed(image).catch((error: Error) => {
        name = error.name;
      });
      assert.is(name, 'VerificationError');
    }
  });
});

test('a layer by a compression that no client reads is skipped by name', async () => {
  if (!has('xz')) return;
  const [tar] = tars;
  const { stdout } = spawnSync('xz', ['-c'], { input: tar, maxBuffer: 1 << 28 });
  await inDirectory(async (directory) => {
    const stored = new Uint8Array(stdout);
    const image = deliveredImage(directory, { tar: tar!, stored, suffix: '+gzip' });
    const error = await packed(image).catch((caught: unknown) => caught);
    assert.instance(error, SkippedError);
    assert.match(String(error), /compressed by xz/);
  });
});

test.run();

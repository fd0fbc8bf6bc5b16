import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VerificationError } from '../errors.ts';
import { createInline, type Executor, inline } from '../objects/executor.ts';
import { digestAt } from '../packers/blobs.ts';
import type { Packed, Store } from '../packers/packer.ts';
import { memoryStore, partOf } from '../packers/store.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { type ByteSource, MemorySource, readAll } from '../streams/source.ts';
import { imageOfTars } from '../testing/images.ts';
import { noise } from '../testing/noise.ts';
import { sketchTree } from '../testing/trees.ts';
import { pooled } from '../workers/pooled.ts';
import { createModel, presets } from './mod.ts';

const files = Array.from({ length: 12 }, (_, number) => [
  `file-${number}`,
  { content: noise(900 * (number + 1), number + 1) },
]);
const image = imageOfTars(readAll(treeToTar(sketchTree(Object.fromEntries(files)))));
/** Where bytes are flipped, as shares of what is stored as one thing. */
const PLACES = [0, 0.3, 0.5, 0.8, 0.99];

/** The store with one bit of its last content turned round. */
function damaged(packed: Packed, place: number): Store {
  const whole = memoryStore(packed);
  const flipped = (source: ByteSource): ByteSource => {
    const bytes = readAll(source);
    const at = Math.min(bytes.length - 1, Math.floor(place * bytes.length));
    bytes[at]! ^= 1;
    return new MemorySource(bytes);
  };
  const { layers, loose } = packed.output;
  if (loose) {
    const name = digestAt(packed.objects, packed.objects.count - 1);
    const object = flipped(whole.object(name));
    return { ...whole, object: (one) => (one === name ? object : whole.object(one)) };
  }
  const { descriptor } = layers.findLast(({ role }) => role === 'content')!;
  const content = flipped(whole.blob(descriptor.digest));
  const blob = (digest: string): ByteSource =>
    digest === descriptor.digest ? content : whole.blob(digest);
  const range: Store['range'] = (digest, offset, length) =>
    partOf(blob(digest), offset, length, {});
  return { ...whole, blob, range };
}

const saidBy = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing',
    (error: unknown) => String(error),
  );

for (const { alias } of presets) {
  test(`${alias}: verifying refuses what unpacking refuses, in the same words`, async () => {
    const model = await createModel(alias);
    const packed = await model.pack(image, inline);
    await model.verify!(packed.manifest, memoryStore(packed), inline);
    const said = new Set<string>();
    for (const place of PLACES) {
      const store = damaged(packed, place);
      const [verified, unpacked] = [
        await saidBy(model.verify!(packed.manifest, store, inline)),
        await saidBy(model.unpack(packed.manifest, store, inline)),
      ];
      assert.is(verified, unpacked, `a bit at ${place}`);
      said.add(verified);
    }
    assert.ok([...said].some((text) => text !== 'nothing'));
  });
}

test('nothing of what is verified is kept, by one thread or several', async () => {
  const model = await createModel('catar|fastcdc:avg=1KiB|zstd:1|objects|get');
  for (const executor of [createInline(), pooled(2)]) {
    try {
      const packed = await model.pack(image, executor);
      const asked: string[] = [];
      const watched: Executor = {
        ...executor,
        decompress: () => Promise.reject(new Error('contents are asked for')),
        verify: async (...given) => {
          asked.push('verify');
          assert.is(await executor.verify(...given), undefined);
        },
      };
      await model.verify!(packed.manifest, memoryStore(packed), watched);
      assert.equal(asked, ['verify']);
      const store = damaged(packed, 0.9);
      const error = await model.verify!(packed.manifest, store, executor).catch((one) => one);
      assert.instance(error, VerificationError);
    } finally {
      await executor.close();
    }
  }
});

test.run();

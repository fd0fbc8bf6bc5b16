import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createCodec } from '../codecs/mod.ts';
import { SkippedError, VerificationError } from '../errors.ts';
import type { Request } from '../fetchers/fetcher.ts';
import type { Image } from '../images/image.ts';
import { Holdings } from '../measures/holdings.ts';
import { createModel } from '../models/mod.ts';
import { inline } from '../objects/executor.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { type ByteSource, MemorySource, readAll } from '../streams/source.ts';
import { deliveredImage, imageOfTars } from '../testing/images.ts';
import { lackOfTime, unless } from '../testing/needs.ts';
import { noise } from '../testing/noise.ts';
import { inDirectory } from '../testing/shell.ts';
import { type Sketch, sketchTree } from '../testing/trees.ts';
import { differences } from '../trees/compare.ts';
import { takeInventory } from './inventory.ts';
import type { Manifest, Packed, Store } from './packer.ts';
import { memoryStore, partOf } from './store.ts';
import { listFiles } from './ztoc-files.ts';

const slow = unless(test, lackOfTime());

const MODEL = 'layers|whole|delivered|ztoc:span=32KiB,least=10KiB|range';

const tarOf = (sketches: Readonly<Record<string, Sketch>>): Uint8Array =>
  readAll(treeToTar(sketchTree(sketches)));

const large = tarOf({
  data: { content: noise(400_000), mtime: 1_500_000_000_250_000_000n },
  link: { type: 'symlink', target: 'data' },
  [`${'long'.repeat(60)}`]: { content: noise(200_000, 3), uid: 1000, mode: 0o4755 },
  marked: { content: 'x', xattrs: { 'user.one': Buffer.from('two') } },
  zeros: { content: new Uint8Array(300_000) },
});
const small = tarOf({ note: { content: 'a few words' } });

async function pack(id: string, image: Image): Promise<Packed> {
  return (await createModel(id)).pack(image, inline);
}

async function assertRestores(
  id: string,
  image: Image,
  packed: Packed,
  store: Store,
): Promise<void> {
  const model = await createModel(id);
  const tree = await model.unpack(packed.manifest, store, inline);
  assert.equal(differences(image.tree, tree, model.fidelity).map(String), []);
}

test('a long layer is restored from its spans, a short one is fetched whole', async () => {
  await inDirectory(async (directory) => {
    const image = deliveredImage(
      directory,
      { tar: large, stored: gzipSync(large), suffix: '+gzip' },
      { tar: small, stored: gzipSync(small), suffix: '+gzip' },
    );
    const packed = await pack(MODEL, image);
    const { layers, layerIndexes } = packed.output;
    assert.equal(
      layers.map(({ descriptor }) => descriptor.digest),
      image.layers.map((layer) => layer.delivered?.digest),
    );
    assert.is(layerIndexes?.indexes.length, 1);
    assert.ok(layerIndexes!.indexes[0]!.spans.length > 10);
    const whole = memoryStore(packed);
    const asked = new Set<string>();
    const watched: Store = { ...whole, blob: (digest) => whole.blob(asked.add(digest) && digest) };
    await assertRestores(MODEL, image, packed, watched);
    assert.not.ok(asked.has(layers[0]!.descriptor.digest), 'the long layer was read whole');
    assert.ok(asked.has(layers[1]!.descriptor.digest));
  });
});

slow(
  'layers that the model compressed itself are restored too, with an index and without',
  async () => {
    const image = imageOfTars(large, small);
    for (const layers of ['tar|whole|gzip', 'layers|whole|gzip', 'tar|whole|none']) {
      for (const least of ['0', '10KiB', '1GiB']) {
        const id = `${layers}|ztoc:span=32KiB,least=${least}|range`;
        const packed = await pack(id, image);
        await assertRestores(id, image, packed, memoryStore(packed));
      }
    }
  },
);

test('the index is an artifact that the manifest of the image names, and leads to its layer', async () => {
  const packed = await pack(MODEL, imageOfTars(large));
  const manifest = JSON.parse(new TextDecoder().decode(packed.manifest)) as Manifest;
  const store = memoryStore(packed);
  const digest = manifest.annotations['com.amazon.soci.index-digest']!;
  const index = JSON.parse(new TextDecoder().decode(readAll(store.blob(digest)))) as Manifest;
  assert.is(index.config.mediaType, 'application/vnd.amazon.soci.index.v2+json');
  assert.is(new TextDecoder().decode(readAll(store.blob(index.config.digest))), '{}');
  assert.equal(
    index.layers.map(({ mediaType, annotations }) => [mediaType, annotations]),
    [
      [
        'application/octet-stream',
        {
          'com.amazon.soci.image-layer-digest': manifest.layers[0]!.digest,
          'com.amazon.soci.image-layer-mediaType': manifest.layers[0]!.mediaType,
          'com.amazon.soci.span-size': '32768',
        },
      ],
    ],
  );
});

test('a layer has an index from the length on that is asked for', async () => {
  const image = imageOfTars(small);
  const { length } = (await pack(MODEL, image)).output.layers[0]!.bytes;
  for (const [least, isIndexed] of [
    [length - 1, true],
    [length, true],
    [length + 1, false],
  ] as const) {
    const id = `layers|whole|delivered|ztoc:least=${least}|range`;
    const packed = await pack(id, image);
    assert.is(packed.output.layerIndexes !== undefined, isIndexed);
    await assertRestores(id, image, packed, memoryStore(packed));
  }
});

test('layers that are not compressed have spans of one length; of zstd there is no index', async () => {
  await inDirectory(async (directory) => {
    const plain = deliveredImage(directory, { tar: large, stored: large, suffix: '' });
    const packed = await pack(MODEL, plain);
    assert.is(
      packed.output.layers[0]!.descriptor.mediaType,
      'application/vnd.oci.image.layer.v1.tar',
    );
    const [index] = packed.output.layerIndexes!.indexes;
    assert.is(index!.spans.length, Math.ceil(large.length / 32768));
    assert.equal(index!.spans[1], { offset: 32768, length: 32768 });
    await assertRestores(MODEL, plain, packed, memoryStore(packed));

    const zstd = await createCodec('zstd');
    const other = deliveredImage(directory, {
      tar: large,
      stored: zstd.compress(large),
      suffix: '+zstd',
    });
    let error: unknown;
    await pack(MODEL, other).catch((cause) => {
      error = cause;
    });
    assert.instance(error, SkippedError);
    assert.match(String(error), /SOCI has no index for .*tar\+zstd/);
  });
});

test('a client asks for the index, then for all spans in one range; for layers it holds, for nothing', async () => {
  const model = await createModel(MODEL);
  const image = imageOfTars(large, small);
  const packed = await pack(MODEL, image);
  const inventory = takeInventory('both', model.id, packed);
  const [first, second] = inventory.layers;
  const { manifest, config, indexes } = inventory.layerIndexes!;
  const brief = ({ kind, digest, ranges }: Request): unknown => [kind, digest, ranges ?? 'whole'];
  const cold = model.transfer(inventory, new Holdings());
  assert.equal(
    cold.plan.slice(1).map((round) => round.map(brief)),
    [
      [
        ['blob', inventory.config.digest, 'whole'],
        ['manifest', manifest.digest, 'whole'],
      ],
      [
        ['blob', indexes[0]!.digest, 'whole'],
        ['blob', second!.digest, 'whole'],
      ],
      [['blob', first!.digest, [{ offset: 0, length: first!.size }]]],
    ],
  );
  assert.is(cold.contentBytes, first!.size + second!.size);
  assert.is(
    cold.metadataBytes,
    inventory.manifestBytes + inventory.config.size + manifest.size + indexes[0]!.size,
  );

  const held = new Holdings();
  held.pull(takeInventory('base', model.id, await pack(MODEL, imageOfTars(large))));
  const update = model.transfer(inventory, held);
  assert.equal(
    update.plan.slice(2).map((round) => round.map(brief)),
    [[['blob', second!.digest, 'whole']]],
  );
  held.pull(inventory);
  assert.is(model.transfer(inventory, held).requests, 1);
  assert.ok(held.blobs.has(config.digest));
});

test('a client without SOCI takes the same layers whole', async () => {
  const packed = await pack(MODEL, imageOfTars(large));
  const plain = await createModel(MODEL.replace('|range', '|get'));
  const layers = await createModel('oci-gzip');
  const held = new Holdings();
  const own = plain.transfer(takeInventory('a', plain.id, packed), held);
  const inventory = takeInventory('a', layers.id, await pack('oci-gzip', imageOfTars(large)));
  const whole = layers.transfer(inventory, held);
  assert.is(own.contentBytes, whole.contentBytes);
  assert.is(own.requests, whole.requests);
});

test('a changed span and a changed zTOC are found', async () => {
  const model = await createModel(MODEL);
  const packed = await pack(MODEL, imageOfTars(large));
  const store = memoryStore(packed);
  const [index] = packed.output.layerIndexes!.indexes;
  const { digest } = index!.blob.descriptor;
  const damaged = (at: number, source: ByteSource): ByteSource =>
    new MemorySource(readAll(source).map((byte, position) => (position === at ? byte ^ 1 : byte)));
  const stores: readonly Store[] = [
    { ...store, range: (name, offset, length) => damaged(500, store.range(name, offset, length)) },
    { ...store, range: (name, offset, length) => store.range(name, offset, length - 1) },
    {
      ...store,
      blob: (name) => (name === digest ? partOf(store.blob(name), 0, 90, {}) : store.blob(name)),
    },
    {
      ...store,
      blob: (name) => (name === digest ? new MemorySource(new Uint8Array(4000)) : store.blob(name)),
    },
  ];
  for (const one of stores) {
    let error: unknown;
    await model.unpack(packed.manifest, one, inline).catch((cause) => {
      error = cause;
    });
    assert.instance(error, VerificationError);
  }
});

test('an archive ends with its marker, padded or not', () => {
  const { archiveBytes } = listFiles(new MemorySource(small));
  const padded = new Uint8Array(small.length + 20_480);
  padded.set(small);
  assert.is(listFiles(new MemorySource(padded)).archiveBytes, archiveBytes);
  assert.ok(archiveBytes <= small.length);
  assert.is(
    listFiles(new MemorySource(small.subarray(0, archiveBytes - 1024))).archiveBytes,
    archiveBytes - 1024,
  );
});

test.run();

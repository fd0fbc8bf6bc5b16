import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { codecMembers } from '../codecs/mod.ts';
import { fetcherMembers } from '../fetchers/mod.ts';
import type { Image } from '../images/image.ts';
import { DigestTable } from '../objects/digest-table.ts';
import { inline } from '../objects/executor.ts';
import { packerMembers } from '../packers/mod.ts';
import type { Blob, Packed, Store } from '../packers/packer.ts';
import { memoryStore } from '../packers/store.ts';
import { serialiserMembers } from '../serialisers/mod.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { type ByteSource, MemorySource, readAll } from '../streams/source.ts';
import { refused } from '../testing/archives.ts';
import { imageIn, imageOfTars } from '../testing/images.ts';
import { lackOfTime, unless } from '../testing/needs.ts';
import { noise } from '../testing/noise.ts';
import { inDirectory } from '../testing/shell.ts';
import { richTree, sketchTree } from '../testing/trees.ts';
import { differences } from '../trees/compare.ts';
import type { Tree } from '../trees/tree.ts';
import { pooled } from '../workers/pooled.ts';
import { openArtefact, writeArtefact } from './artefact.ts';
import { measure, measureCell } from './cell.ts';
import { createModel, presets, resolveModels } from './mod.ts';
import type { Model } from './model.ts';

const imageOf = (...trees: readonly Tree[]): Image =>
  imageOfTars(...trees.map((tree) => readAll(treeToTar(tree))));

const names = (members: readonly { readonly name: string }[]): readonly string[] =>
  members.map(({ name }) => name);

/** Trains a dictionary from hundreds of chunks; others of these models train one too. */
const LONG = 'stream:order=extension|fixed:size=100|zstd-dictionary|manifest|get';

/** Presets, and the corners of the design space. */
const MODELS = [
  ...presets.map(({ alias }) => alias),
  'layers|fixed:size=4KiB|none|objects|get',
  'layers|rabin:min=512,avg=1KiB,max=8KiB|gzip:1|blob|range:gap=0,ranges=16',
  'files|fastcdc:avg=1KiB|zstd:1|blob|range',
  'files|whole|none|blob|get',
  'tar|whole|none|layers|get',
  'catar|whole|zstd:1|layers|get',
  'files|fastcdc:avg=1KiB|zstd:1|packs:size=4KiB,chunks=3|get',
  'catar|fixed:size=1KiB|none|packs:size=4KiB|range',
  'packages:layers=2|whole|gzip:1|layers|get',
  'stream:order=extension|fixed:size=100|zstd:1|manifest|get',
  'stream:order=package|fixed:size=100|zstd:1|blob|range',
  'merkle-files|fixed:size=1KiB|none|objects|get',
  'catar|fastcdc:avg=1KiB|zstd-dictionary:level=1,size=1KiB|objects|get',
  'merkle-files|fixed:size=1KiB|zstd-dictionary|objects|get',
  'files|whole|zstd-dictionary|blob|range',
  'files|whole|zstd-dictionary|packs:size=4KiB,chunks=3|range',
  LONG,
  'layer-files|fixed:size=1KiB|gzip:1|estargz|get',
  'tar-files:least=1|fastcdc:avg=1KiB|zstd:1|zstd-chunked|range:gap=0,ranges=16',
];

const slow = unless(test, lackOfTime());

const images: Readonly<Record<string, Image>> = {
  'an image with everything': imageOf(richTree()),
  'an empty image': imageOf(sketchTree({})),
  'an image without layers': imageOf(),
  'an image of one byte': imageOf(sketchTree({ a: { content: 'x' } })),
  'an image of two layers': imageOf(
    sketchTree({ a: { content: 'lower' }, b: { content: 'gone' } }),
    sketchTree({ '.wh.b': {}, a: { content: 'upper' } }),
  ),
};

/** Of the corners, these alone are among the fast tests. */
const FAST = new Set(['an image with everything', 'an image of two layers']);
const isPreset = (id: string): boolean => presets.some(({ alias }) => alias === id);

const executor = pooled(2);
test.after(() => executor.close());

for (const id of MODELS) {
  for (const [what, image] of Object.entries(images)) {
    const isLeftOut = id === LONG || (!isPreset(id) && !FAST.has(what));
    (isLeftOut ? slow : test)(`72 ${id} restores ${what}, on one thread and on two`, async () => {
      const model = await createModel(id);
      const inventory = await measure(image, model);
      const packed = await model.pack(image, executor);
      const tree = await model.unpack(packed.manifest, memoryStore(packed), executor);
      assert.is(tree.entries.length, image.tree.entries.length);
      const again = await measure(image, { ...model, pack: async () => packed });
      assert.is(again.digest, inventory.digest);
    });
  }
}

/** A model that loses or changes something on the way back. */
function lying(model: Model, change: (tree: Tree) => Tree): Model {
  return {
    ...model,
    unpack: async (...args) => change(await model.unpack(...args)),
  };
}

test('74 a model that lies is caught, and says about what', async () => {
  const image = images['an image with everything']!;
  const model = await createModel('per-file');
  const lies: readonly (readonly [RegExp, (tree: Tree) => Tree])[] = [
    [
      /empty: is missing/,
      (tree) => ({ ...tree, entries: tree.entries.filter(({ path }) => path !== 'empty') }),
    ],
    [
      /old: mtime was/,
      (tree) => ({
        ...tree,
        entries: tree.entries.map(({ path, inode }) => ({
          path,
          inode: path === 'old' ? { ...inode, mtime: 0n } : inode,
        })),
      }),
    ],
    [
      /content sha256 was/,
      (tree) => ({
        ...tree,
        sources: tree.sources.map(({ length }) => new MemorySource(new Uint8Array(length))),
      }),
    ],
  ];
  for (const [says, change] of lies) {
    let message = '';
    await measure(image, lying(model, change)).catch((error: Error) => {
      message = String(error);
    });
    assert.match(message, says);
    assert.match(message, /^PluginError/);
  }
});

test('who can mend a model that loses something is told: plug-in, programs, or this', async () => {
  const image = images['an image with everything']!;
  const model = await createModel('per-file');
  const cases: readonly (readonly [Partial<Model>, RegExp])[] = [
    [{}, /— its results are discarded; this is a fault of ocibench: report it/],
    [
      { id: model.id.replace('files', 'files@12345678') },
      /— fix the serialiser, .* of the plug-in/,
    ],
    [
      { id: 'squashfs', tools: () => ({ tar2sqfs: '1.2.0', sqfs2tar: '1.2.0' }) },
      /— its results are discarded: what comes back from tar2sqfs 1\.2\.0, sqfs2tar 1\.2\.0 is/,
    ],
  ];
  for (const [own, says] of cases) {
    const liar = lying({ ...model, ...own }, (tree) => ({ ...tree, entries: [] }));
    const error = String(await measure(image, liar).catch((thrown: unknown) => thrown));
    assert.match(error, says);
  }
});

test('74 a packer that tells less than it stores is caught', async () => {
  const image = images['an image with everything']!;
  for (const id of ['oci-gzip', 'tar-zstd', 'catar-blob', 'per-file']) {
    const model = await createModel(id);
    const packed = await model.pack(image, inline);
    const shrink = (blob: Blob): Blob => ({
      ...blob,
      descriptor: { ...blob.descriptor, size: blob.descriptor.size - 1 },
    });
    const lengths = packed.stored.lengths.map((length) => length - 1);
    const lies: readonly Packed[] = [
      { ...packed, config: shrink(packed.config) },
      { ...packed, output: { ...packed.output, layers: packed.output.layers.map(shrink) } },
      ...(packed.output.loose ? [{ ...packed, stored: { ...packed.stored, lengths } }] : []),
    ];
    for (const lie of lies) {
      await refused(measure(image, { ...model, pack: async () => lie }), /bytes|damaged|digest/);
    }
  }
});

test('74 a store that drops or alters what it holds is caught', async () => {
  const image = images['an image with everything']!;
  for (const id of presets.map(({ alias }) => alias)) {
    const model = await createModel(id);
    const packed = await model.pack(image, inline);
    const store = memoryStore(packed);
    const spoil = (source: ByteSource): ByteSource => {
      const copy = readAll(source);
      copy[copy.length >> 1]! ^= 0xff;
      return new MemorySource(copy);
    };
    const bad: Store = {
      blob: (digest) => spoil(store.blob(digest)),
      range: (...args) => spoil(store.range(...args)),
      object: (name) => spoil(store.object(name)),
    };
    let name = '';
    await model.unpack(packed.manifest, bad, inline).catch((error: Error) => {
      name = error.name;
    });
    assert.match(name, /^(VerificationError|InputError|UnavailableError)$/, id);
  }
});

test('two runs of one model on one image are one digest, on another image another', async () => {
  const { 'an image without layers': _empty, ...distinct } = images;
  const model = await createModel('catar-blob');
  const digests = await Promise.all(
    Object.values(distinct).map(async (image) => (await measure(image, model)).digest),
  );
  assert.is(new Set(digests).size, digests.length);
});

test('every preset is read back from a directory', async () => {
  const image = images['an image with everything']!;
  await inDirectory(async (directory) => {
    for (const { alias } of presets) {
      const model = await createModel(alias);
      const path = join(directory, alias);
      await writeArtefact(await model.pack(image, inline), path, inline);
      const { manifest, store } = openArtefact(path);
      const tree = await model.unpack(manifest, store, inline);
      assert.equal(differences(image.tree, tree, model.fidelity).map(String), [], alias);
    }
  });
});

slow('every combination of members is refused by name or packs and restores', async () => {
  const image = images['an image of two layers']!;
  let legal = 0;
  for (const serialiser of [...names(serialiserMembers), 'tar-files:least=1']) {
    for (const chunker of ['whole', 'fixed:size=4KiB']) {
      for (const compressor of names(codecMembers)) {
        for (const packer of names(packerMembers)) {
          for (const fetcher of names(fetcherMembers)) {
            const id = [serialiser, chunker, compressor, packer, fetcher].join('|');
            try {
              resolveModels([id]);
            } catch (error) {
              assert.match(String(error), /UsageError: '[a-z-]+' and '[a-z-]+' are incompatible/);
              continue;
            }
            const model = await createModel(id);
            legal++;
            const inventory = await measure(image, model);
            const held = { blobs: new Set<string>(), objects: new DigestTable() };
            const { contentBytes, metadataBytes } = model.transfer(inventory, held);
            const layerBytes = inventory.layers.reduce((sum, { size }) => sum + size, 0);
            assert.ok(contentBytes > 0 && metadataBytes > 0, id);
            // A client without anything fetches no more than there is.
            const stored = inventory.objects.stored.reduce((sum, size) => sum + size, 0);
            const most = layerBytes + (inventory.loose ? stored : 0);
            assert.ok(
              contentBytes + metadataBytes <=
                most + inventory.manifestBytes + inventory.config.size,
              id,
            );
          }
        }
      }
    }
  }
  assert.ok(legal > 150, `only ${legal}`);
});

test('ids are canonical, and parts that do not fit are named', () => {
  const [id] = resolveModels(['catar']);
  assert.equal(resolveModels([id!]), [id]);
  assert.equal(resolveModels(['catar', id!, 'catar|fastcdc:avg=64KiB|zstd:3|objects|get']), [id]);
  assert.is(resolveModels(['catar|fastcdc:avg=4KiB..1MiB|none|objects|get']).length, 9);
  const refuses = (text: string, says: RegExp): void => {
    assert.throws(
      () => resolveModels([text]),
      (error: Error) => error.name === 'UsageError' && says.test(String(error)),
    );
  };
  refuses('catarr', /did you mean 'catar'/);
  refuses('catar|whole', /2 parts/);
  refuses('files|whole|none|layers|get', /'files' and 'layers' are incompatible/);
  refuses('tar|fixed|none|layers|get', /'fixed' and 'layers' are incompatible/);
  refuses('tar|whole|none|layers|range', /'layers' and 'range' are incompatible/);
  refuses('tar|whole|delivered|layers|get', /'tar' and 'delivered' are incompatible/);
  refuses('layers|whole|delivered|objects|get', /'delivered' and 'objects' are incompatible/);
  refuses('stream|whole|none|layers|get', /'stream' and 'layers' are incompatible/);
  refuses('files|whole|none|manifest|range', /'manifest' and 'range' are incompatible/);
  refuses('merkle-files|whole|none|blob|get', /'merkle-files' and 'blob' are incompatible/);
  refuses('layer-files|whole|none|objects|get', /'layer-files' and 'objects' are incompatible/);
  refuses('layers|whole|zstd|zstd-chunked|get', /'layers' and 'zstd-chunked' are incompatible/);
  refuses('layer-files|whole|zstd|estargz|get', /'zstd' and 'estargz' are incompatible/);
  refuses(
    'tar-files|whole|zstd|zstd-chunked|get',
    /'tar-files' and 'zstd-chunked' are incompatible/,
  );
  refuses('tar-files|whole|gzip|offset-map|get', /'gzip' and 'offset-map' are incompatible/);
  refuses('files|whole|gzip|ztoc|get', /'files' and 'ztoc' are incompatible/);
  refuses('catar|whole|gzip|ztoc|range', /'catar' and 'ztoc' are incompatible/);
  refuses('tar|fixed|gzip|ztoc|range', /'fixed' and 'ztoc' are incompatible/);
  refuses('tar|whole|zstd|ztoc|range', /'zstd' and 'ztoc' are incompatible/);
  refuses('catar|fastcdc:avg=3|none|objects|get', /'avg' is 3/);
});

test('cells of a series are what each is alone, whatever was compressed before', async () => {
  await inDirectory(async (directory) => {
    const shared = { 'a/same': { content: noise(20_000, 2) }, a: { type: 'directory' } } as const;
    const trees = [richTree(), sketchTree(shared), sketchTree({ ...shared, b: { content: 'b' } })];
    const images = trees.map((tree, number) => imageIn(directory, `i${number}`, tree));
    for (const { chain } of presets) {
      const model = await createModel(chain);
      for (const image of images) {
        const { descriptor } = image;
        const first = images[0]!.descriptor;
        const cell = await measureCell({ image: descriptor, model: model.id, first });
        assert.equal(cell, await measure(image, model, [], first), chain);
      }
    }
  });
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planTransfer } from '../fetchers/fetcher.ts';
import { get } from '../fetchers/get.ts';
import type { Image } from '../images/image.ts';
import type { Model } from '../models/model.ts';
import type { Inventory } from '../packers/inventory.ts';
import { buildMeasures } from '../runs/update-time.ts';
import { inventory } from '../testing/inventories.ts';
import { noise } from '../testing/noise.ts';
import { keepsAll, sampleRecord } from '../testing/sample-run.ts';
import { type Sketch, sketchTree } from '../testing/trees.ts';
import { contentDigest } from '../trees/content.ts';
import type { Fidelity } from '../trees/fidelity.ts';
import type { Tree } from '../trees/tree.ts';
import { type Contents, takeContents } from './contents.ts';
import { DuplicateCount } from './duplicates.ts';
import { SeriesFold } from './fold.ts';
import type { Measurement } from './measurement.ts';

/** The figures of a chunk store whose format keeps these. */
function foldOf(fidelity: Fidelity): {
  add(inventory: Inventory, files: Contents): readonly Measurement[];
} {
  const transfer: Model['transfer'] = (wanted, held) => planTransfer(get, wanted, held, {});
  const fold = new SeriesFold({ id: 'm', fidelity, transfer } as Model, []);
  return { add: (inventory, files) => fold.add(inventory, files).measurements };
}

function contentsOf(tree: Tree, id = 'one', layers: readonly string[] = []): Promise<Contents> {
  const image = {
    descriptor: { id },
    layers: layers.map((diffId) => ({ diffId })),
    tree,
  } as unknown as Image;
  return takeContents(image);
}

const contents = (files: Readonly<Record<string, Sketch>>, id?: string): Promise<Contents> =>
  contentsOf(sketchTree(files), id);

function value(records: readonly Measurement[], measure: string, client = '-'): unknown {
  return records.find((one) => one.measure === measure && one.client === client)?.value;
}

const BLOCK = 4096;

/** Objects that are layers, which only the manifest leads to. */
function layered(image: string, letters: string): Inventory {
  const layers = [...letters].map((letter) => ({
    digest: `sha256:${letter}`,
    size: 40,
    role: 'content' as const,
  }));
  return inventory(image, letters, { loose: false, layers });
}

test('contents: one row a file, hardlinks counted, the distribution read', async () => {
  const found = await contents({
    a: { content: noise(5000, 1) },
    b: { link: 'a' },
    c: {},
    etc: { type: 'directory' },
    'etc/os-release': { type: 'symlink', target: '../usr/lib/os-release' },
    usr: { type: 'directory' },
    'usr/lib': { type: 'directory' },
    'usr/lib/os-release': { content: 'NAME="Some"\nID="some-linux"\nVERSION_ID=1\n' },
  });
  assert.equal(found.paths, ['a', 'c', 'usr/lib/os-release']);
  assert.equal([...found.links], [2, 1, 1]);
  assert.equal([...found.sizes], [5000, 0, 41]);
  assert.equal([...found.allocated], [2 * BLOCK, 0, BLOCK]);
  assert.is(found.distribution, 'some-linux');
  assert.is(
    found.chunks.lengths.reduce((sum, length) => sum + length),
    5041,
  );
});

test('of a sparse file the blocks that hold data are counted, each once', async () => {
  const tree = sketchTree({ a: { content: noise(BLOCK, 1) } });
  const [root, { inode }] = tree.entries as [Tree['entries'][0], Tree['entries'][0]];
  const data = (offset: number, length: number): object => ({ source: 0, offset, length });
  const segments = [
    data(0, 100),
    data(100, 50),
    { source: -1, offset: 0, length: 9000 },
    data(150, 10),
  ];
  const sparse = { ...inode, segments, size: 9160 } as typeof inode;
  const found = await contentsOf({ ...tree, entries: [root, { path: 'a', inode: sparse }] });
  // Bytes 0 … 150 lie in block 0, bytes 9150 … 9160 in block 2.
  assert.equal([...found.allocated], [2 * BLOCK]);
});

test('disk without a store: files in whole blocks, a hardlink once where the format keeps it', async () => {
  const files = await contents({
    a: { content: noise(BLOCK + 1, 1) },
    b: { link: 'a' },
    empty: {},
    small: { content: 'x' },
  });
  const layer = layered('one', 'T');
  const kept = foldOf(keepsAll).add(layer, files);
  assert.is(value(kept, 'disk.bytes'), 3 * BLOCK);
  assert.is(value(kept, 'disk.store_bytes'), 0);
  const dropped = foldOf({ ...keepsAll, hardlinks: false }).add(layer, files);
  assert.is(value(dropped, 'disk.bytes'), 5 * BLOCK);
});

/** Objects that are the contents of these files of the tree, and one that is no file. */
function withFiles(image: string, tree: Tree, paths: readonly string[]): Inventory {
  const base = inventory(image, 'c'.padEnd(paths.length + 1, 'c'));
  for (const [number, path] of paths.entries()) {
    const { inode } = tree.entries.find((entry) => entry.path === path)!;
    base.objects.digests.set(Buffer.from(contentDigest(tree, inode), 'hex'), 32 * number);
  }
  return base;
}

test('objects that are files need no second copy, those that are not stay in a store', async () => {
  const tree = sketchTree({
    a: { content: noise(100, 1) },
    b: { content: noise(100, 1) },
    cut: { content: noise(3 * BLOCK, 2) },
  });
  const files = await contentsOf(tree);
  const fold = foldOf(keepsAll);
  const records = fold.add(withFiles('one', tree, ['a']), files);
  // a and b are one object and one file; `cut` is put together.
  assert.is(value(records, 'disk.files_bytes'), BLOCK + 3 * BLOCK);
  // The chunk that is no file, and the index.
  assert.is(value(records, 'disk.store_bytes'), BLOCK + BLOCK);
  assert.is(value(records, 'disk.bytes'), 6 * BLOCK);
  // Manifest, configuration, index, two objects.
  assert.is(value(records, 'stored.disk_bytes'), 5 * BLOCK);
  const again = fold.add(withFiles('two', tree, ['a', 'cut']), files);
  assert.is(value(again, 'disk.page_cache_shared_bytes', 'previous'), 100);
  // Manifest, index, and the object that is new.
  assert.is(value(again, 'stored.disk_bytes'), 8 * BLOCK);
});

test('files of a layer that is held are in memory once; of an unknown division nothing is said', async () => {
  const diffId = (letter: string): string => `sha256:${Buffer.alloc(32, letter).toString('hex')}`;
  const tree = sketchTree({ a: { content: noise(100, 1) }, b: { content: noise(50, 2) } });
  const files = await contentsOf(tree, 'one', [diffId('A'), diffId('B')]);
  assert.equal([...files.sources], [0, 1]);
  const cached = (first: string, second: string): unknown => {
    const fold = foldOf(keepsAll);
    fold.add(layered('one', first), files);
    return value(
      fold.add(layered('two', second), files),
      'disk.page_cache_shared_bytes',
      'previous',
    );
  };
  assert.is(cached('A', 'AB'), 100);
  assert.is(cached('AB', 'AB'), 150);
  assert.is(cached('S', 'S'), 150);
  assert.is(cached('S', 'T'), 0);
  assert.is(cached('XY', 'XY'), undefined);
});

test('duplicate bytes on common blocks can be shared, shifted ones cannot', async () => {
  const body = noise(20 * BLOCK, 3);
  const parts = (...list: readonly Uint8Array[]): Sketch => ({ content: Buffer.concat(list) });
  const duplicates = new DuplicateCount();
  const of = async (files: Readonly<Record<string, Sketch>>): Promise<readonly unknown[]> => {
    const records = duplicates.add(await contents(files));
    return ['duplicate_bytes', 'reflinkable_bytes'].map((name) => value(records, `image.${name}`));
  };
  assert.equal(await of({ a: parts(body) }), [0, 0]);
  assert.equal(await of({ a: parts(body), b: parts(body) }), [40 * BLOCK, 40 * BLOCK]);
  const [moved, shared] = (await of({ a: parts(noise(BLOCK, 4), body) })) as [number, number];
  assert.ok(moved > 15 * BLOCK && moved <= 20 * BLOCK, `${moved}`);
  assert.ok(shared > moved - 2 * BLOCK && shared <= moved, `${shared}`);
  assert.is(shared % BLOCK, 0);
  const [shifted, none] = (await of({ a: parts(noise(100, 5), body) })) as [number, number];
  assert.ok(shifted > 15 * BLOCK, `${shifted}`);
  assert.is(none, 0);
});

test('building an update: compressing scales with new bytes, the rest with all', () => {
  const stages = [
    ['throughput.serialise_ms', 1],
    ['throughput.chunk_ms', 2],
    ['throughput.hash_ms', 3],
    ['throughput.write_ms', 4],
    ['throughput.compress_ms', 100],
  ] as const;
  const records = [
    ...stages.map(([name, ms]) => sampleRecord('m', name, ms, { workers: 1, n: 1 })),
    sampleRecord('m', 'dedup.stream_bytes', 1000),
    sampleRecord('m', 'dedup.new_bytes', 500),
    sampleRecord('m', 'dedup.stream_bytes', 2000, { image: 'two' }),
    sampleRecord('m', 'dedup.new_bytes', 50, { image: 'two' }),
  ];
  const values = buildMeasures(records, 'm').map(({ image, value: ms }) => [image, ms]);
  assert.equal(values, [
    ['one', 110],
    ['two', 30],
  ]);
  assert.equal(buildMeasures(records.slice(5), 'm'), []);
});

test.run();

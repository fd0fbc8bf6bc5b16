import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { measure } from '../models/cell.ts';
import { createModel, presets } from '../models/mod.ts';
import { DigestTable } from '../objects/digest-table.ts';
import { inline } from '../objects/executor.ts';
import { memoryStore } from '../packers/store.ts';
import { imageIn } from '../testing/images.ts';
import { noise } from '../testing/noise.ts';
import { inDirectory } from '../testing/shell.ts';
import { type Sketch, sketchTree } from '../testing/trees.ts';
import type { Tree } from '../trees/tree.ts';
import { AccessMap } from './mod.ts';

const text = (letter: string, length: number): Sketch => ({ content: letter.repeat(length) });
const directory: Sketch = { type: 'directory' };

const tree = sketchTree({
  a: text('a', 1000),
  d: directory,
  'd/b': text('b', 3000),
  'd/e': directory,
  'd/e/c': text('c', 500),
  f: directory,
  'f/g': text('g', 40),
});

/** As {@link tree}, where no two chunks are equal. */
const numbered = sketchTree({
  a: { content: noise(1000, 1) },
  d: directory,
  'd/b': { content: noise(3000, 2) },
  'd/e': directory,
  'd/e/c': { content: noise(500, 3) },
  f: directory,
  'f/g': { content: noise(40, 4) },
});

async function withMap(
  chain: string,
  of: Tree,
  use: (map: AccessMap) => void | Promise<void>,
): Promise<void> {
  await inDirectory(async (folder) => {
    const image = imageIn(folder, 'i0', of);
    const model = await createModel(chain);
    const inventory = await measure(image, model);
    const store = async () => memoryStore(await model.pack(image, inline));
    await use(await AccessMap.of(model, image, inventory, inline, store));
  });
}

test('13 files: the root lists all paths, and a file is an object more', async () => {
  await withMap('files|whole|none|objects|get', tree, (map) => {
    const { manifestBytes, layers, config } = map.inventory;
    const root = manifestBytes + layers[0]!.size;
    const list = map.list();
    assert.equal([list.bytes, list.requests, list.roundTrips], [root, 2, 2]);
    const read = map.read([{ path: '/d/b' }, { path: 'a' }, { path: 'd' }]);
    assert.equal([read.bytes, read.requests, read.roundTrips], [root + 4000, 4, 3]);
    const configured = map.read([{ path: 'a' }], { configuration: true });
    assert.equal([configured.bytes, configured.requests], [root + config.size + 1000, 4]);
    assert.throws(() => map.read([{ path: 'x' }]), /there is no path 'x'/);
  });
});

test('13 directories that are objects cost a round trip each way down', async () => {
  await withMap('merkle-files|whole|none|objects|get', tree, (map) => {
    // Manifest, root, d, e, c; f is looked into by the one that lists all.
    const read = map.read([{ path: 'd/e/c' }]);
    assert.equal([read.requests, read.roundTrips], [5, 5]);
    const list = map.list();
    assert.equal([list.requests, list.roundTrips], [5, 4]);
  });
});

test('13 a layer without an index is fetched in whole', async () => {
  await withMap('tar|whole|none|layers|get', tree, (map) => {
    const { manifestBytes, layers } = map.inventory;
    for (const cost of [map.list(), map.read([{ path: 'a' }])]) {
      assert.equal([cost.bytes, cost.requests], [manifestBytes + layers[0]!.size, 2]);
    }
  });
});

test('13 ranges of a file bring the chunks that they lie in, merged as the fetcher merges', async () => {
  await withMap('files|fixed:size=1KiB|none|blob|range:gap=0', tree, (map) => {
    const { manifestBytes, placement } = map.inventory;
    const index = manifestBytes + placement!.indexLengths[0]!;
    const at = (offset: number, length: number) => ({ offset, length });
    // 3000 bytes are chunks of 1024, 1024 (one content, stored once) and 952.
    const tail = map.read([{ path: 'd/b', ranges: [at(2048, 1)] }]);
    assert.equal([tail.bytes, tail.requests], [index + 952, 3]);
    const both = map.read([{ path: 'd/b', ranges: [at(1023, 1026)] }]);
    assert.equal([both.bytes, both.requests], [index + 1024 + 952, 3]);
    const none = map.read([{ path: 'd/b', ranges: [at(3000, 5)] }]);
    assert.equal([none.bytes, none.requests], [index, 2]);
  });
});

test('13 a catar is walked by the tables at the ends of its directories', async () => {
  await withMap('catar|whole|none|objects|get', tree, (map) => {
    // One chunk: whatever is asked for, it comes at once.
    assert.equal([map.list().requests, map.list().roundTrips], [3, 3]);
  });
  await withMap('catar|fixed:size=64|none|objects|get', tree, (map) => {
    const [list, read] = [map.list(), map.read([{ path: 'd/e/c' }])];
    const all = map.read(['a', 'd/b', 'd/e/c', 'f/g'].map((path) => ({ path })));
    assert.ok(list.bytes < all.bytes && read.bytes < all.bytes);
    // Manifest and index; then of /, d, e their ends and starts, the rest of each; then c.
    assert.ok(read.roundTrips > 5 && read.roundTrips <= 10);
  });
});

test('13 a proof fetches what leads to digests, and an index without one costs its blob', async () => {
  await withMap('files|whole|none|objects|get', tree, (map) => {
    assert.is(map.prove(['d/b']).bytes, map.list().bytes);
  });
  for (const chain of [
    'catar|fixed:size=64|none|blob|range',
    'tar|fixed:size=1KiB|none|blob|range',
  ]) {
    await withMap(chain, tree, (map) => {
      const { manifestBytes, layers } = map.inventory;
      const { bytes, requests } = map.prove(['d/b']);
      assert.equal([bytes, requests], [manifestBytes + layers[0]!.size, 2]);
    });
  }
  // As RAFS has it: its bootstrap is a layer of its own.
  await withMap('files|whole|none|blob|range', tree, (map) => {
    const { bytes, requests } = map.prove(['d/b']);
    const list = map.list();
    assert.equal([bytes, requests], [list.bytes, 2]);
    const proven = map.read([{ path: 'd/b' }], { isProven: true });
    assert.equal([proven.bytes, proven.requests], [list.bytes + 3000, 3]);
  });
  // Contents end to end, 1000 · 3000 · 500 · 40, in chunks of 1000: those of d/b are its own, d/e/c shares its only one.
  await withMap('stream|fixed:size=1000|none|objects|get', numbered, (map) => {
    const root = map.list().bytes;
    assert.is(map.prove(['d/b']).bytes, root);
    assert.is(map.read([{ path: 'd/b' }]).bytes, root + 3000);
    assert.is(map.prove(['d/e/c']).bytes, root + 540);
  });
});

test('13 of a content that several files have, a table of contents leads to the frames of the file itself', async () => {
  const long = noise(6000, 7);
  const twice = sketchTree({
    a: { content: long.subarray(0, 4096) },
    b: { content: noise(9000, 8) },
    c: { content: long },
  });
  for (const chain of [
    'layer-files|fixed:size=4KiB|zstd:level=3|zstd-chunked|range',
    'layer-files|fixed:size=4KiB|gzip:level=9|estargz|range',
  ]) {
    await withMap(chain, twice, (map) => {
      // Its frames follow one another: one request, and the first is not taken from `a`.
      const ranges = map
        .read([{ path: 'c' }])
        .plan.at(-1)!
        .flatMap((one) => one.ranges ?? []);
      assert.is(ranges.length, 1, chain);
      const [first] = map
        .read([{ path: 'a' }])
        .plan.at(-1)!
        .flatMap((one) => one.ranges ?? []);
      assert.ok(first!.offset + first!.length < ranges[0]!.offset, chain);
      const both = map.read([{ path: 'a' }, { path: 'c' }]);
      assert.is(both.requests, 4, chain);
    });
  }
});

/** Its walk takes ranges round trip by round trip: a gap may be fetched twice. */
const WALKED = 'catar-blob';

test('13 who reads every file of directories and files alone fetches what a cold pull does', async () => {
  const paths = ['a', 'd/b', 'd/e/c', 'f/g'].map((path) => ({ path }));
  for (const { alias } of presets) {
    await withMap(alias, numbered, async (map) => {
      const { contentBytes, metadataBytes } = (await createModel(alias)).transfer(map.inventory, {
        blobs: new Set(),
        objects: new DigestTable(),
      });
      const cold = contentBytes + metadataBytes;
      const all = map.read(paths, { configuration: true }).bytes;
      if (alias === WALKED) assert.ok(all >= cold, alias);
      else assert.is(all, cold, alias);
      assert.ok(map.list().bytes <= map.inventory.manifestBytes + cold, alias);
    });
  }
});

test.run();

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readSquashfs } from '../models/external/file-systems/squashfs-reader.ts';
import { createModel } from '../models/mod.ts';
import { inline } from '../objects/executor.ts';
import { takeInventory } from '../packers/inventory.ts';
import { memoryStore } from '../packers/store.ts';
import { MemorySource, readAll } from '../streams/source.ts';
import { KEEPERS, lackOfCountedServers, serveCounted } from '../testing/counted-server.ts';
import { imageIn } from '../testing/images.ts';
import { lackOf, lackOfServers, unless } from '../testing/needs.ts';
import { noise } from '../testing/noise.ts';
import { inDirectory, shell } from '../testing/shell.ts';
import { type Sketch, sketchTree } from '../testing/trees.ts';
import { type AccessCost, AccessMap } from './mod.ts';

const BLOCK = 128 << 10;
const long = noise(3 * BLOCK + 5000, 1);
// A block of zeros is not stored.
long.fill(0, BLOCK, 2 * BLOCK);
const contents = new Map<string, Uint8Array>([
  ['long', long],
  ['text', new TextEncoder().encode('all work and no play\n'.repeat(20_000))],
  ['exact', noise(BLOCK, 2)],
  ['d/small', noise(700, 3)],
  ['d/empty', new Uint8Array(0)],
  ...Array.from({ length: 900 }, (_, number) => [`d/e/f${number}`, noise(40, number)] as const),
]);

const tree = sketchTree({
  ...Object.fromEntries([...contents].slice(0, 3).map(([path, content]) => [path, { content }])),
  d: { type: 'directory' },
  'd/small': { content: contents.get('d/small')! },
  'd/empty': { content: '' },
  'd/e': { type: 'directory' },
  ...Object.fromEntries(
    [...contents].slice(5).map(([path, content]): [string, Sketch] => [path, { content }]),
  ),
  'd/hard': { link: 'd/small' },
  'd/link': { type: 'symlink', target: 'small' },
});

const packing = unless(test, lackOf('tar2sqfs', 'unsquashfs'));

packing(
  '13 blocks of a squashfs image hold what the files hold, and paths are those of unsquashfs',
  async () => {
    await inDirectory(async (folder) => {
      const model = await createModel('squashfs');
      const packed = await model.pack(imageIn(folder, 'i0', tree), inline);
      const [layer] = packed.output.layers;
      const image = readAll(layer!.bytes);
      const { paths, tables, superBytes } = readSquashfs(new MemorySource(image));
      assert.equal([...paths.keys()].sort(), tree.entries.map(({ path }) => path).sort());
      for (const [path, content] of [...contents, ['d/hard', contents.get('d/small')!] as const]) {
        for (const { contentOffset, contentLength, offset, length } of paths.get(path)!) {
          const own = content.subarray(contentOffset, contentOffset + contentLength);
          if (length === 0) {
            assert.ok(
              own.every((byte) => byte === 0),
              path,
            );
            continue;
          }
          assert.ok(offset >= superBytes && offset + length <= tables.offset, path);
          const stored = image.subarray(offset, offset + length);
          // Blocks that do not shrink are stored plain.
          const block = stored[0] === 0x78 ? tryInflate(stored) : stored;
          assert.ok(Buffer.from(block).includes(Buffer.from(own)), path);
        }
      }
      writeFileSync(join(folder, 'image'), image);
      const listed = shell("unsquashfs -l -d '' image", folder).split('\n').filter(Boolean);
      const own = [...paths.keys()].filter(Boolean);
      assert.equal(own.map((path) => `/${path}`).sort(), listed.sort());
    });
  },
);

unless(
  test,
  lackOf('tar2sqfs'),
  lackOfServers(),
  lackOfCountedServers(),
)(
  '13 a squashfs image is listed and read by the requests that are told, by nginx and docker-registry',
  async () => {
    await inDirectory(async (folder) => {
      const image = imageIn(folder, 'i0', tree);
      const model = await createModel('squashfs');
      const packed = await model.pack(image, inline);
      const inventory = takeInventory('i0', model.id, packed);
      const map = await AccessMap.of(model, image, inventory, inline, async () =>
        memoryStore(packed),
      );
      // The end of its second block on: a hole, and the third.
      const ranges = [{ offset: 2 * BLOCK - 1, length: 2 }];
      const costs = [
        map.list(),
        map.read([{ path: 'd/small' }, { path: 'd/e/f7' }, { path: 'exact' }]),
        map.read([{ path: 'long', ranges }]),
      ];
      for (const keeper of KEEPERS) {
        for (const [number, { plan, bytes, requests }] of costs.entries()) {
          const own = join(folder, `${keeper}-${number}`);
          mkdirSync(own);
          const server = await serveCounted(packed, keeper, own);
          try {
            const [, ...rounds] = plan;
            for (const { digest, ranges: asked } of rounds.flat()) {
              for (const { offset, length } of asked!)
                await server.blob(digest, offset, offset + length);
            }
            assert.equal(await server.counted(), { bytes, requests });
          } finally {
            await server.stop();
          }
        }
      }
      const [list, several, part] = costs as [AccessCost, AccessCost, AccessCost];
      assert.is(list.requests, 3);
      // Ends of small files lie together.
      assert.is(several.requests, 5);
      assert.is(part.bytes - list.bytes, BLOCK);
      assert.is(map.prove(['d/small']).bytes, inventory.manifestBytes + inventory.layers[0]!.size);
    });
  },
);

function tryInflate(stored: Uint8Array): Uint8Array {
  try {
    return inflateSync(stored);
  } catch {
    return stored;
  }
}

test.run();

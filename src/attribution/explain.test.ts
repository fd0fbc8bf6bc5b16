import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Image } from '../images/image.ts';
import { SeriesFold } from '../measures/fold.ts';
import { measure } from '../models/cell.ts';
import { createModel, presets } from '../models/mod.ts';
import { inline } from '../objects/executor.ts';
import type { Inventory } from '../packers/inventory.ts';
import { imageIn } from '../testing/images.ts';
import { noise } from '../testing/noise.ts';
import { inDirectory } from '../testing/shell.ts';
import { ownedTree, richTree, type Sketch, sketchTree } from '../testing/trees.ts';
import type { Tree } from '../trees/tree.ts';
import type { AttributedBytes, Attribution } from './account.ts';
import { type Explained, explainImage } from './explain.ts';

/** What no preset has: root and table in every kind of blob, gaps of any length, packs that are fetched whole. */
const MORE = [
  'layers|fixed:size=4KiB|none|objects|get',
  'layers|rabin:min=512,avg=1KiB,max=8KiB|gzip:1|blob|range:gap=1MiB,ranges=16',
  'files|whole|none|blob|get',
  'catar|whole|zstd:1|layers|get',
  'files|fastcdc:avg=1KiB|zstd:1|packs:size=4KiB,chunks=3|get',
  'catar|fixed:size=1KiB|none|packs:size=4KiB|range:gap=64KiB',
  'packages:layers=2|whole|gzip:1|layers|get',
  'stream:order=package|fixed:size=100|zstd:1|blob|range',
  'merkle-files|fixed:size=1KiB|none|objects|get',
  'files|whole|zstd-dictionary|packs:size=4KiB,chunks=3|range',
  'layer-files|fixed:size=1KiB|gzip:1|estargz|get',
  'tar-files:least=1|fastcdc:avg=1KiB|zstd:1|zstd-chunked|range:gap=0,ranges=16',
  'layers|whole|none|ztoc:span=32KiB,least=0|range',
];

const big = noise(300_000, 1);

function version(more: Readonly<Record<string, Sketch>>, fill: number): Tree {
  return sketchTree({
    a: { type: 'directory' },
    'a/big': { content: big },
    'a/hole': { content: new Uint8Array(200_000) },
    'a/same': { content: noise(20_000, 2) },
    'a/text': { content: 'line of a text\n'.repeat(fill) },
    ...more,
  });
}

const states: readonly Tree[] = [
  richTree(),
  version({ 'b-old': { content: 'old' }, empty: {}, none: { type: 'directory' } }, 4000),
  version({ 'b-new': { content: noise(5000, 4) }, 'b-same': { content: noise(20_000, 2) } }, 4001),
  ownedTree(),
];

async function explain(
  images: readonly Image[],
  chain: string,
  image: string,
  holds: readonly string[],
): Promise<{ readonly explained: Explained; readonly fold: ReturnType<SeriesFold['add']>[] }> {
  const model = await createModel(chain);
  const inventories = new Map<string, Inventory>();
  const series = new SeriesFold(model, []);
  const fold: ReturnType<SeriesFold['add']>[] = [];
  for (const one of images) {
    const first = one === images[0] ? undefined : images[0]!.descriptor;
    inventories.set(one.descriptor.id, await measure(one, model, [], first));
    fold.push(series.add(inventories.get(one.descriptor.id)!));
  }
  const explained = await explainImage({
    model,
    images: images.map(({ descriptor }) => descriptor),
    image,
    holds,
    executor: inline,
    inventory: async ({ id }) => inventories.get(id)!,
    busy() {},
  });
  return { explained, fold };
}

function sums(parts: readonly AttributedBytes[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}

function checkWhole({ bytes, contentBytes, metadataBytes, parts }: Attribution): void {
  assert.is(sums(parts), bytes);
  assert.is(contentBytes + metadataBytes, bytes);
  assert.ok(parts.every((part) => Number.isSafeInteger(part.bytes) && part.bytes >= 0));
  assert.ok(parts.every(({ path, part }) => (path === undefined) !== (part === undefined)));
}

for (const chain of [...presets.map(({ alias }) => alias), ...MORE]) {
  test(`13 every byte of ${chain} has a path or a part, and a cause`, () =>
    inDirectory(async (directory) => {
      const images = states.map((tree, number) => imageIn(directory, `i${number}`, tree));
      for (const [number, image] of ['i0', 'i1', 'i2', 'i3'].entries()) {
        const before = ['i0', 'i1', 'i2', 'i3'].slice(0, number);
        const clients = { none: [], previous: before.slice(-1), 'all-previous': before };
        for (const [client, holds] of Object.entries(clients)) {
          const { explained, fold } = await explain(images, chain, image, holds);
          const { transferred, stored } = explained;
          for (const one of [transferred, ...stored]) checkWhole(one);
          const value = (measure: string, of: string): unknown =>
            fold[number]!.measurements.find(
              (record) => record.measure === measure && record.client === of,
            )?.value;
          assert.is(
            stored.reduce((sum, { bytes }) => sum + bytes, 0),
            value('stored.bytes', '-'),
          );
          if (number > 0 || client === 'none') {
            assert.is(transferred.bytes, value('transfer.bytes', client), client);
            assert.is(transferred.contentBytes, value('transfer.content_bytes', client));
            assert.is(transferred.metadataBytes, value('transfer.metadata_bytes', client));
          }
        }
      }
    }));
}

test.run();

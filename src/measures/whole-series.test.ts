import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planTransfer } from '../fetchers/fetcher.ts';
import { get } from '../fetchers/get.ts';
import type { Image, ImageDescriptor } from '../images/image.ts';
import { limits } from '../limits.ts';
import type { Model } from '../models/model.ts';
import type { Inventory } from '../packers/inventory.ts';
import { inventory } from '../testing/inventories.ts';
import { sketchTree } from '../testing/trees.ts';
import { heldImage } from './clients.ts';
import { takeContents } from './contents.ts';
import type { Measurement } from './measurement.ts';
import { WholeSeries } from './whole-series.ts';

const model = {
  id: 'm',
  fidelity: { hardlinks: true },
  transfer: (wanted: Inventory, held) => planTransfer(get, wanted, held, {}),
} as Model;

const descriptor = (id: string): ImageDescriptor => ({
  id,
  digest: id,
  layers: [{ diffId: id, path: id }],
  config: '{}',
});
const tree = sketchTree({ a: { content: 'a' } });
const contents = await takeContents({
  descriptor: { id: 'a' },
  layers: [],
  tree,
} as unknown as Image);

/** Every image is one letter, of one object of that letter. */
function recordsOf(planned: readonly string[], had: readonly string[]): WholeSeries {
  return new WholeSeries({
    planned,
    images: had.map(descriptor),
    links: [],
    contents: () => contents,
  });
}

const packed = (images: readonly string[]): readonly Inventory[] =>
  images.map((image) => inventory(image, image[0]!));

const held = (records: readonly Measurement[]): readonly string[] => [
  ...new Set(records.flatMap(({ client }) => heldImage(client) ?? [])),
];

test('pairs end at the limit, the base does not', () => {
  const images = Array.from({ length: limits.pairImages + 1 }, (_, number) =>
    String.fromCharCode(0x4e00 + number),
  );
  for (const count of [limits.pairImages - 1, limits.pairImages]) {
    const own = images.slice(0, count);
    const records = recordsOf(own, own);
    const of = records.ofModel(model, packed(own), inventory(own[0]!, own[0]!));
    assert.is(held(of).length, count);
    assert.is(held(records.ofImages()).length, count - 1);
  }
  const records = recordsOf(images, images);
  const of = records.ofModel(model, packed(images), inventory(images[0]!, images[0]!));
  assert.equal(held(of), []);
  assert.equal(held(records.ofImages()), []);
  const base = of.filter(
    ({ client, measure }) => client === 'base' && measure === 'transfer.bytes',
  );
  assert.is(base.length, images.length - 1);
});

test('an image that is missing ends sums over the images, not the pairs', () => {
  const records = recordsOf(['a', 'b', 'c', 'd'], ['a', 'c', 'd']);
  assert.is(records.base, undefined);
  const of = records.ofModel(model, packed(['a', 'c', 'd']), undefined);
  assert.equal(held(of), ['c', 'd', 'a']);
  const facts = records.ofImages();
  assert.is(facts.filter(({ measure }) => measure === 'image.duplicate_bytes').length, 1);
});

test('whole files in both images are counted once', () => {
  const [share] = recordsOf(['a', 'b'], ['a', 'b'])
    .ofImages()
    .filter(({ measure }) => measure === 'image.shared_file_share');
  assert.equal(share, {
    image: 'b',
    client: 'image:a',
    measure: 'image.shared_file_share',
    value: 1,
  });
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planTransfer } from '../fetchers/fetcher.ts';
import { get } from '../fetchers/get.ts';
import type { Model } from '../models/model.ts';
import { inventory } from '../testing/inventories.ts';
import { SeriesFold } from './fold.ts';
import type { Measurement } from './measurement.ts';
import { OneImageClients, pairMeasures, shareOf } from './pairs.ts';

const model = {
  id: 'm',
  transfer: (wanted, held) => planTransfer(get, wanted, held, {}),
} as Model;

/** A chunk is 100 bytes and 40 compressed; manifest 7, index 10, configuration 5 and the same for all. */
const images = ['ABC', 'ABD', 'XYZ'].map((letters) => inventory(letters, letters));

function value(
  records: readonly Measurement[],
  image: string,
  client: string,
  measure: string,
): unknown {
  return records.find(
    (one) => one.image === image && one.client === client && one.measure === measure,
  )?.value;
}

test('every ordered pair of different images, by hand', () => {
  const records = pairMeasures(model, images);
  const bytes = (from: string, to: string): unknown =>
    value(records, to, `image:${from}`, 'transfer.bytes');
  assert.is(bytes('ABC', 'ABD'), 40 + 7 + 10);
  assert.is(bytes('ABD', 'ABC'), 40 + 7 + 10);
  assert.is(bytes('ABC', 'XYZ'), 120 + 7 + 10);
  assert.is(bytes('ABC', 'ABC'), undefined);
  assert.is(value(records, 'ABD', 'image:ABC', 'transfer.requests'), 3);
  assert.is(records.filter(({ measure }) => measure === 'transfer.bytes').length, 6);
});

test('what two images share is recorded once, at the later one', () => {
  const records = pairMeasures(model, images);
  assert.is(value(records, 'ABD', 'image:ABC', 'dedup.shared_bytes'), 200);
  assert.is(value(records, 'ABD', 'image:ABC', 'dedup.shared_share'), 0.5);
  assert.is(value(records, 'XYZ', 'image:ABC', 'dedup.shared_share'), 0);
  assert.is(value(records, 'ABC', 'image:ABD', 'dedup.shared_bytes'), undefined);
});

test('the pair with the image before is the client `previous`', () => {
  const fold = new SeriesFold(model, []);
  const series = images.flatMap((one) => fold.add(one).measurements);
  const pairs = pairMeasures(model, images);
  for (const [index, { image }] of images.entries()) {
    if (index === 0) continue;
    const held = `image:${images[index - 1]!.image}`;
    for (const measure of ['transfer.bytes', 'transfer.requests']) {
      assert.is(
        value(pairs, image, held, measure),
        value(series, image, 'previous', measure),
        `${image} ${measure}`,
      );
    }
  }
});

test('the base spares its objects, and is no client of itself', () => {
  const clients = new OneImageClients(model, [], inventory('base', 'AX', {}));
  const records = images.flatMap((one) => clients.withBase(one));
  assert.is(value(records, 'ABC', 'base', 'transfer.bytes'), 80 + 17);
  assert.is(value(records, 'XYZ', 'base', 'transfer.bytes'), 80 + 17);
  const own = new OneImageClients(model, [], images[0]!);
  assert.equal(own.withBase(images[0]!), []);
});

test('of other distributions the one that spares most is held; an image that names none is none', () => {
  const clients = new OneImageClients(model, [], images[0]!);
  const known = new Map([
    ['ABC', { distribution: 'debian' }],
    ['ABD', { distribution: 'ubuntu' }],
    ['XYZ', { distribution: 'alpine' }],
  ]);
  const bytes = (image: number, distributions: typeof known): unknown =>
    value(
      clients.withOtherDistribution(images[image]!, images, distributions),
      images[image]!.image,
      'other-distribution',
      'transfer.bytes',
    );
  assert.is(bytes(0, known), 40 + 17);
  assert.is(bytes(2, known), 120 + 17);
  assert.is(bytes(0, new Map([...known].slice(0, 1))), undefined);
  assert.is(
    bytes(0, new Map([...known].map(([id]) => [id, { distribution: 'debian' }]))),
    undefined,
  );
});

test('a share of nothing is none', () => {
  assert.is(shareOf(0, 0), undefined);
  assert.is(shareOf(10, 20), 1);
  assert.is(shareOf(0, 10), 0);
  assert.is(shareOf(5, 10), 1);
});

test.run();

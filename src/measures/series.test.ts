import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Held } from '../fetchers/fetcher.ts';
import { planTransfer } from '../fetchers/fetcher.ts';
import { get } from '../fetchers/get.ts';
import type { Model } from '../models/model.ts';
import type { Inventory } from '../packers/inventory.ts';
import { inventory } from '../testing/inventories.ts';
import { keepsAll } from '../testing/sample-run.ts';
import { SeriesFold } from './fold.ts';
import type { Measurement } from './measurement.ts';

function value(records: readonly Measurement[], measure: string, client = '-'): unknown {
  return records.find((record) => record.measure === measure && record.client === client)?.value;
}

const chunked = {
  id: 'm',
  fidelity: keepsAll,
  transfer: (taken: Inventory, held: Held) => planTransfer(get, taken, held, {}),
} as Model;

test('a bad image in the middle of ten costs the figures that involve it, and no others', () => {
  const letters = [...'ABCDEFGHIJ'];
  const images = letters.map((letter, number) => inventory(`v${number}`, `Z${letter}`));
  const whole = new SeriesFold(chunked, []);
  const straight = images.map((one) => whole.add(one).measurements);
  const fold = new SeriesFold(chunked, []);
  const BAD = 4;
  for (const [number, one] of images.entries()) {
    if (number === BAD) {
      fold.miss(one.image);
      continue;
    }
    const { measurements, omissions } = fold.add(one);
    const involves = ({ client, measure }: Measurement): boolean =>
      number > BAD &&
      (client === 'all-previous' ||
        /^(stored|dedup)\.(?!stream_bytes|manifest_bytes)/.test(measure) ||
        (number === BAD + 1 && client === 'previous'));
    assert.equal(
      measurements,
      straight[number]!.filter((measurement) => !involves(measurement)),
      one.image,
    );
    const clients = omissions.map(({ client }) => client);
    if (number < BAD) assert.equal(clients, []);
    else if (number === BAD + 1) assert.equal(clients, ['all-previous', 'previous']);
    else assert.equal(clients, ['all-previous']);
    for (const { why } of omissions) assert.match(why, 'v4');
  }
  assert.is(fold.cumulative, undefined);
});

test('where objects of several images share packs, a gap leaves out where they lie', () => {
  const fold = new SeriesFold(chunked, []);
  const packed = (image: string, letters: string): Inventory =>
    inventory(image, letters, { loose: false, packs: { bytes: 100, objects: 2 } });
  fold.add(packed('a', 'AB'));
  fold.miss('b');
  const { measurements, placed } = fold.add(packed('c', 'BC'));
  assert.is(placed, undefined);
  assert.is(value(measurements, 'chunks.count'), 2);
  assert.is(value(measurements, 'transfer.bytes', 'none'), undefined);
});

test('a dictionary of another image than the first measures nothing', () => {
  const trained = { ...chunked, isTrained: true };
  const fold = new SeriesFold(trained, []);
  fold.miss('a');
  const { measurements, omissions } = fold.add(inventory('b', 'AB'));
  assert.equal(measurements, []);
  assert.match(omissions[0]!.why, 'trained on the first image, and a is missing');
  const later = new SeriesFold(trained, []);
  later.add(inventory('a', 'AB'));
  later.miss('b');
  assert.is(value(later.add(inventory('c', 'AC')).measurements, 'transfer.bytes', 'none'), 102);
});

test.run();

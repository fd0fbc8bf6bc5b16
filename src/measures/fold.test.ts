import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { delta } from '../fetchers/delta.ts';
import type { Fetcher, Held } from '../fetchers/fetcher.ts';
import { planTransfer } from '../fetchers/fetcher.ts';
import { get } from '../fetchers/get.ts';
import { range } from '../fetchers/range.ts';
import type { Values } from '../ids.ts';
import { networkMs, resolveLinks } from '../links/mod.ts';
import type { Model } from '../models/model.ts';
import { DigestTable } from '../objects/digest-table.ts';
import type { DeltaFacts } from '../packers/delta.ts';
import type { BlobFacts, Inventory } from '../packers/inventory.ts';
import { digestOf, inventory } from '../testing/inventories.ts';
import { SeriesFold } from './fold.ts';
import { type Measurement, round } from './measurement.ts';

function account(
  fetcher: Fetcher,
  values: Values = {},
  links: readonly string[] = [],
): Pick<SeriesFold, 'cumulative'> & { add(inventory: Inventory): readonly Measurement[] } {
  const model = {
    id: 'm',
    transfer: (taken: Inventory, held: Held) => planTransfer(fetcher, taken, held, values),
  } as Model;
  const fold = new SeriesFold(model, resolveLinks(links));
  return {
    add: (taken) => fold.add(taken).measurements,
    get cumulative() {
      return fold.cumulative;
    },
  };
}

function value(records: readonly Measurement[], measure: string, client = '-'): unknown {
  return records.find((record) => record.measure === measure && record.client === client)?.value;
}

test('a chunk store: unique, stored and transferred bytes of three images', () => {
  const fold = account(get);
  const first = fold.add(inventory('a', 'ABC'));
  assert.is(value(first, 'dedup.unique_bytes'), 300);
  assert.is(value(first, 'stored.content_bytes'), 120);
  assert.is(value(first, 'stored.metadata_bytes'), 7 + 5 + 10);
  assert.is(value(first, 'stored.blobs'), 3 + 3);
  assert.is(value(first, 'transfer.bytes', 'none'), 120 + 22);
  assert.is(value(first, 'transfer.requests', 'none'), 6);
  assert.is(value(first, 'transfer.rounds', 'none'), 3);
  assert.is(value(first, 'transfer.bytes', 'previous'), undefined);
  assert.is(value(first, 'transfer.cumulative_bytes', 'all-previous'), 142);

  const second = fold.add(inventory('b', 'ABD'));
  assert.is(value(second, 'dedup.new_bytes'), 100);
  assert.is(value(second, 'dedup.unique_bytes'), 400);
  assert.is(value(second, 'dedup.ratio'), 1.5);
  assert.is(value(second, 'transfer.bytes', 'previous'), 40 + 7 + 10);
  assert.is(value(second, 'transfer.requests', 'previous'), 3);

  // C left with image b: only a client that keeps everything has it still.
  const third = fold.add(inventory('c', 'CD'));
  assert.is(value(third, 'dedup.new_bytes'), 0);
  assert.is(value(third, 'transfer.content_bytes', 'previous'), 40);
  assert.is(value(third, 'transfer.content_bytes', 'all-previous'), 0);
  assert.is(value(third, 'transfer.rounds', 'all-previous'), 2);
  assert.equal(fold.cumulative, [142, 142 + 57, 142 + 57 + 17]);
});

test('deltas lie beside the layers, and a client that holds an image before takes the smallest', () => {
  const fold = account(delta);
  const layer = (image: string): BlobFacts => ({
    digest: `sha256:layer-${image}`,
    size: 1000,
    role: 'content',
  });
  const from = (letter: string, size: number): DeltaFacts => ({
    base: digestOf(letter),
    digest: `sha256:delta-${letter}`,
    size,
    manifestDigest: `sha256:delta-manifest-${letter}`,
    manifestBytes: 3,
    generateMs: 1500,
    applyMs: 20,
  });
  const whole = (image: string, letter: string, deltas: readonly DeltaFacts[]): Inventory =>
    inventory(image, letter, { raw: 5000, loose: false, layers: [layer(image)], deltas });
  const first = fold.add(whole('a', 'A', []));
  assert.is(value(first, 'stored.delta_bytes'), 0);
  assert.is(value(first, 'delta.bytes'), undefined);
  assert.is(value(first, 'transfer.bytes', 'none'), 7 + 5 + 1000);

  const second = fold.add(whole('b', 'B', [from('A', 100)]));
  assert.is(value(second, 'transfer.content_bytes', 'none'), 1000);
  assert.is(value(second, 'transfer.content_bytes', 'previous'), 100);
  assert.is(value(second, 'transfer.metadata_bytes', 'previous'), 7 + 3);
  assert.is(value(second, 'transfer.requests', 'previous'), 3);
  assert.is(value(second, 'transfer.rounds', 'previous'), 3);
  assert.is(value(second, 'stored.delta_bytes'), 103);
  assert.is(value(second, 'stored.content_bytes'), 2000 + 100);
  assert.is(value(second, 'stored.metadata_bytes'), 2 * 7 + 5 + 3);
  assert.is(value(second, 'stored.blobs'), 2 + 1 + 2 + 2);
  assert.is(value(second, 'delta.bytes'), 100);
  assert.is(value(second, 'delta.generate_ms'), 1500);

  // From the image before that one the way is shorter here: only who kept it can go it.
  const third = fold.add(whole('c', 'C', [from('B', 2000), from('A', 60)]));
  assert.is(value(third, 'transfer.content_bytes', 'previous'), 1000);
  assert.is(value(third, 'transfer.content_bytes', 'all-previous'), 60);
  assert.is(value(third, 'delta.bytes'), 2000);
  assert.is(value(third, 'stored.delta_bytes'), 103 + 2003 + 63);
});

test('77 an image that changes nothing costs the manifest', () => {
  const fold = account(get);
  fold.add(inventory('a', 'AB'));
  const again = fold.add(inventory('a', 'AB'));
  assert.is(value(again, 'transfer.bytes', 'previous'), 7);
  assert.is(value(again, 'transfer.requests', 'previous'), 1);
  assert.is(value(again, 'transfer.rounds', 'previous'), 1);
  assert.is(value(again, 'dedup.new_bytes'), 0);
});

const blobOf = (image: string, size: number): readonly BlobFacts[] => [
  { digest: `sha256:${image}`, size, role: 'content' },
];

test('ranges merge over small gaps and pay for them', () => {
  const placed = (image: string, letters: string): Inventory =>
    inventory(image, letters, {
      loose: false,
      layers: blobOf(image, letters.length * 40 + 9),
      placement: {
        offsets: Float64Array.from(letters, (_, n) => n * 40),
        layers: new Uint32Array(letters.length),
        indexLengths: Float64Array.of(9),
      },
    });
  const near = account(range, { gap: 40, ranges: 1 });
  near.add(placed('a', 'BD'));
  // B and D are held: A, C, E are missing, 40 bytes apart.
  const merged = near.add(placed('b', 'ABCDE'));
  assert.is(value(merged, 'transfer.content_bytes', 'previous'), 200);
  assert.is(value(merged, 'transfer.requests', 'previous'), 3);
  assert.is(value(merged, 'stored.content_bytes'), 80 + 200);
  assert.is(value(merged, 'stored.metadata_bytes'), 2 * 7 + 5 + 2 * 9);

  const far = account(range, { gap: 39, ranges: 2 });
  far.add(placed('a', 'BD'));
  const apart = far.add(placed('b', 'ABCDE'));
  assert.is(value(apart, 'transfer.content_bytes', 'previous'), 120);
  assert.is(value(apart, 'transfer.requests', 'previous'), 2 + 2);
  assert.is(value(apart, 'transfer.rounds', 'previous'), 3);
});

test('an object of no bytes is never asked for, and bridges no gap', () => {
  const empty = (fetcher: Fetcher, letters: string, indexBytes: number): readonly Measurement[] => {
    const image = inventory('a', letters, {
      loose: false,
      layers: blobOf('a', letters.length * 40 + indexBytes),
      placement: {
        offsets: Float64Array.of(0, 60, 80).slice(0, letters.length),
        layers: new Uint32Array(letters.length),
        indexLengths: Float64Array.of(indexBytes),
      },
    });
    image.objects.stored[1] = 0;
    if (letters.length === 1) image.objects.stored[0] = 0;
    return account(fetcher, { gap: 20, ranges: 1 }).add(image);
  };
  // At 60 nothing lies: 0–40 and 80–120 stay 40 apart.
  const records = empty(range, 'ABC', 9);
  assert.is(value(records, 'transfer.content_bytes', 'none'), 80);
  assert.is(value(records, 'transfer.requests', 'none'), 2 + 1 + 2);
  assert.is(value(empty(range, 'A', 9), 'transfer.requests', 'none'), 2 + 1);
  assert.is(value(empty(get, 'A', 0), 'transfer.requests', 'none'), 2, 'a pack of nothing');
});

test('layers that occur twice in an image are stored and fetched once', () => {
  const twice = inventory('a', 'A', {
    loose: false,
    layers: [...blobOf('x', 50), ...blobOf('x', 50)],
  });
  const records = account(get).add(twice);
  assert.is(value(records, 'stored.content_bytes'), 50);
  assert.is(value(records, 'transfer.content_bytes', 'none'), 50);
});

test('network time is recorded for each link', () => {
  const [link] = resolveLinks(['100m-20ms']);
  const image = inventory('a', 'ABC');
  const records = account(get, {}, ['100m-20ms']).add(image);
  const record = records.find(({ measure }) => measure === 'transfer.network_ms');
  const nothing: Held = { blobs: new Set(), objects: new DigestTable() };
  assert.is(record?.link, '100m-20ms');
  assert.is(record?.value, round(networkMs(planTransfer(get, image, nothing, {}), link!)));
});

test('packs grow by what an image brings, whoever brought the rest', () => {
  const packed = (image: string, letters: string): Inventory =>
    inventory(image, letters, { loose: false, packs: { bytes: 100, objects: 2 } });
  const ranges = account(range, { gap: 0, ranges: 1 });
  const whole = account(get);
  const first = ranges.add(packed('a', 'ABC'));
  whole.add(packed('a', 'ABC'));
  // Packs of two objects: AB, C.
  assert.is(value(first, 'stored.content_bytes'), 120);
  assert.is(value(first, 'stored.blobs'), 2 + 1 + 2);
  assert.is(value(first, 'transfer.content_bytes', 'none'), 120);
  assert.is(value(first, 'transfer.requests', 'none'), 2 + 1 + 2);

  // D and E come in a pack of their own; B and its pack stay where they are.
  const second = ranges.add(packed('b', 'BDE'));
  assert.is(value(second, 'stored.content_bytes'), 200);
  assert.is(value(second, 'stored.blobs'), 5 + 1 + 1 + 1);
  assert.is(value(second, 'transfer.content_bytes', 'previous'), 80);
  assert.is(value(second, 'transfer.content_bytes', 'none'), 120);
  assert.is(value(second, 'transfer.rounds', 'previous'), 3);
  const secondWhole = whole.add(packed('b', 'BDE'));
  assert.is(value(secondWhole, 'transfer.content_bytes', 'previous'), 80);
  // Who wants B alone of AB gets the whole pack.
  assert.is(value(secondWhole, 'transfer.content_bytes', 'none'), 160);

  // A client that went from b to c holds no A, though the store does.
  const third = ranges.add(packed('c', 'ABDE'));
  assert.is(value(third, 'stored.content_bytes'), 200);
  assert.is(value(third, 'transfer.content_bytes', 'previous'), 40);
  assert.is(value(third, 'transfer.content_bytes', 'all-previous'), 0);
});

test('objects that a divided root leads to are metadata, a round for each generation', () => {
  const merkle = (image: string, letters: string, generations: readonly number[]): Inventory =>
    inventory(image, letters, {
      rounds: { metadataFrom: 2, generations: Uint16Array.from(generations) },
    });
  const fold = account(get);
  const first = fold.add(merkle('a', 'ABxy', [1, 3, 1, 2]));
  assert.is(value(first, 'dedup.new_bytes'), 200);
  assert.is(value(first, 'stored.content_bytes'), 80);
  assert.is(value(first, 'stored.metadata_bytes'), 7 + 5 + 10 + 80);
  assert.is(value(first, 'transfer.metadata_bytes', 'none'), 7 + 5 + 10 + 80);
  // Manifest, root, A and x, y, B.
  assert.is(value(first, 'transfer.rounds', 'none'), 5);
  // Only what hangs together with the change is fetched anew.
  const second = fold.add(merkle('b', 'ACzy', [1, 2, 1, 2]));
  assert.is(value(second, 'transfer.rounds', 'previous'), 4);
  assert.is(value(second, 'transfer.requests', 'previous'), 2 + 2);
});

test('a tail index is fetched once where a layer occurs twice', () => {
  const placed = inventory('a', 'A', {
    loose: false,
    layers: [...blobOf('x', 49), ...blobOf('x', 49)],
    placement: {
      layers: new Uint32Array(1),
      offsets: new Float64Array(1),
      indexLengths: Float64Array.of(9, 9),
    },
  });
  const records = account(range, { gap: 0, ranges: 1 }).add(placed);
  assert.is(value(records, 'transfer.metadata_bytes', 'none'), 7 + 5 + 9);
  assert.is(value(records, 'transfer.requests', 'none'), 2 + 2);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Fetcher, Held } from '../fetchers/fetcher.ts';
import { planTransfer } from '../fetchers/fetcher.ts';
import { get } from '../fetchers/get.ts';
import { range } from '../fetchers/range.ts';
import type { Values } from '../ids.ts';
import { networkMs, resolveLinks } from '../links/mod.ts';
import type { Model } from '../models/model.ts';
import { DigestTable } from '../objects/digest-table.ts';
import type { BlobFacts, Inventory } from '../packers/inventory.ts';
import { type Measurement, round, SeriesAccount } from './series.ts';

const digestOf = (letter: string): Uint8Array => new Uint8Array(32).fill(letter.charCodeAt(0));

/** An inventory by hand: objects are letters, each `raw` bytes of content and `stored` bytes compressed. */
function inventory(
  image: string,
  letters: string,
  { raw = 100, stored = 40, ...more }: Partial<Inventory> & { raw?: number; stored?: number } = {},
): Inventory {
  const count = letters.length;
  const digests = new Uint8Array(32 * count);
  for (let n = 0; n < count; n++) digests.set(digestOf(letters[n]!), 32 * n);
  const index: BlobFacts = { digest: `sha256:index-${image}`, size: 10, role: 'metadata' };
  return {
    image,
    model: 'm',
    digest: image,
    streamBytes: raw * count,
    chunks: { count, mean: raw, p5: raw, p50: raw, p95: raw, shareAtLongest: undefined },
    objects: {
      count,
      digests,
      lengths: new Float64Array(count).fill(raw),
      stored: new Float64Array(count).fill(stored),
    },
    manifestBytes: 7,
    config: { digest: 'sha256:config', size: 5, role: 'metadata' },
    layers: [index],
    loose: true,
    ...more,
  };
}

function account(
  fetcher: Fetcher,
  values: Values = {},
  links: readonly string[] = [],
): SeriesAccount {
  const model = {
    id: 'm',
    transfer: (taken: Inventory, held: Held) => planTransfer(fetcher, taken, held, values),
  } as Model;
  return new SeriesAccount(model, resolveLinks(links));
}

function value(records: readonly Measurement[], measure: string, client = '-'): unknown {
  return records.find((record) => record.measure === measure && record.client === client)?.value;
}

test('a chunk store: unique, stored and transferred bytes of three images', () => {
  const books = account(get);
  const first = books.add(inventory('a', 'ABC'));
  assert.is(value(first, 'dedup.unique_bytes'), 300);
  assert.is(value(first, 'stored.content_bytes'), 120);
  assert.is(value(first, 'stored.metadata_bytes'), 7 + 5 + 10);
  assert.is(value(first, 'stored.blobs'), 3 + 3);
  assert.is(value(first, 'transfer.bytes', 'none'), 120 + 22);
  assert.is(value(first, 'transfer.requests', 'none'), 6);
  assert.is(value(first, 'transfer.rounds', 'none'), 3);
  assert.is(value(first, 'transfer.bytes', 'previous'), undefined);
  assert.is(value(first, 'transfer.cumulative_bytes', 'all-previous'), 142);

  const second = books.add(inventory('b', 'ABD'));
  assert.is(value(second, 'dedup.new_bytes'), 100);
  assert.is(value(second, 'dedup.unique_bytes'), 400);
  assert.is(value(second, 'dedup.ratio'), 1.5);
  assert.is(value(second, 'transfer.bytes', 'previous'), 40 + 7 + 10);
  assert.is(value(second, 'transfer.requests', 'previous'), 3);

  // C left with image b: only a client that keeps everything has it still.
  const third = books.add(inventory('c', 'CD'));
  assert.is(value(third, 'dedup.new_bytes'), 0);
  assert.is(value(third, 'transfer.content_bytes', 'previous'), 40);
  assert.is(value(third, 'transfer.content_bytes', 'all-previous'), 0);
  assert.is(value(third, 'transfer.rounds', 'all-previous'), 2);
  assert.equal(books.cumulative, [142, 142 + 57, 142 + 57 + 17]);
});

test('an image that changes nothing costs the manifest', () => {
  const books = account(get);
  books.add(inventory('a', 'AB'));
  const again = books.add(inventory('a', 'AB'));
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
        indexOffset: letters.length * 40,
        indexLength: 9,
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

test.run();

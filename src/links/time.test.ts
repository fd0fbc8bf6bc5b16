import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Request, transferOf } from '../fetchers/fetcher.ts';
import { type Link, networkMs, resolveLinks } from './mod.ts';
import { PART_BYTES, REQUEST_HEADER_BYTES, SERVER_COSTS } from './time.ts';

const { registry, store } = SERVER_COSTS;

/** 1 byte a microsecond. */
const link: Link = { name: 'l', title: 'l', roundTripMs: 20, bandwidth: 8e6 };
const ms = (bytes: number): number => bytes / 1000;

const request = (bytes: number, more: Partial<Request> = {}): Request => ({
  kind: 'blob',
  digest: 'sha256:a',
  role: 'content',
  bytes,
  ...more,
});
const near = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);

/** From the request on an open connection until its answer is there. */
const single = (bytes: number, cost = registry): number =>
  20 + cost.requestMs + ms(REQUEST_HEADER_BYTES + bytes + cost.headerBytes);

test('one request: handshake, round trip, work of the server, bytes', () => {
  near(networkMs(transferOf([[request(5000)]]), link), 20 + single(5000));
});

test('a second round finds the connection open', () => {
  const transfer = transferOf([[request(5000)], [request(7000)]]);
  near(networkMs(transfer, link), 20 + single(5000) + single(7000));
});

test('the chunk store is another server: its connections are new', () => {
  const transfer = transferOf([[request(5000)], [request(7000, { kind: 'object' })]]);
  near(networkMs(transfer, link), 20 + single(5000) + 20 + single(7000, store));
});

test('answers share the link: the second waits for the first', () => {
  const both = networkMs(transferOf([[request(50_000), request(50_000)]]), link);
  near(both, 20 + single(50_000) + ms(50_000 + registry.headerBytes));
});

test('more requests than connections wait for one to be free', () => {
  const one = { ...link, connections: 1 };
  const transfer = transferOf([[request(100), request(100), request(100)]]);
  near(networkMs(transfer, one), 20 + 3 * single(100));
  near(networkMs(transfer, { ...link, connections: 3 }), 20 + single(100) + 2 * ms(550));
});

test('a new connection does not wait behind an open one', () => {
  // The open connection answers first; the new one a handshake later.
  const transfer = transferOf([[request(0)], [request(0), request(0)]]);
  near(networkMs(transfer, link), 20 + single(0) + 20 + single(0));
});

test('several ranges in one request pay for what separates them', () => {
  const ranges = [
    { offset: 0, length: 50 },
    { offset: 80, length: 50 },
  ];
  const apart = networkMs(transferOf([[request(100, { ranges })]]), link);
  near(apart, 20 + single(100) + ms(2 * PART_BYTES));
  near(
    networkMs(transferOf([[request(100, { ranges: ranges.slice(0, 1) })]]), link),
    20 + single(100),
  );
});

test('no transfer takes less than its bytes, its rounds or its requests in turn', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 1, maxLength: 40 });
  const plans = fc.array(sizes, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(plans, fc.integer({ min: 1, max: 16 }), (rounds, connections) => {
      const transfer = transferOf(rounds.map((round) => round.map((size) => request(size))));
      const time = networkMs(transfer, { ...link, connections });
      const turns = rounds.reduce((sum, { length }) => sum + Math.ceil(length / connections), 0);
      assert.ok(time > ms(transfer.contentBytes));
      assert.ok(time >= 20 + turns * (20 + registry.requestMs));
      const alone = networkMs(transfer, { ...link, connections: 1 });
      assert.ok(
        time <= alone + 20 * rounds.length,
        'more connections cost at most their handshake',
      );
    }),
  );
});

test('a faster link is not slower', () => {
  const [slow, fast] = resolveLinks(['dsl-20ms', '100m-20ms']);
  const plan = transferOf([[request(500)], Array.from({ length: 50 }, (_, n) => request(n * 997))]);
  assert.ok(networkMs(plan, fast!) < networkMs(plan, slow!));
});

test.run();

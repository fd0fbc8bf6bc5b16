import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Clock } from '../clock.ts';
import { UnavailableError } from '../errors.ts';
import { limits } from '../limits.ts';
import { errorOf } from '../testing/archives.ts';
import { cacheSuite, content, noPause, part, serve, wanted } from '../testing/downloads.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { lackOfServers, unless } from '../testing/needs.ts';
import { until } from '../testing/until.ts';
import { Cache } from './cache.ts';
import { download } from './download.ts';

const test = cacheSuite('waits of downloads');

test('59 who asks for a longer pause than the bound is not waited for, nor asked again', async ({
  cache,
}) => {
  for (const later of ['1000000000', new Date(Date.now() + 3_600_000).toUTCString()]) {
    const busy = serve(() => new Response('', { status: 429, headers: { 'retry-after': later } }));
    const error = await errorOf(download(wanted, { cache, ...busy, ...noPause }));
    assert.instance(error, UnavailableError);
    assert.match(String(error), /HTTP 429, and the server asks to come again in \d{4,10} s/);
    assert.is(busy.ranges.length, 1);
  }
});

unless(test, lackOfServers())(
  '61 a server that holds on without sending is left, and continued where it stopped',
  async ({ cache, directory }) => {
    const clock = new ManualClock();
    const partial = join(directory, 'partial');
    const arrived = (bytes: number): boolean =>
      readdirSync(partial).some((name) => statSync(join(partial, name)).size >= bytes);
    const ranges: (string | undefined)[] = [];
    const server = createServer(({ headers }, response) => {
      ranges.push(headers.range);
      const start = Number(/\d+/.exec(headers.range ?? '0')![0]);
      const end = start < 2000 ? start + 1000 : content.length;
      const answer = part(start, end);
      response.writeHead(answer.status, {
        ...Object.fromEntries(answer.headers),
        'content-length': content.length - start,
      });
      response.write(content.slice(start, end));
      if (end === content.length) return;
      until(`${end} bytes`, () => arrived(end)).then(() => clock.advance(limits.stallMs));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const slow = { ...wanted, url: `http://127.0.0.1:${port}/blob` };
      const { path } = await download(slow, { cache, fetch, ...noPause, clock });
      assert.equal(new Uint8Array(readFileSync(path)), content);
      assert.equal(ranges, [undefined, 'bytes=1000-', 'bytes=2000-']);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  },
);

/** Sends so many bytes whenever so much time has passed; ends as `fetch` does where it is told to. */
function sendSlowly(clock: ManualClock, body: Uint8Array, bytes: number, ms: number): typeof fetch {
  const answer = async (_url: unknown, init?: RequestInit): Promise<Response> => {
    const start = Number(/\d+/.exec(new Headers(init?.headers).get('range') ?? '0')![0]);
    let at = start;
    const stream = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          clock.advance(ms);
          if (init?.signal?.aborted) return controller.error(init.signal.reason);
          controller.enqueue(body.slice(at, at + bytes));
          at += bytes;
          if (at >= body.length) controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    const headers = { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` };
    return new Response(stream, start > 0 ? { status: 206, headers } : {});
  };
  return answer as typeof fetch;
}

test('61 a server that is slow but steady is waited for, one that sends drops is left', async ({
  cache,
}) => {
  const body = new Uint8Array(300_000).map((_, index) => index * 7);
  const long = {
    ...wanted,
    digest: `sha256:${createHash('sha256').update(body).digest('hex')}`,
    size: body.length,
  };
  const clock = new ManualClock();
  const drops = sendSlowly(clock, body, (64 << 10) - 1, limits.stallMs / 2);
  const error = await errorOf(download(long, { cache, fetch: drops, ...noPause, clock }));
  assert.instance(error, UnavailableError);
  assert.match(String(error), /4 times: next to nothing came in 60000 ms/);
  const steady = sendSlowly(clock, body, 64 << 10, limits.stallMs - 1);
  const other = new Cache(join(cache.root, 'other'));
  const { path } = await download(long, { cache: other, fetch: steady, ...noPause, clock });
  assert.equal(new Uint8Array(readFileSync(path)), body);
});

test('59 each pause is twice as long as the one before, or as long as the server asks', async ({
  cache,
}) => {
  const pausesOf = async (
    headers: Readonly<Record<string, string>>,
  ): Promise<readonly number[]> => {
    const pauses: number[] = [];
    const clock: Clock = {
      after(ms, act) {
        if (ms !== limits.stallMs) pauses.push(ms);
        const timer = setTimeout(() => ms !== limits.stallMs && act(), 0);
        return { refresh() {}, cancel: () => clearTimeout(timer) };
      },
    };
    const busy = serve(() => new Response('', { status: 503, headers }));
    await errorOf(download(wanted, { cache, ...busy, clock }));
    return pauses;
  };
  assert.equal(await pausesOf({}), [500, 1000, 2000]);
  assert.equal(await pausesOf({ 'retry-after': '1' }), [1000, 1000, 2000]);
});

test('60 what the network says of a failure is told', async ({ cache }) => {
  const failing = (() =>
    Promise.reject(
      new TypeError('fetch failed', { cause: new Error('connect refused') }),
    )) as typeof fetch;
  const error = await errorOf(download(wanted, { cache, fetch: failing, ...noPause }));
  assert.instance(error, UnavailableError);
  assert.match(String(error), /4 times: fetch failed: connect refused/);
});

test.run();

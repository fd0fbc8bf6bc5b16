import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Clock } from '../clock.ts';
import { StorageError, UnavailableError, VerificationError } from '../errors.ts';
import { limits } from '../limits.ts';
import { errorOf, refused, withLimits } from '../testing/archives.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { has, hasAll, lackOfRoot, lackOfServers, skip, unless } from '../testing/needs.ts';
import { until } from '../testing/until.ts';
import { Cache } from './cache.ts';
import { download } from './download.ts';

const test = suite<{ directory: string; cache: Cache }>('cache and downloads');

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-download-'));
  context.cache = new Cache(context.directory);
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const content = new Uint8Array(10_000).map((_, index) => index * 31);
const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
const wanted = { url: 'http://127.0.0.1/blob', digest, size: content.length };

/** A server as a function: each answer in turn, the last one for ever. Requests are noted. */
function serve(...answers: readonly ((start: number) => Response)[]): {
  readonly fetch: typeof fetch;
  readonly ranges: (string | null)[];
} {
  const ranges: (string | null)[] = [];
  const answer = async (_url: unknown, init?: RequestInit): Promise<Response> => {
    const range = new Headers(init?.headers).get('range');
    ranges.push(range);
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    return answers[Math.min(ranges.length, answers.length) - 1]!(start);
  };
  return { fetch: answer as typeof fetch, ranges };
}

const part = (start: number, end = content.length): Response =>
  new Response(content.slice(start, end), {
    status: start > 0 ? 206 : 200,
    headers: start > 0 ? { 'content-range': `bytes ${start}-${end - 1}/${content.length}` } : {},
  });
const all = (): Response => part(0);

const noPause = { backoffMs: 0 };

test('what is in the cache is not fetched', async ({ cache }) => {
  await download(wanted, { cache, ...serve(all), ...noPause });
  const never = serve(() => new Response('', { status: 500 }));
  const { path } = await download(wanted, { cache, ...never, ...noPause });
  assert.equal(never.ranges, []);
  assert.equal(new Uint8Array(readFileSync(path)), content);
});

test('56 a download that is cut at any byte is continued, not begun again', async ({
  cache,
  directory,
}) => {
  for (const cut of [1, 4096, content.length - 1]) {
    rmSync(join(directory, 'blobs'), { recursive: true, force: true });
    const server = serve(
      () => part(0, cut),
      (start) => part(start),
    );
    await download(wanted, { cache, ...server, ...noPause });
    assert.equal(server.ranges, [null, `bytes=${cut}-`]);
  }
});

test('57 a server that ignores the range begins anew, one that sends another range is not believed', async ({
  cache,
}) => {
  const ignoring = serve(() => part(0, 500), all);
  await download(wanted, { cache, ...ignoring, ...noPause });
  assert.ok(cache.has(digest, content.length));
  rmSync(cache.blobPath(digest));
  const wrong = serve(
    () => part(0, 500),
    () =>
      new Response(content.slice(700), {
        status: 206,
        headers: { 'content-range': 'bytes 700-9999/10000' },
      }),
    all,
  );
  await download(wanted, { cache, ...wrong, ...noPause });
  assert.equal(new Uint8Array(readFileSync(cache.blobPath(digest))), content);
  assert.equal(wrong.ranges, [null, 'bytes=500-', 'bytes=500-'], 'nothing of it was kept');
});

test('58, 63 wrong bytes and login pages are refused and leave nothing', async ({
  cache,
  directory,
}) => {
  const changed = content.slice();
  changed[5]! ^= 1;
  const other = serve(() => new Response(changed));
  assert.instance(
    await errorOf(download(wanted, { cache, ...other, ...noPause })),
    VerificationError,
  );
  const page = serve(() => new Response('<html>'.repeat(5000)));
  assert.instance(
    await errorOf(download(wanted, { cache, ...page, ...noPause })),
    VerificationError,
  );
  assert.equal(readdirSync(join(directory, 'partial')), []);
  assert.not.ok(cache.has(digest));
});

test('every request asks for bytes as they are; a server that encodes them is named, and left', async ({
  cache,
}) => {
  const asked: (string | null)[] = [];
  for (const encoding of ['gzip', 'br', 'x-gzip', 'deflate, gzip', 'zstd']) {
    const encoded = async (_url: unknown, init?: RequestInit): Promise<Response> => {
      asked.push(new Headers(init?.headers).get('accept-encoding'));
      return new Response(content, { headers: { 'content-encoding': encoding } });
    };
    const server = { fetch: encoded as typeof fetch };
    const error = await errorOf(download(wanted, { cache, ...server, ...noPause }));
    assert.instance(error, UnavailableError);
    assert.match(String(error), `content encoding '${encoding}'`);
    assert.not.ok(cache.has(digest));
  }
  assert.equal(asked, Array(5).fill('identity'), 'each was asked once');
  // Names of nothing that any runtime undoes: the bytes are the file's.
  const named = serve(() => new Response(content, { headers: { 'content-encoding': 'identity' } }));
  await download(wanted, { cache, ...named, ...noPause });
  assert.ok(cache.has(digest, content.length));
});

test('what is announced to be longer is refused before a byte is read', async ({
  cache,
  directory,
}) => {
  let read = 0;
  const announcing = (length: number) => (): Response => {
    const body = new ReadableStream(
      {
        pull(controller) {
          read++;
          controller.enqueue(new Uint8Array(1));
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(body, { headers: { 'content-length': String(length) } });
  };
  const long = serve(announcing(content.length + 1));
  const error = await errorOf(download(wanted, { cache, ...long, ...noPause }));
  assert.instance(error, VerificationError);
  assert.match(String(error), /announces 10001 bytes instead of 10000/);
  assert.is(read, 0);
  const rest = serve(
    () => part(0, 500),
    (start) =>
      new Response(content.slice(start), {
        status: 206,
        headers: {
          'content-range': `bytes ${start}-9999/10000`,
          'content-length': String(content.length),
        },
      }),
    all,
  );
  await download(wanted, { cache, ...rest, ...noPause });
  assert.equal(rest.ranges, [null, 'bytes=500-', null]);
  assert.equal(readdirSync(join(directory, 'partial')), []);
});

test('a size beyond the bound is not asked for', async ({ cache }) => {
  for (const [bound, isRefused] of [
    [content.length - 1, true],
    [content.length, false],
    [content.length + 1, false],
  ] as const) {
    rmSync(cache.root, { recursive: true, force: true });
    const server = serve(all);
    await withLimits({ blobBytes: bound }, async () => {
      const work = download(wanted, { cache, ...server, ...noPause });
      if (isRefused) await refused(work, /a blob of 10000 bytes/);
      else await work;
    });
    assert.is(server.ranges.length, isRefused ? 0 : 1);
  }
});

test('59 what is gone is not asked for again; what flaps is, a few times', async ({ cache }) => {
  const gone = serve(() => new Response('', { status: 404 }));
  assert.instance(
    await errorOf(download(wanted, { cache, ...gone, ...noPause })),
    UnavailableError,
  );
  assert.is(gone.ranges.length, 1);
  const down = serve(() => new Response('', { status: 503 }));
  assert.instance(
    await errorOf(download(wanted, { cache, ...down, ...noPause })),
    UnavailableError,
  );
  assert.is(down.ranges.length, 4);
  const flapping = serve(() => new Response('', { status: 500 }), all);
  await download(wanted, { cache, ...flapping, ...noPause });
});

test('59 what is refused for good is asked for once', async ({ cache }) => {
  const refusing = serve(() => new Response('', { status: 403 }));
  const error = await errorOf(download(wanted, { cache, ...refusing, ...noPause }));
  assert.instance(error, UnavailableError);
  assert.match(String(error), /refused \(HTTP 403\)/);
  assert.is(refusing.ranges.length, 1);
});

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

test('what arrived before the process ended is used by the next', async ({ cache }) => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(cache.temporary(`${digest.slice(7)}.${pid}.part`), content.subarray(0, 6000));
  const server = serve((start) => part(start));
  await download(wanted, { cache, ...server, ...noPause });
  assert.equal(server.ranges, ['bytes=6000-']);
});

test('67 what an earlier process brought to its end counts as used by this one', async ({
  cache,
}) => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  const left = cache.temporary(`${digest.slice(7)}.${pid}.part`);
  writeFileSync(left, content);
  utimesSync(left, 1000, 1000);
  const { path } = await download(wanted, { cache, ...serve(), ...noPause });
  assert.ok(statSync(path).mtimeMs > 1_000_000);
});

test('of what several ended processes left the most is used', async ({ cache }) => {
  const lengths = [0, 6000, 10, 0];
  for (const length of lengths) {
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeFileSync(cache.temporary(`${digest.slice(7)}.${pid}.part`), content.subarray(0, length));
  }
  const server = serve((start) => part(start));
  await download(wanted, { cache, ...server, ...noPause });
  assert.equal(server.ranges, ['bytes=6000-']);
});

test('what another process is writing is left alone', async ({ cache }) => {
  const theirs = cache.temporary(`${digest.slice(7)}.${process.ppid}.part`);
  writeFileSync(theirs, content.subarray(0, 6000));
  const server = serve((start) => part(start));
  await download(wanted, { cache, ...server, ...noPause });
  assert.equal(server.ranges, [null]);
  assert.is(readFileSync(theirs).length, 6000);
});

test('66 a blob of another size, or a directory in its place, is no blob', async ({ cache }) => {
  await download(wanted, { cache, ...serve(all), ...noPause });
  writeFileSync(cache.blobPath(digest), content.subarray(0, 10));
  assert.not.ok(cache.has(digest, content.length));
  await download(wanted, { cache, ...serve(all), ...noPause });
  assert.ok(cache.has(digest, content.length));
  rmSync(cache.blobPath(digest));
  mkdirSync(cache.blobPath(digest));
  assert.not.ok(cache.has(digest));
  assert.not.ok(await cache.isIntact(digest));
});

test('66 a blob with one bit changed is fetched anew', async ({ cache }) => {
  await download(wanted, { cache, ...serve(all), ...noPause });
  const changed = content.slice();
  changed[9_999]! ^= 1;
  writeFileSync(cache.blobPath(digest), changed);
  const { path } = await download(wanted, { cache, ...serve(all), ...noPause });
  assert.equal(new Uint8Array(readFileSync(path)), content);
});

test('49 digests that are none never become file names', ({ cache }) => {
  for (const bad of ['sha256:../../x', `sha256:${'A'.repeat(64)}`, 'sha1:00', '', 'sha256:00']) {
    assert.throws(() => cache.blobPath(bad), /illegal digest/);
  }
});

test('a stored blob is complete or absent', async ({ cache, directory }) => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield content;
    throw new Error('the source failed');
  }
  assert.match(String(await errorOf(cache.store(failing()))), /the source failed/);
  const wrong = cache.store([content], { digest: `sha256:${'0'.repeat(64)}` });
  assert.instance(await errorOf(wrong), VerificationError);
  assert.equal(readdirSync(join(directory, 'partial')), []);
  assert.not.ok(existsSync(join(directory, 'blobs')));
  cache.remember('key', { a: 1 });
  assert.equal(cache.recall('key'), { a: 1 });
  assert.is(cache.recall('other'), undefined);
});

test('64 a full disk is a typed error and leaves nothing half-written', async ({ directory }) => {
  if (!has('mount') || !hasAll(lackOfRoot())) return;
  const mount = join(directory, 'small');
  mkdirSync(mount);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', mount]).status !== 0) {
    return skip('a tmpfs cannot be mounted here');
  }
  try {
    const small = new Cache(mount);
    const big = Array.from({ length: 40 }, () => content);
    const error = await errorOf(small.store(big));
    assert.instance(error, StorageError);
    assert.match(String(error), /disk is full/);
    assert.equal(readdirSync(join(mount, 'partial')), []);
    const one = new Uint8Array(200_000);
    const large = { ...wanted, size: one.length };
    const server = serve(() => new Response(one));
    assert.instance(
      await errorOf(download(large, { cache: small, ...server, ...noPause })),
      StorageError,
    );
  } finally {
    spawnSync('umount', [mount]);
  }
});

test.run();

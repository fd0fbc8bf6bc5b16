import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { UnavailableError, VerificationError } from '../errors.ts';
import { errorOf, refused, withLimits } from '../testing/archives.ts';
import {
  all,
  cacheSuite,
  content,
  digest,
  noPause,
  part,
  serve,
  wanted,
} from '../testing/downloads.ts';
import { download } from './download.ts';

const test = cacheSuite('downloads');

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

test('59 what no other attempt would change is asked for once', async ({ cache }) => {
  for (const status of [201, 204, 205, 300, 304, 501, 505]) {
    const refusing = serve(() => new Response(null, { status }));
    const error = await errorOf(download(wanted, { cache, ...refusing, ...noPause }));
    assert.match(String(error), new RegExp(`^UnavailableError: refused \\(HTTP ${status}\\)`));
    assert.is(refusing.ranges.length, 1, String(status));
  }
  const partial = serve(() => new Response(content, { status: 206 }));
  const error = await errorOf(download(wanted, { cache, ...partial, ...noPause }));
  assert.match(String(error), /sent a part \(HTTP 206\), and was asked for the whole \(url /);
  assert.is(partial.ranges.length, 1);
  const making = serve(() => new Response(null, { status: 202 }), all);
  await download(wanted, { cache, ...making, ...noPause });
});

test('59 what the runtime will not ask, certificates that are not believed and unknown hosts are asked for once', async ({
  cache,
}) => {
  const failures = [
    new Error('bad port'),
    Object.assign(new Error('certificate has expired'), { code: 'CERT_HAS_EXPIRED' }),
    Object.assign(new Error('self-signed'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
    Object.assign(new Error('getaddrinfo ENOTFOUND nowhere'), { code: 'ENOTFOUND' }),
    new Error(
      'client error (Connect): dns error: failed to lookup address information: Name or service not known',
    ),
  ];
  for (const cause of failures) {
    let count = 0;
    const failing = async (): Promise<Response> => {
      count++;
      throw new TypeError('fetch failed', { cause });
    };
    const server = { fetch: failing as typeof fetch };
    const error = await errorOf(download(wanted, { cache, ...server, ...noPause }));
    assert.match(String(error), `UnavailableError: fetch failed: ${cause.message} (url `);
    assert.is(count, 1, cause.message);
  }
});

test('what arrived is said to be kept only where something did', async ({ cache }) => {
  const down = (): Response => new Response('', { status: 503 });
  const later = (): Response =>
    new Response('', { status: 503, headers: { 'retry-after': '100000' } });
  for (const [first, last] of [
    [down, down],
    [later, later],
  ] as const) {
    const without = serve(first, last, last, last);
    const nothing = await errorOf(download(wanted, { cache, ...without, ...noPause }));
    assert.not.match(String(nothing), /kept/);
    assert.match(String(nothing), /run again/);
  }
  for (const last of [down, later]) {
    const some = serve(() => part(0, 500), last, last, last);
    const error = await errorOf(download(wanted, { cache, ...some, ...noPause }));
    assert.match(String(error), /what arrived is kept/);
  }
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UnavailableError } from '../../errors.ts';
import { baseUrl, guardedFetch, trustOf } from './addresses.ts';

/** The addresses that were asked, where the first answer leads to `location`. */
async function follow(
  registry: string,
  location: string,
  insecure: readonly string[] = [],
): Promise<readonly (readonly [url: string, authorization: string | null])[]> {
  const asked: (readonly [string, string | null])[] = [];
  const answer = async (url: unknown, init?: RequestInit): Promise<Response> => {
    asked.push([String(url), new Headers(init?.headers).get('authorization')]);
    return asked.length === 1
      ? new Response(null, { status: 307, headers: { location } })
      : new Response('content');
  };
  const trust = trustOf(registry, insecure);
  const fetch = guardedFetch(answer as typeof globalThis.fetch, trust);
  await fetch(`${baseUrl(registry, trust)}/v2/a/blobs/x`, { headers: { authorization: 'secret' } });
  return asked;
}

test('plain http is spoken with loopback addresses and with those that are named', () => {
  for (const [registry, url] of [
    ['docker.io', 'https://registry-1.docker.io'],
    ['example.com', 'https://example.com'],
    ['example.com:80', 'https://example.com:80'],
    ['127.0.0.1:5000', 'http://127.0.0.1:5000'],
    ['127.8.8.8:5000', 'http://127.8.8.8:5000'],
    ['localhost:5000', 'http://localhost:5000'],
    ['[::1]:5000', 'http://[::1]:5000'],
    ['10.0.0.1:5000', 'https://10.0.0.1:5000'],
    ['localhost.example.com', 'https://localhost.example.com'],
    ['lab:5000', 'http://lab:5000'],
  ] as const) {
    assert.is(baseUrl(registry, trustOf(registry, ['lab:5000'])), url);
  }
});

test('58 credentials stay with the origin they were meant for', async () => {
  const own = await follow('example.com', '/v2/b');
  assert.equal(own.at(-1), ['https://example.com/v2/b', 'secret']);
  const other = await follow('example.com', 'https://cdn.example.com/b?signature=x');
  assert.equal(other.at(-1), ['https://cdn.example.com/b?signature=x', null]);
  assert.is((await follow('example.com', 'https://example.com:8443/b')).at(-1)![1], null);
});

test('60 ten redirects in a row are followed, and not one more', async () => {
  const chain = async (length: number): Promise<number> => {
    let asked = 0;
    const answer = async (): Promise<Response> =>
      // Ends where the guard fails, so that this test does too.
      asked++ < Math.min(length, 50)
        ? new Response(null, { status: 307, headers: { location: `/${asked}` } })
        : new Response('content');
    const fetch = guardedFetch(answer as typeof globalThis.fetch, trustOf('example.com', []));
    await fetch('https://example.com/v2/a/blobs/x');
    return asked;
  };
  assert.is(await chain(9), 10);
  assert.is(await chain(10), 11);
  for (const longer of [11, Number.POSITIVE_INFINITY]) {
    const error = await chain(longer).catch((reason: unknown) => reason);
    assert.instance(error, UnavailableError);
    assert.match(String(error), /more than 10 redirects/);
  }
});

test('60 no redirect leads inside, to plain http, or to another scheme', async () => {
  for (const [location, says] of [
    ['https://127.0.0.1/x', /private address 127\.0\.0\.1/],
    ['https://2130706433/x', /private address 127\.0\.0\.1/],
    ['https://localhost/x', /private address localhost/],
    ['https://x.localhost./x', /private address/],
    ['https://10.1.2.3/x', /private address/],
    ['https://172.20.0.1/x', /private address/],
    ['https://192.168.1.1/x', /private address/],
    ['https://169.254.169.254/latest/meta-data', /private address/],
    ['https://[::1]/x', /private address/],
    ['https://[fe80::1]/x', /private address/],
    ['https://[fd00::1]/x', /private address/],
    ['https://[::ffff:10.0.0.1]/x', /private address/],
    ['http://cdn.example.com/x', /leads to http:/],
    ['file:///etc/passwd', /leads to file:/],
    ['data:text/plain,x', /leads to data:/],
    ['https://', /a redirect/],
  ] as const) {
    const error = await follow('example.com', location).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.instance(error, UnavailableError, location);
    assert.match(String(error), says);
  }
});

test('a registry inside may lead inside, and to plain http where that is named', async () => {
  assert.is((await follow('10.0.0.1', 'https://10.0.0.2/x')).length, 2);
  assert.is((await follow('127.0.0.1:5000', 'http://127.0.0.1:9000/x')).length, 2);
  assert.is(
    (await follow('lab:5000', 'http://store:9000/x', ['lab:5000', 'store:9000'])).length,
    2,
  );
});

test.run();

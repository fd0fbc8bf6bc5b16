import { spawnSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError, UnavailableError } from '../../errors.ts';
import { lackOf, unless } from '../../testing/needs.ts';
import { offlineContext } from '../../testing/offline.ts';
import type { FetchContext } from '../provider.ts';
import { fetchIndex, parseRelations } from './index.ts';

const test = suite('index');

const mirror = { main: 'http://m.example/debian', security: 'http://m.example/debian-security' };
const text = Array.from(
  { length: 3000 },
  (_, index) =>
    `Package: p${index}\nVersion: ${index}\nDescription: größer\nFilename: pool/p.deb\nSize: 1\nSHA256: 0\n\n`,
).join('');

const compressed = spawnSync('xz', ['--stdout'], { input: text });
const needsXz = unless(test, lackOf('xz'));

/** A server as a list of answers, the last one for ever. */
function serve(...answers: readonly (() => Response)[]): FetchContext & { asked: string[] } {
  const asked: string[] = [];
  const answer = async (url: unknown): Promise<Response> => {
    asked.push(String(url));
    return answers[Math.min(asked.length, answers.length) - 1]!();
  };
  return { ...offlineContext('/nowhere'), fetch: answer as typeof fetch, asked };
}

const whole = (): Response => new Response(Uint8Array.from(compressed.stdout));

function cut(): Response {
  const half = Uint8Array.from(compressed.stdout.subarray(0, compressed.stdout.length >> 1));
  let pulls = 0;
  return new Response(
    new ReadableStream({
      pull(controller) {
        if (pulls++ === 0) controller.enqueue(half);
        else controller.error(new TypeError('terminated'));
      },
    }),
  );
}

const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

needsXz('an index is read whole, however its bytes come, and asked for once', async () => {
  const context = serve(cut, whole);
  const packages = await fetchIndex(mirror, 'bookworm-security', 'amd64', context);
  assert.equal(
    packages.map(({ name }) => name),
    Array.from({ length: 3000 }, (_, index) => `p${index}`),
  );
  assert.is(await fetchIndex(mirror, 'bookworm-security', 'amd64', context), packages);
  const url = `${mirror.security}/dists/bookworm-security/main/binary-amd64/Packages.xz`;
  assert.equal(context.asked, [url, url]);
});

needsXz('an index that is damaged or missing is a typed error', async () => {
  const gone = serve(() => new Response('', { status: 404 }));
  const error = await errorOf(fetchIndex(mirror, 'sid', 'amd64', gone));
  assert.instance(error, UnavailableError);
  assert.match(String(error), /no index of sid: not there .*--mirror/);
  const page = serve(() => new Response('<html>'.repeat(1000)));
  assert.instance(await errorOf(fetchIndex(mirror, 'sid', 'amd64', page)), InputError);
  // What failed is not kept.
  const later = serve(() => new Response('', { status: 403 }), whole);
  assert.instance(await errorOf(fetchIndex(mirror, 'sid', 'amd64', later)), UnavailableError);
  assert.is((await fetchIndex(mirror, 'sid', 'amd64', later)).length, 3000);
});

test('relations are groups of alternative names', () => {
  assert.equal(parseRelations('a (>= 1) | b:any,\n c [amd64], d <!nocheck>'), [
    ['a', 'b'],
    ['c'],
    ['d'],
  ]);
  assert.equal(parseRelations(''), []);
});

test.run();

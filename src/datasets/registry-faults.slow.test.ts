import { rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { BenchError } from '../errors.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { limits } from '../limits.ts';
import { clock, pull, pullSuite, sourceOf } from '../testing/pulls.ts';
import { pathsIn, putSampleImage, SAMPLE_PATHS, TYPES } from '../testing/registry.ts';

const test = pullSuite('faults of a registry');

/** What a server may do to one request. */
const FAULTS: Readonly<
  Record<string, (request: IncomingMessage, response: ServerResponse) => void>
> = {
  '401': (_, response) => response.writeHead(401).end(),
  '403': (_, response) => response.writeHead(403).end(),
  '404': (_, response) => response.writeHead(404).end(),
  '416': (_, response) => response.writeHead(416).end(),
  '429 at once': (_, response) => response.writeHead(429, { 'retry-after': '0' }).end(),
  '429 in an age': (_, response) => response.writeHead(429, { 'retry-after': '1000000000' }).end(),
  '500': (_, response) => response.writeHead(500).end(),
  'no status': (request) => request.socket.destroy(),
  'hangs up': (_, response) => {
    response.writeHead(200, { 'content-type': TYPES.manifest, 'content-length': 100 });
    response.write('{"schema');
    setTimeout(() => response.destroy(), 5);
  },
  'holds on': (_, response) => {
    response.writeHead(200, { 'content-type': TYPES.manifest, 'content-length': 100 });
    response.write('{"schema', () => clock.advance(limits.stallMs));
  },
  'holds on without an answer': () => clock.advance(limits.stallMs),
  'other bytes': (_, response) => {
    response.writeHead(200, { 'content-type': TYPES.manifest });
    response.end('x'.repeat(400));
  },
  'too long': (_, response) => {
    response.writeHead(200, { 'content-type': TYPES.manifest });
    response.end('x'.repeat(5 << 20));
  },
  'too short': (_, response) =>
    response.writeHead(200, { 'content-type': TYPES.manifest }).end('{}'),
  empty: (_, response) => response.writeHead(200, { 'content-type': TYPES.manifest }).end(),
  'a page': (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>log in</html>');
  },
  'redirect loop': (request, response) => {
    response.writeHead(307, { location: request.url }).end();
  },
  'redirect to nowhere': (_, response) => response.writeHead(302).end(),
  'redirect to a file': (_, response) => {
    response.writeHead(302, { location: 'file:///etc/passwd' }).end();
  },
  'redirect to plain http': (_, response) => {
    response.writeHead(302, { location: 'http://example.invalid/blob' }).end();
  },
  'header without end': (_, response) => {
    response.writeHead(200, { 'x-long': 'x'.repeat(1 << 20) }).end();
  },
};

for (const [name, fault] of Object.entries(FAULTS)) {
  for (const scope of ['once', 'for ever'] as const) {
    test(`56–63 each request in turn: ${name}, ${scope}: a typed error or the image`, async ({
      directory,
      server,
    }) => {
      const image = putSampleImage(server);
      const manifests = [{ ...image, platform: { os: 'linux', architecture: 'amd64' } }];
      server.putManifest(TYPES.index, { schemaVersion: 2, manifests }, 'many');
      const source = sourceOf(server.reference('many'));
      await pull(directory, source);
      const kinds = [...new Set(server.requests)];
      assert.is(kinds.length, 5, 'index, manifest, configuration, two layers');
      for (const line of kinds) {
        rmSync(join(directory, 'cache'), { recursive: true, force: true });
        let isSpent = false;
        server.handler = (request, response) => {
          if (isSpent || `${request.method} ${request.url}` !== line) return false;
          isSpent = scope === 'once';
          fault(request, response);
          return true;
        };
        let pulled: ImageDescriptor | undefined;
        try {
          pulled = await pull(directory, source);
        } catch (error) {
          assert.instance(error, BenchError, `${line}: ${String(error)}`);
          assert.match(String(error), /127\.0\.0\.1/, 'the error says who failed');
        }
        if (pulled) assert.equal(pathsIn(pulled), SAMPLE_PATHS);
        assert.is(pulled !== undefined && scope === 'for ever', false, `${line} was not noticed`);
      }
      server.handler = () => false;
      assert.equal(pathsIn(await pull(directory, source)), SAMPLE_PATHS, 'nothing wrong was kept');
    });
  }
}

test('59 what fails once for a moment is asked for again', async ({ directory, server }) => {
  putSampleImage(server, { tag: 'one' });
  const seen = new Set<string>();
  server.handler = ({ url = '' }, response) => {
    if (seen.has(url)) return false;
    seen.add(url);
    response.writeHead(seen.size % 2 === 0 ? 503 : 429, { 'retry-after': '0' }).end();
    return true;
  };
  assert.equal(pathsIn(await pull(directory, sourceOf(server.reference('one')))), SAMPLE_PATHS);
});

test.run();

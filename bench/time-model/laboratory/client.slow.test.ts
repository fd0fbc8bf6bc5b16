import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test as plainTest } from 'uvu';
import * as assert from 'uvu/assert';
import { BenchError } from '../../../src/errors.ts';
import type { Request } from '../../../src/fetchers/fetcher.ts';
import type { Store } from '../../../src/packers/packer.ts';
import { MemorySource } from '../../../src/streams/source.ts';
import { withLimits } from '../../../src/testing/archives.ts';
import { lackOfServers, unless } from '../../../src/testing/needs.ts';
import { type Pulled, pull, rangeHeader } from './client.ts';
import { verifyAnswer } from './verify.ts';

const test = unless(plainTest, lackOfServers());

const whole = Buffer.from('0123456789');
const blob: Request = { kind: 'blob', digest: 'sha256:b', role: 'content', bytes: 10 };
const ranges = [
  { offset: 1, length: 2 },
  { offset: 5, length: 3 },
];
const ranged: Request = { ...blob, ranges, bytes: 5 };

/** Pulls from a server that is one function. */
async function pullFrom(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  plan: readonly (readonly Request[])[],
  connections = 2,
): Promise<Pulled> {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const endpoint = { port, path: '/v2/x/' };
  try {
    return await pull(plan, { registry: endpoint, store: { port, path: '/s/' } }, connections);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function refusal(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  request: Request,
): Promise<string> {
  try {
    await pullFrom(answer, [[request]]);
  } catch (error) {
    assert.ok(error instanceof BenchError, String(error));
    return error.message;
  }
  return 'nothing was refused';
}

test('rounds wait for one another, paths and headers are those of registry and chunk store', async () => {
  const seen: string[] = [];
  const { answers } = await pullFrom(
    (request, response) => {
      seen.push(`${request.url} ${request.headers.range ?? ''}`);
      response.end(whole);
    },
    [
      [{ ...blob, kind: 'manifest', digest: 'sha256:m' }],
      [blob],
      [{ ...blob, kind: 'object', digest: 'sha256:abcdef' }],
    ],
  );
  assert.equal(seen, [
    '/v2/x/manifests/sha256:m ',
    '/v2/x/blobs/sha256:b ',
    '/s/abcd/abcdef.cacnk ',
  ]);
  assert.equal(
    answers.map(([first]) => Buffer.from(first![0]!.bytes).toString()),
    ['0123456789', '0123456789', '0123456789'],
  );
});

test('no more requests are in flight than there are connections, and connections are kept', async () => {
  let most = 0;
  const sockets = new Set<unknown>();
  const held: ServerResponse[] = [];
  const requests = Array.from({ length: 21 }, () => blob);
  await pullFrom(
    (request, response) => {
      sockets.add(request.socket);
      most = Math.max(most, held.push(response));
      // As many as there are connections come before one is answered; more would come in the meantime.
      if (held.length < 3) return;
      setTimeout(() => {
        for (const one of held.splice(0)) one.end(whole);
      }, 5);
    },
    [requests, requests],
    3,
  );
  assert.is(most, 3);
  assert.is(sockets.size, 3);
});

test('a server that does not answer is left', async () => {
  await withLimits({ stallMs: 20 }, async () => {
    assert.is(await refusal(() => {}, blob), 'nothing came in 20 ms');
  });
});

test('several ranges are asked for at once and come back as parts', async () => {
  assert.is(rangeHeader(ranges), 'bytes=1-2,5-7');
  const part = (text: string, range: string): string =>
    `--x\r\nContent-Range: bytes ${range}/10\r\n\r\n${text}\r\n`;
  const { answers } = await pullFrom(
    (request, response) => {
      assert.is(request.headers.range, 'bytes=1-2,5-7');
      response.writeHead(206, { 'content-type': 'multipart/byteranges; boundary=x' });
      response.end(`${part('12', '1-2')}${part('567', '5-7')}--x--\r\n`);
    },
    [[ranged]],
  );
  const parts = answers[0]![0]!;
  const store = {
    blob: () => whole,
    range: (_: string, offset: number, length: number) =>
      new MemorySource(whole.subarray(offset, offset + length)),
  } as unknown as Store;
  verifyAnswer(ranged, parts, store);
  const other = parts.map(({ offset, bytes }) => ({ offset: offset + 1, bytes }));
  for (const wrong of [other, parts.slice(1), [...parts, ...parts]]) {
    assert.throws(() => verifyAnswer(ranged, wrong, store), /other bytes came/);
  }
});

test('answers other than asked for are refused by what they are', async () => {
  const one: Request = { ...blob, ranges: ranges.slice(0, 1), bytes: 2 };
  assert.is(
    await refusal((_, response) => void response.end(whole), one),
    'HTTP 200 instead of 206',
  );
  assert.is(
    await refusal((_, response) => void response.writeHead(416).end(), ranged),
    'HTTP 416 instead of 206',
  );
  assert.is(
    await refusal((_, response) => void response.writeHead(404).end(), blob),
    'HTTP 404 instead of 200',
  );
  assert.is(
    await refusal((_, response) => void response.end('short'), blob),
    '5 bytes instead of 10',
  );
  assert.is(
    await refusal((_, response) => void response.end('0123456789A'), blob),
    'more than 10 bytes came',
  );
  assert.is(
    await refusal((_, response) => {
      response.writeHead(200, { 'content-length': 10 });
      response.write('01234');
      setTimeout(() => response.destroy(), 5);
    }, blob),
    'the answer broke off',
  );
  assert.match(
    await refusal((request) => void request.socket.destroy(), blob),
    /the request failed/,
  );
});

test.run();

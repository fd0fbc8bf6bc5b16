import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer } from 'node:net';
import { test as plainTest } from 'uvu';
import * as assert from 'uvu/assert';
import { lackOfServers, unless } from '../../../src/testing/needs.ts';
import { noise } from '../../../src/testing/noise.ts';
import { openLink } from './proxy.ts';
import { openLinkThread } from './thread.ts';

const test = unless(plainTest, lackOfServers());

/** A server that returns what it is sent, when it has all of it. */
async function startEcho(): Promise<{ readonly port: number; stop(): void }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const pieces: Uint8Array[] = [];
    socket.on('data', (piece: Uint8Array) => pieces.push(piece));
    socket.on('end', () => socket.end(Buffer.concat(pieces)));
    socket.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, stop: () => void server.close() };
}

function exchange(port: number, bytes: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ port, host: '127.0.0.1', allowHalfOpen: true });
    const pieces: Uint8Array[] = [];
    socket.on('data', (piece: Uint8Array) => pieces.push(piece));
    socket.on('end', () => resolve(Buffer.concat(pieces)));
    socket.on('error', reject);
    socket.end(bytes);
  });
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

for (const [name, open] of [
  ['in this thread', openLink],
  ['in a thread of its own', openLinkThread],
] as const) {
  test(`every byte crosses once and in order, and is counted, ${name}`, async () => {
    const [one, other] = [await startEcho(), await startEcho()];
    const link = await open({ roundTripMs: 2, bandwidth: 4e9 }, [one.port, other.port]);
    try {
      // The first is longer than what may be under way, so that the sender is held up.
      const bodies = [noise(5_000_001, 1), noise(70_000, 2), noise(1, 3), new Uint8Array(0)];
      const answers = await Promise.all(
        bodies.map((body, index) => exchange(link.ports[index % 2]!, body)),
      );
      assert.equal(answers.map(digest), bodies.map(digest));
      const bytes = bodies.reduce((sum, { length }) => sum + length, 0);
      assert.equal(await link.traffic(), { upBytes: bytes, downBytes: bytes, connections: 4 });
    } finally {
      await link.close();
      one.stop();
      other.stop();
    }
  });
}

test('nothing comes before its time', async () => {
  const echo = await startEcho();
  const link = await openLink({ roundTripMs: 40, bandwidth: 8e6 }, [echo.port]);
  try {
    const start = performance.now();
    await exchange(link.ports[0]!, noise(50_000, 4));
    // Handshake and exchange take a round trip each, every direction 50 ms for its bytes: late it may be, early never.
    assert.ok(performance.now() - start >= 40 + 40 + 50 + 50);
  } finally {
    await link.close();
    echo.stop();
  }
});

test('a server that is not there ends the connection', async () => {
  const echo = await startEcho();
  echo.stop();
  const link = await openLink({ roundTripMs: 1, bandwidth: 1e9 }, [echo.port]);
  const socket = createConnection({ port: link.ports[0]!, host: '127.0.0.1' });
  socket.on('error', () => {});
  await once(socket, 'close');
  await link.close();
});

test.run();

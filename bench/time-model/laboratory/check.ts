import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import type { Link } from '../../../src/links/mod.ts';
import { openLinkThread } from './thread.ts';

/** What a shaped link really does, without any server of interest behind it. */
export interface LinkCheck {
  /** Round trips of one byte: milliseconds. */
  readonly roundTripsMs: readonly number[];
  /** Time of one large body: milliseconds. */
  readonly bodyMs: number;
  /** That time ÷ (round trip + bytes ÷ bandwidth) − 1. */
  readonly bodyError: number;
}

const PINGS = 15;
/** Length of the body: what the link carries in this time. Milliseconds. */
const BODY_MS = 1000;

export async function checkLink(link: Link): Promise<LinkCheck> {
  // Answers each 4 bytes with as many bytes as they say.
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('data', (asked: Buffer) => socket.write(new Uint8Array(asked.readUInt32BE(0))));
    socket.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const shaped = await openLinkThread(link, [(server.address() as AddressInfo).port]);
  const socket = createConnection({ port: shaped.ports[0]!, host: '127.0.0.1', noDelay: true });
  try {
    await once(socket, 'connect');
    // The first answer waits for the handshake too.
    await exchange(socket, 1);
    const pings: number[] = [];
    for (let ping = 0; ping < PINGS; ping++) pings.push(await exchange(socket, 1));
    const bytes = Math.round((link.bandwidth / 8000) * BODY_MS);
    const bodyMs = await exchange(socket, bytes);
    return {
      roundTripsMs: pings,
      bodyMs,
      bodyError: bodyMs / (link.roundTripMs + BODY_MS) - 1,
    };
  } finally {
    socket.destroy();
    await shaped.close();
    server.close();
  }
}

/** Milliseconds until all bytes asked for are there. */
function exchange(socket: Socket, bytes: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    let rest = bytes;
    const take = (piece: Uint8Array): void => {
      rest -= piece.length;
      if (rest > 0) return;
      socket.off('data', take);
      socket.off('error', reject);
      resolve(performance.now() - start);
    };
    socket.on('data', take);
    socket.on('error', reject);
    const asked = Buffer.alloc(4);
    asked.writeUInt32BE(bytes);
    socket.write(asked);
  });
}

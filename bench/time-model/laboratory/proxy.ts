import { createConnection, createServer, type Server, type Socket } from 'node:net';
import type { Link } from '../../../src/links/mod.ts';
import { Lane } from './lane.ts';

/** What crossed a link since it was opened. */
export interface Traffic {
  /** Bytes of client and server, headers included; what TCP and IP add is not there. */
  readonly upBytes: number;
  readonly downBytes: number;
  readonly connections: number;
}

/** A link between local clients and local servers. */
export interface ShapedLink {
  /** Where clients connect, one port for each server, on 127.0.0.1. */
  readonly ports: readonly number[];
  traffic(): Promise<Traffic>;
  close(): Promise<void>;
}

/**
 * A link of given round trip and bandwidth before servers on this machine, in user space, for kernels without netem.
 *
 * Half a round trip passes each way. Each direction has one queue, first come first served, which all connections share
 * and which lets `bandwidth` through. A new connection answers after a round trip more, as a handshake takes. Nothing is
 * lost and there is no slow start: a connection has the whole bandwidth at once.
 *
 * @param servers ports on 127.0.0.1
 */
export async function openLink(
  { roundTripMs, bandwidth }: Pick<Link, 'roundTripMs' | 'bandwidth'>,
  servers: readonly number[],
): Promise<ShapedLink> {
  const up = new Lane(roundTripMs / 2, bandwidth);
  const down = new Lane(roundTripMs / 2, bandwidth);
  const sockets = new Set<Socket>();
  let connections = 0;

  const listen = (port: number): Promise<Server> => {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      connections++;
      const upstream = createConnection({
        port,
        host: '127.0.0.1',
        allowHalfOpen: true,
        noDelay: true,
      });
      for (const [socket, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
        // One end that breaks is broken at the other end too.
        socket.on('error', () => other.destroy());
      }
      up.join(client, upstream, performance.now() + roundTripMs);
      down.join(upstream, client, 0);
    });
    return new Promise((resolve, reject) => {
      server.on('error', reject);
      server.listen(0, '127.0.0.1', () => resolve(server));
    });
  };

  const listeners = await Promise.all(servers.map(listen));
  return {
    ports: listeners.map((server) => {
      const address = server.address();
      return typeof address === 'object' ? (address?.port ?? 0) : 0;
    }),
    traffic: async () => ({ upBytes: up.bytes, downBytes: down.bytes, connections }),
    async close() {
      up.close();
      down.close();
      for (const socket of sockets) socket.destroy();
      await Promise.all(listeners.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

import type { Request, Transfer } from '../fetchers/fetcher.ts';
import type { Link } from './mod.ts';

/** Connections to a server, hence requests in flight at once: containers/image copies six blobs at a time. */
export const CONCURRENCY = 6;

/** Who answers: the registry, or the chunk store beside it. */
export type Server = 'registry' | 'store';

export function serverOf({ kind }: Request): Server {
  return kind === 'object' ? 'store' : 'registry';
}

interface ServerCost {
  /** Processor time of client and server for one request: milliseconds. */
  readonly requestMs: number;
  /** Headers of one answer: bytes. */
  readonly headerBytes: number;
}

/** As docker-registry 2.8 and nginx 1.22 were measured over loopback; METHODS.md, Time. */
export const SERVER_COSTS: Readonly<Record<Server, ServerCost>> = {
  registry: { requestMs: 3, headerBytes: 450 },
  store: { requestMs: 0.5, headerBytes: 260 },
};

/** Headers of one request: bytes. A digest is most of it. */
export const REQUEST_HEADER_BYTES = 200;
/** Boundary and header lines of one part in a multipart/byteranges answer (RFC 9110 §14.6): bytes. */
export const PART_BYTES = 160;

/**
 * A transfer walked through, request by request, in milliseconds. A round begins when the one before has ended. Each
 * request takes the connection that is free first; its answer waits until the server has worked on it and the link has
 * let through all answers before it; then the connection is free again. A new connection is open a round trip after it
 * was asked for, as TCP has it; slow start, loss and TLS are left out.
 *
 * @param answered told when the last byte of each answer is there
 */
export function networkMs(
  { plan }: Transfer,
  link: Link,
  answered: (request: Request, ms: number) => void = () => {},
): number {
  const { roundTripMs, connections = CONCURRENCY } = link;
  const bytesPerMs = link.bandwidth / 8000;
  const open: Record<Server, number> = { registry: 0, store: 0 };
  let now = 0;
  let linkFree = 0;
  for (const requests of plan) {
    // By server, when each connection is free.
    const free: Record<Server, Float64Array> = {
      registry: new Float64Array(connections),
      store: new Float64Array(connections),
    };
    for (const server of ['registry', 'store'] as const) {
      free[server].fill(now + roundTripMs);
      free[server].fill(now, 0, open[server]);
    }
    const asked: Record<Server, number> = { registry: 0, store: 0 };
    let end = now;
    for (const request of requests) {
      const server = serverOf(request);
      const lane = earliest(free[server]);
      asked[server]++;
      const { requestMs } = SERVER_COSTS[server];
      const arrival = free[server][lane]! + roundTripMs / 2 + REQUEST_HEADER_BYTES / bytesPerMs;
      linkFree = Math.max(arrival + requestMs, linkFree) + answerBytes(request) / bytesPerMs;
      free[server][lane] = linkFree + roundTripMs / 2;
      end = Math.max(end, free[server][lane]);
      answered(request, free[server][lane]);
    }
    for (const server of ['registry', 'store'] as const) {
      open[server] = Math.max(open[server], Math.min(connections, asked[server]));
    }
    now = end;
  }
  return now;
}

/** Body and headers. */
function answerBytes(request: Request): number {
  const parts = request.ranges?.length ?? 1;
  return (
    request.bytes +
    SERVER_COSTS[serverOf(request)].headerBytes +
    (parts > 1 ? parts * PART_BYTES : 0)
  );
}

function earliest(times: Float64Array): number {
  let best = 0;
  for (let index = 1; index < times.length; index++) {
    if (times[index]! < times[best]!) best = index;
  }
  return best;
}

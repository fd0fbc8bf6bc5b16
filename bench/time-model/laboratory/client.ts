import { Agent, type IncomingHttpHeaders, request as sendRequest } from 'node:http';
import { UnavailableError } from '../../../src/errors.ts';
import type { Range, Request } from '../../../src/fetchers/fetcher.ts';
import { limits } from '../../../src/limits.ts';
import { type Server, serverOf } from '../../../src/links/time.ts';
import { objectPath } from '../../../src/objects/store.ts';
import { MANIFEST_TYPE } from '../../../src/packers/packer.ts';
import { type Part, parseContentRange, readParts } from './multipart.ts';

/** Where a client finds one packed image: ports on 127.0.0.1, the path before what it asks for. */
export type Endpoints = Readonly<Record<Server, { readonly port: number; readonly path: string }>>;

export interface Pulled {
  /** From the first request until the last byte. */
  readonly milliseconds: number;
  /** By round, then by request: what came, as it was asked for. */
  readonly answers: readonly (readonly (readonly Part[])[])[];
}

/** What a part of a multi-range answer may take beyond its bytes. */
const MOST_PART_BYTES = 4096;

/**
 * Sends the requests of a transfer, round by round, over at most `connections` HTTP/1.1 connections to each server, kept
 * alive; a connection takes the next request when its answer is complete. Throws an UnavailableError where a server
 * answers anything but what was asked for.
 */
export async function pull(
  plan: readonly (readonly Request[])[],
  endpoints: Endpoints,
  connections: number,
): Promise<Pulled> {
  // One agent with one socket for each connection: an agent of its own would open them as it likes.
  const agents = Array.from(
    { length: connections },
    () => new Agent({ keepAlive: true, maxSockets: 1 }),
  );
  try {
    const start = performance.now();
    const raw: (readonly Answer[])[] = [];
    for (const requests of plan) raw.push(await pullRound(requests, endpoints, agents));
    const milliseconds = performance.now() - start;
    const answers = raw.map((round, index) =>
      round.map((answer, number) => partsOf(plan[index]![number]!, answer)),
    );
    return { milliseconds, answers };
  } finally {
    for (const agent of agents) agent.destroy();
  }
}

async function pullRound(
  requests: readonly Request[],
  endpoints: Endpoints,
  agents: readonly Agent[],
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  const work = async (agent: Agent): Promise<void> => {
    while (next < requests.length) {
      const number = next++;
      const request = requests[number]!;
      const { port, path } = endpoints[serverOf(request)];
      const headers = headersOf(request);
      const most = request.bytes + (request.ranges?.length ?? 0) * MOST_PART_BYTES;
      answers[number] = await ask(port, path + pathOf(request), headers, most, agent);
    }
  };
  await Promise.all(agents.slice(0, requests.length).map(work));
  return answers;
}

/** Path of a request below that of its image. */
export function pathOf({ kind, digest }: Request): string {
  if (kind === 'object') return objectPath('', digest.slice('sha256:'.length));
  return `${kind}s/${digest}`;
}

function headersOf({ kind, ranges }: Request): Readonly<Record<string, string>> {
  if (kind === 'manifest') return { accept: MANIFEST_TYPE };
  return ranges ? { range: rangeHeader(ranges) } : {};
}

export function rangeHeader(ranges: readonly Range[]): string {
  return `bytes=${ranges.map(({ offset, length }) => `${offset}-${offset + length - 1}`).join(',')}`;
}

export interface Answer {
  readonly url: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
  /** False where the connection ended before as many bytes had come as the header says. */
  readonly isComplete: boolean;
}

/** One GET on 127.0.0.1; a body longer than `most` bytes is refused. */
export function ask(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
  most: number,
  agent?: Agent,
): Promise<Answer> {
  const url = `http://127.0.0.1:${port}${path}`;
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => reject(new UnavailableError(what, { url }));
    const request = sendRequest(
      {
        host: '127.0.0.1',
        port,
        path,
        headers: { 'accept-encoding': 'identity', ...headers },
        ...(agent ? { agent } : {}),
      },
      (response) => {
        const pieces: Uint8Array[] = [];
        let length = 0;
        response.on('data', (piece: Uint8Array) => {
          length += piece.length;
          if (length > most) {
            fail(`more than ${most} bytes came`);
            request.destroy();
          }
          pieces.push(piece);
        });
        // Whatever ended the answer is told by isComplete.
        response.on('error', () => {});
        response.on('close', () => {
          const { statusCode: status = 0, headers: own, complete: isComplete } = response;
          resolve({ url, status, headers: own, body: Buffer.concat(pieces), isComplete });
        });
      },
    );
    request.setTimeout(limits.stallMs, () => {
      fail(`nothing came in ${limits.stallMs} ms`);
      request.destroy();
    });
    request.on('error', (error) => fail(`the request failed: ${error.message}`));
    request.end();
  });
}

function partsOf({ ranges, bytes }: Request, answer: Answer): readonly Part[] {
  const { url, status, headers, body, isComplete } = answer;
  const expected = ranges ? 206 : 200;
  if (status !== expected) {
    const remedy = ranges ? 'this server does not serve ranges as asked' : 'was the image pushed?';
    throw new UnavailableError(`HTTP ${status} instead of ${expected}`, { url }, remedy);
  }
  if (!isComplete) throw new UnavailableError('the answer broke off', { url });
  if (ranges && ranges.length > 1) {
    return readParts(body, headers['content-type'] ?? '', ranges.length);
  }
  const offset = ranges ? parseContentRange(headers['content-range'] ?? '')?.offset : 0;
  if (offset !== undefined && body.length === bytes) return [{ offset, bytes: body }];
  throw new UnavailableError(`${body.length} bytes instead of ${bytes}`, { url });
}

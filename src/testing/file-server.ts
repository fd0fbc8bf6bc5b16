import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'uvu';
import { directorySuite, type InDirectory } from './directory.ts';
import { lackOfServers } from './needs.ts';

/** True where it has answered; else the server does. */
type Handler = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A server of files on loopback whose every answer a test may change. */
export class FileServer {
  /** Path and query, with the range where one was asked for, of each request. */
  readonly requests: string[] = [];
  /** Authorization of each request; '' where it had none. */
  readonly authorizations: string[] = [];
  readonly files: Map<string, Uint8Array> = new Map();
  handler: Handler = () => false;
  readonly #server = createServer((request, response) => this.#answer(request, response));

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** `127.0.0.1:PORT` */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  url(path: string): string {
    return `http://${this.host}${path}`;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { url = '', headers } = request;
    this.requests.push([url, headers.range].filter(Boolean).join(' '));
    this.authorizations.push(headers.authorization ?? '');
    if (this.handler(request, response)) return;
    const bytes = this.files.get(url);
    if (!bytes) {
      response.writeHead(404).end();
      return;
    }
    const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': bytes.length - start,
      ...(start > 0 && { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
    });
    response.end(bytes.subarray(start));
  }
}

/** Each test has a server and a directory of its own. */
export function fileServerSuite(name: string): Test<InDirectory & { server: FileServer }> {
  const test = directorySuite<InDirectory & { server: FileServer }>(name, lackOfServers());
  test.before.each(async (context) => {
    context.server = await new FileServer().start();
  });
  test.after.each(({ server }) => server.stop());
  return test;
}

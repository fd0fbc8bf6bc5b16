import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Test } from 'uvu';
import { directorySuite, type InDirectory } from './directory.ts';
import { LoopbackServer } from './loopback-server.ts';
import { lackOfServers } from './needs.ts';

/** True where it has answered; else the server does. */
type Handler = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A server of files whose every answer a test may change; `requests` are path and query, with the range asked for. */
export class FileServer extends LoopbackServer {
  readonly files: Map<string, Uint8Array> = new Map();
  handler: Handler = () => false;
  url(path: string): string {
    return `http://${this.host}${path}`;
  }

  protected answer(request: IncomingMessage, response: ServerResponse): void {
    const { url = '', headers } = request;
    this.requests.push([url, headers.range].filter(Boolean).join(' '));
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

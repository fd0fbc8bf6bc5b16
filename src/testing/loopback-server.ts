import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on loopback that notes what it was asked. */
export abstract class LoopbackServer {
  /** A line for each request, in order: subclasses say which. */
  readonly requests: string[] = [];
  /** Authorization of each request; '' where it had none. */
  readonly authorizations: string[] = [];
  readonly #server = createServer((request, response) => {
    this.authorizations.push(request.headers.authorization ?? '');
    this.answer(request, response);
  });

  protected abstract answer(request: IncomingMessage, response: ServerResponse): void;

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
}

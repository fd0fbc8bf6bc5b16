import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** The distribution's own registry (package docker-registry), on a loopback address, in a directory of the test's. */
export class DockerRegistry {
  readonly host: string;
  readonly #child: ChildProcess;

  private constructor(host: string, child: ChildProcess) {
    this.host = host;
    this.#child = child;
  }

  /**
   * undefined where it is not installed.
   * @param htpasswd a line `USER:BCRYPT` of the only user; without it, everybody is welcome
   */
  static async start(directory: string, htpasswd?: string): Promise<DockerRegistry | undefined> {
    const host = `127.0.0.1:${await freePort()}`;
    mkdirSync(directory, { recursive: true });
    const users = join(directory, 'htpasswd');
    if (htpasswd !== undefined) writeFileSync(users, `${htpasswd}\n`);
    const config = {
      version: 0.1,
      log: { level: 'error', accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(directory, 'data') } },
      http: { addr: host },
      ...(htpasswd === undefined ? {} : { auth: { htpasswd: { realm: 'test', path: users } } }),
    };
    // JSON is YAML.
    writeFileSync(join(directory, 'config.yml'), JSON.stringify(config));
    const child = spawn('docker-registry', ['serve', join(directory, 'config.yml')], {
      stdio: 'ignore',
    });
    let failure: unknown;
    child.on('error', (error) => {
      failure = error;
    });
    for (let attempt = 0; attempt < 200 && failure === undefined; attempt++) {
      if (child.exitCode !== null) throw new Error(`docker-registry ended: ${child.exitCode}`);
      const answer = await fetch(`http://${host}/v2/`).catch(() => undefined);
      await answer?.body?.cancel();
      if (answer) return new DockerRegistry(host, child);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    if ((failure as { code?: unknown } | undefined)?.code === 'ENOENT') return undefined;
    child.kill();
    throw failure ?? new Error('docker-registry does not answer');
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill();
    await ended;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

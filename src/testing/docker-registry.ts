import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  dockerRegistryWith,
  lacking,
  startServer,
} from '../../bench/time-model/laboratory/servers.ts';

/** The distribution's own registry (package docker-registry), on a loopback address, in a directory of the test's. */
export interface DockerRegistry {
  readonly host: string;
  stop(): Promise<void>;
}

/**
 * undefined where it is not installed.
 * @param htpasswd a line `USER:BCRYPT` of the only user; without it, everybody is welcome
 */
export async function startDockerRegistry(
  directory: string,
  htpasswd?: string,
): Promise<DockerRegistry | undefined> {
  mkdirSync(directory, { recursive: true });
  const users = join(directory, 'htpasswd');
  if (htpasswd !== undefined) writeFileSync(users, `${htpasswd}\n`);
  const program = dockerRegistryWith(
    htpasswd === undefined ? {} : { auth: { htpasswd: { realm: 'test', path: users } } },
  );
  if (lacking([program]) !== undefined) return undefined;
  const { port, stop } = await startServer(program, directory);
  return { host: `127.0.0.1:${port}`, stop };
}

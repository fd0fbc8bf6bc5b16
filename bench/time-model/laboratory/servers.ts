import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { claimChild } from '../../../src/claims.ts';
import { UnavailableError } from '../../../src/errors.ts';
import { makeDirectories } from '../../../src/make-directories.ts';
import { findProgram } from '../../../src/workers/child.ts';
import { writeFile } from '../../../src/write-whole.ts';

/** Servers of the distribution on 127.0.0.1, each in a directory of its own and ended by its process. */

export interface RunningServer {
  readonly port: number;
  stop(): Promise<void>;
}

export interface ServerProgram {
  readonly name: string;
  /** Debian package. */
  readonly package: string;
  /** Writes a configuration and returns the words to start with. */
  configure(directory: string, port: number): readonly string[];
}

/** @param more of its configuration, such as who may come in */
export function dockerRegistryWith(more: object): ServerProgram {
  return {
    name: 'docker-registry',
    package: 'docker-registry',
    configure(directory, port) {
      const path = join(directory, 'registry.json');
      const configuration = {
        version: '0.1',
        log: { level: 'error', accesslog: { disabled: true } },
        storage: {
          filesystem: { rootdirectory: join(directory, 'registry') },
          cache: { blobdescriptor: 'inmemory' },
          maintenance: { uploadpurging: { enabled: false } },
        },
        http: { addr: `127.0.0.1:${port}`, secret: 'on loopback only' },
        ...more,
      };
      // JSON is YAML.
      writeFile(path, JSON.stringify(configuration));
      return ['serve', path];
    },
  };
}

/** The registry that the distribution specification grew out of; its blobs are files in the directory. */
export const dockerRegistry: ServerProgram = dockerRegistryWith({});

/**
 * Static files below `files`, as a chunk store is served.
 *
 * @param log what it writes of each request: directives of its block `http`
 * @param locations directives of its block `server`
 */
export function nginxWith(log: string, locations = ''): ServerProgram {
  return {
    name: 'nginx',
    package: 'nginx-light',
    configure(directory, port) {
      const path = join(directory, 'nginx.conf');
      const own = JSON.stringify(directory).slice(1, -1);
      const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
      writeFile(
        path,
        [
          // Started by root, nginx would read the files as another user.
          ...(userInfo().uid === 0 ? ['user root;'] : []),
          'daemon off; worker_processes 1;',
          `pid "${own}/nginx.pid"; error_log "${own}/nginx.log" error;`,
          'events {}',
          'http {',
          `${log} default_type application/octet-stream; tcp_nodelay on;`,
          'keepalive_requests 1000000;',
          ...temporary.map((name) => `${name}_temp_path "${own}/temporary";`),
          `server { listen 127.0.0.1:${port}; root "${own}/files"; ${locations} }`,
          '}',
        ].join('\n'),
      );
      makeDirectories(join(directory, 'files'));
      return ['-c', path, '-p', directory, '-e', join(directory, 'nginx.log')];
    },
  };
}

/** nginx that writes nothing of its requests. */
export const nginx: ServerProgram = nginxWith('access_log off;');

/** Where the program is; undefined where it is not installed. Servers may lie outside of a user's PATH. */
function programPath({ name }: ServerProgram): string | undefined {
  return findProgram(name, ['/usr/sbin', '/usr/local/sbin']);
}

/** What is lacking, as a sentence for a skipped part; undefined where everything is there. */
export function lacking(programs: readonly ServerProgram[]): string | undefined {
  const missing = programs.filter((program) => programPath(program) === undefined);
  if (missing.length === 0) return undefined;
  const names = missing.map(({ name }) => name).join(' and ');
  return `${names} not found: apt-get install ${missing.map((one) => one.package).join(' ')}`;
}

const START_MS = 15_000;
const STOP_MS = 5000;

/** Times that a server is started: the port that was free may be another program's by then. */
const STARTS = 3;

/** Starts a server and waits until it answers. Throws an UnavailableError that says what it wrote last. */
export async function startServer(
  program: ServerProgram,
  directory: string,
): Promise<RunningServer> {
  const path = programPath(program);
  if (path === undefined) throw new UnavailableError(lacking([program])!);
  for (let start = 1; ; start++) {
    const port = await freePort();
    const words = [...program.configure(directory, port)];
    const server = await startOn(port, path, words);
    if (typeof server !== 'string') return server;
    if (start < STARTS && /address already in use/i.test(server)) continue;
    const message = `${program.name} did not start: ${server.trim()}`;
    throw new UnavailableError(message, {}, 'run it by hand');
  }
}

/** What the program wrote where it does not start. */
async function startOn(
  port: number,
  path: string,
  args: readonly string[],
): Promise<RunningServer | string> {
  const child = spawn(path, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    words = (words + text).slice(-1000);
  });
  // Killed at once, the master of nginx would leave its workers behind.
  const endToo = (): void => void child.kill('SIGTERM');
  process.once('exit', endToo);
  child.once('exit', () => process.off('exit', endToo));
  claimChild(child);
  const server = { port, stop: () => stop(child) };
  child.on('error', (error) => {
    words += String(error);
  });
  for (const end = performance.now() + START_MS; performance.now() < end; ) {
    const isAnswered = await answers(port);
    // What answers may be another program that took the port: then this one has ended.
    if (child.exitCode !== null || child.pid === undefined) break;
    if (isAnswered) return server;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await server.stop();
  return words;
}

async function answers(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/`);
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(timer);
}

/** Another program may take it before it is used. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}

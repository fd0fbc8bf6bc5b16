import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { delimiter, join } from 'node:path';
import * as assert from 'uvu/assert';
import { BenchError, UnavailableError } from '../errors.ts';
import { errorOf } from '../testing/archives.ts';
import { contextOf, pull, pullSuite, sourceOf } from '../testing/pulls.ts';
import { pathsIn, putSampleImage, SAMPLE_PATHS, ScriptedRegistry } from '../testing/registry.ts';
import { registry as provider } from './registry.ts';

const test = pullSuite('logins to a registry');

test('58 blobs that another host serves come without the credentials of the registry', async ({
  directory,
  server,
}) => {
  putSampleImage(server, { tag: 'one' });
  login(directory, server.host, { auth: Buffer.from('ann:secret').toString('base64') });
  const store = await new ScriptedRegistry().start();
  try {
    putSampleImage(store);
    server.handler = (request, response) => {
      if (!request.headers.authorization) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="here"' }).end();
        return true;
      }
      if (!request.url?.includes('/blobs/')) return false;
      response.writeHead(307, { location: `http://${store.host}${request.url}` }).end();
      return true;
    };
    assert.equal(pathsIn(await pull(directory, sourceOf(server.reference('one')))), SAMPLE_PATHS);
    assert.is(
      server.authorizations.at(-1),
      `Basic ${Buffer.from('ann:secret').toString('base64')}`,
    );
    assert.is(store.requests.length, 3);
    assert.equal(store.authorizations, ['', '', '']);
  } finally {
    await store.stop();
  }
});

function login(directory: string, host: string, auth: object, more: object = {}): void {
  const docker = join(directory, 'docker');
  mkdirSync(docker, { recursive: true });
  writeFileSync(join(docker, 'config.json'), JSON.stringify({ auths: { [host]: auth }, ...more }));
}

/** The registry wants a token; its own `/token` gives one to whoever `admits` says. */
function wantToken(
  server: ScriptedRegistry,
  admits: (request: IncomingMessage, body: string) => boolean,
): { valid: string; readonly given: string[] } {
  const state = { valid: 'token-0', given: [] as string[] };
  server.handler = (request, response) => {
    if (request.url?.startsWith('/token')) {
      let body = '';
      request.on('data', (bytes) => {
        body += String(bytes);
      });
      request.on('end', () => {
        if (!admits(request, body)) {
          response.writeHead(401).end();
          return;
        }
        state.valid = `token-${state.given.push(request.url!)}`;
        response.end(JSON.stringify({ token: state.valid, expires_in: 60 }));
      });
      return true;
    }
    if (request.headers.authorization === `Bearer ${state.valid}`) return false;
    const realm = `http://${server.host}/token`;
    const challenge = `Bearer realm="${realm}",service="me",scope="repository:${server.repository}:pull"`;
    response.writeHead(401, { 'www-authenticate': challenge }).end();
    return true;
  };
  return state;
}

test('a guest gets a token, once, and another one when it ends in mid-pull', async ({
  directory,
  server,
}) => {
  putSampleImage(server, { tag: 'one' });
  const source = sourceOf(server.reference('one'));
  const token = wantToken(server, (request) => request.headers.authorization === undefined);
  const context = contextOf(directory);
  const pins = await provider.pin!(source, { id: 'x' }, context);
  assert.equal(token.given, [
    `/token?service=me&scope=${encodeURIComponent(`repository:${server.repository}:pull`)}`,
  ]);
  const inner = server.handler;
  let blobs = 0;
  server.handler = (request, response, index) => {
    if (request.url?.includes('/blobs/') && ++blobs === 3) token.valid = 'ended';
    return inner(request, response, index);
  };
  assert.equal(pathsIn(await provider.fetch(source, { id: 'x' }, pins, context)), SAMPLE_PATHS);
  assert.is(token.given.length, 3, 'one to pin, one to fetch, one after the end of that');
});

test('names and passwords, identity tokens and helpers get tokens', async ({
  directory,
  server,
}) => {
  putSampleImage(server, { tag: 'one' });
  const source = sourceOf(server.reference('one'));
  const encoded = Buffer.from('ann:se:cret').toString('base64');
  const isAnn = (request: IncomingMessage): boolean =>
    request.headers.authorization === `Basic ${encoded}`;
  const isHolder = (request: IncomingMessage, body: string): boolean =>
    request.method === 'POST' &&
    new URLSearchParams(body).get('refresh_token') === 'identity' &&
    new URLSearchParams(body).get('grant_type') === 'refresh_token';
  const helper = (name: string, script: string): object => {
    const path = join(directory, 'docker', `docker-credential-${name}`);
    mkdirSync(join(directory, 'docker'), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return { credHelpers: { [server.host]: name } };
  };
  process.env['PATH'] = `${join(directory, 'docker')}${delimiter}${process.env['PATH']}`;
  const answering = (user: string, secret: string): string =>
    `read host; test "$1 $host" = "get ${server.host}" && echo '{"Username":"${user}","Secret":"${secret}"}'`;
  const cases = [
    [isAnn, { auth: encoded }, {}],
    [isAnn, { username: 'ann', password: 'se:cret' }, {}],
    [isHolder, { identitytoken: 'identity' }, {}],
    [isAnn, {}, helper('ann', answering('ann', 'se:cret'))],
    [isHolder, {}, helper('holder', answering('<token>', 'identity'))],
    [
      isAnn,
      { auth: encoded },
      helper('empty', 'echo credentials not found in native keychain; exit 1'),
    ],
  ] as const;
  for (const [admits, auth, more] of cases) {
    rmSync(join(directory, 'cache'), { recursive: true, force: true });
    login(directory, server.host, auth, more);
    wantToken(server, admits);
    assert.equal(
      pathsIn(await pull(directory, source)),
      SAMPLE_PATHS,
      JSON.stringify([auth, more]),
    );
  }
  for (const [more, says] of [
    [helper('broken', 'exit 3'), /docker-credential-broken failed \(exit code 3\)/],
    [{ credsStore: 'missing' }, /docker-credential-missing cannot be run/],
    [{ credsStore: '../evil' }, /is no name of a program/],
    [{ auths: { [server.host]: { auth: '!' } } }, /not base64 of USER:PASSWORD/],
    [{ auths: 7 }, /auths/],
  ] as const) {
    login(directory, server.host, {}, more);
    wantToken(server, isAnn);
    const error = await errorOf(pull(directory, source));
    assert.instance(error, BenchError, String(error));
    assert.match(String(error), says);
  }
});

test('59 a token server that refuses, a challenge without end, and one that nobody can answer end', async ({
  directory,
  server,
}) => {
  putSampleImage(server, { tag: 'one' });
  const source = sourceOf(server.reference('one'));
  wantToken(server, () => false);
  const refused = await errorOf(pull(directory, source));
  assert.instance(refused, UnavailableError);
  assert.match(String(refused), /refused \(HTTP 401\).*docker login/);
  const token = wantToken(server, () => true);
  const inner = server.handler;
  server.handler = (request, response, index) => {
    token.valid = 'never';
    return inner(request, response, index);
  };
  const loop = await errorOf(pull(directory, source));
  assert.instance(loop, UnavailableError);
  assert.match(String(loop), /refused \(HTTP 401\)/);
  assert.is(token.given.length, 1);
  for (const [header, says] of [
    ['Basic realm="x"', /wants a login/],
    ['Negotiate', /offers no way in/],
    ['Bearer realm="nonsense"', /gives tokens at 'nonsense'/],
    ['Bearer realm="http://example.invalid/"', /leads to http:\/\/example\.invalid/],
    ['Bearer realm="file:///etc/passwd"', /leads to file:/],
  ] as const) {
    server.handler = (_request, response) => {
      response.writeHead(401, { 'www-authenticate': header }).end();
      return true;
    };
    const error = await errorOf(pull(directory, source));
    assert.instance(error, UnavailableError, String(error));
    assert.match(String(error), says);
  }
});

test.run();

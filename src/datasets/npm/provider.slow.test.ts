import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { UnavailableError, VerificationError } from '../../errors.ts';
import type { ImageDescriptor } from '../../images/image.ts';
import { LocalFiles } from '../../images/local-files.ts';
import { openImage } from '../../images/open.ts';
import { treeToTar } from '../../serialisers/tar.ts';
import { readAll } from '../../streams/source.ts';
import { refused } from '../../testing/archives.ts';
import { mirrorOf, packageOf, pinOf } from '../../testing/debs.ts';
import { FileServer, fileServerSuite } from '../../testing/file-server.ts';
import { bench } from '../../testing/in-process.ts';
import { offlineContext } from '../../testing/offline.ts';
import { sketchTree } from '../../testing/trees.ts';
import { debian } from '../debian/provider.ts';
import type { FetchContext } from '../provider.ts';
import { createNpm, type NpmSource } from './provider.ts';

const test = fileServerSuite('npm packages');
const provider = createNpm([debian]);

const archive = new Map([['pool/libc.deb', packageOf('libc')]]);
const pins = { date: '2026-01-02', packages: [pinOf(archive, 'libc')] };
const on = {
  type: 'debian',
  release: 'bookworm',
  state: 'release',
  architecture: 'amd64',
  base: 'none',
  include: ['libc'],
};

const tarball = gzipSync(
  readAll(
    treeToTar(
      sketchTree({
        package: { type: 'directory' },
        'package/package.json': { content: '{}', mtime: 5n, uid: 1000, mode: 0o600 },
        'package/lib': { type: 'directory', mode: 0o700 },
        'package/lib/run': { content: '#!/bin/sh\n', mode: 0o775 },
      }),
    ),
  ),
);

function sourceOf(name: string, bytes: Uint8Array = tarball): NpmSource {
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  return { type: 'npm', on, name, version: '1.2.3', integrity, size: bytes.length };
}

/** Runs with a server as the registry that npm is configured with; a token is the server's. */
async function configured<Result>(
  server: FileServer,
  work: () => Promise<Result>,
): Promise<Result> {
  const settings = {
    npm_config_registry: server.url('/npm/'),
    [`npm_config_//${server.host}/npm/:_authToken`]: 'secret',
  };
  Object.assign(process.env, settings);
  try {
    return await work();
  } finally {
    for (const name of Object.keys(settings)) delete process.env[name];
  }
}

/** Debian's packages by code, all else from the server. */
function contextOf(directory: string): FetchContext {
  const mirror = mirrorOf(archive, directory);
  const answer = (url: unknown, init?: RequestInit): Promise<Response> =>
    String(url).startsWith('http://mirror.example')
      ? mirror.fetch(String(url))
      : fetch(String(url), init);
  return { ...mirror, fetch: answer as typeof fetch, backoffMs: 0 };
}

const fetchFrom = (
  server: FileServer,
  source: NpmSource,
  context: FetchContext,
): Promise<ImageDescriptor> =>
  configured(server, () => provider.fetch(source, { id: 'x' }, pins, context));

test('a package is one layer on another image, of root, of one time, with modes as npm gives them', async ({
  directory,
  server,
}) => {
  server.files.set('/npm/@team/tool/-/tool-1.2.3.tgz', tarball);
  const source = sourceOf('@team/tool');
  const image = await fetchFrom(server, source, contextOf(directory));
  assert.equal(server.requests, ['/npm/@team/tool/-/tool-1.2.3.tgz']);
  const base = await debian.fetch(on as never, { id: 'x' }, pins, offlineContext(directory));
  assert.equal(image.layers[0], base.layers[0]);
  assert.is(image.layers.length, 2);
  assert.equal(JSON.parse(image.config).config.WorkingDir, '/app');
  const entries = openImage(image).tree.entries.filter(({ path }) => path.startsWith('app'));
  const seconds = String(Date.parse('1985-10-26T08:15:00Z') / 1000);
  assert.equal(
    entries.map(({ path, inode: { mode, uid, gid, mtime } }) =>
      [path, mode.toString(8), uid, gid, String(mtime / 1_000_000_000n)].join(' '),
    ),
    [
      'app 755',
      'app/node_modules 755',
      'app/node_modules/@team 755',
      'app/node_modules/@team/tool 755',
      'app/node_modules/@team/tool/lib 755',
      'app/node_modules/@team/tool/lib/run 755',
      'app/node_modules/@team/tool/package.json 644',
    ].map((entry) => `${entry} 0 0 ${seconds}`),
  );
  assert.equal(await fetchFrom(server, source, offlineContext(directory)), image);
});

test('credentials go to the registry, and not where it leads to', async ({ directory, server }) => {
  const other = await new FileServer().start();
  try {
    other.files.set('/t', tarball);
    server.handler = (_request, response) => {
      response.writeHead(302, { location: other.url('/t') }).end();
      return true;
    };
    await fetchFrom(server, sourceOf('tool'), contextOf(directory));
    assert.equal([server.authorizations, other.authorizations], [['Bearer secret'], ['']]);
  } finally {
    await other.stop();
  }
});

test('58 other bytes, and a version that is not there, are told', async ({ directory, server }) => {
  const other = Uint8Array.from(tarball);
  other[20]! ^= 1;
  server.files.set('/npm/tool/-/tool-1.2.3.tgz', other);
  const context = contextOf(directory);
  const changed = await refused(
    fetchFrom(server, sourceOf('tool'), context),
    /got sha512:\w+ instead of sha512:/,
  );
  assert.instance(changed, VerificationError);
  const gone = await refused(fetchFrom(server, sourceOf('none'), context), /HTTP 404/);
  assert.instance(gone, UnavailableError);
  assert.match(gone.remedy, /none@1\.2\.3/);
});

test('what is known before it is fetched, and after; a folder has it under any name', async ({
  directory,
  server,
}) => {
  const source = sourceOf('tool');
  const context = contextOf(directory);
  const outlook = (): ReturnType<NonNullable<typeof provider.outlook>> =>
    configured(server, () =>
      Promise.resolve(provider.outlook!(source, { id: 'x' }, pins, context)),
    );
  const hex = createHash('sha512').update(tarball).digest('hex');
  const own = {
    digest: `sha512:${hex}`,
    size: tarball.length,
    url: server.url('/npm/tool/-/tool-1.2.3.tgz'),
  };
  const { missing } = await outlook();
  assert.equal(
    missing?.map(({ url }) => url),
    ['http://mirror.example/debian/pool/libc.deb', own.url],
  );
  assert.equal(missing?.at(-1), own);
  writeFileSync(join(directory, 'anything'), tarball);
  const local = new LocalFiles(directory);
  const image = await fetchFrom(server, source, { ...context, local });
  assert.equal(server.requests, []);
  assert.equal(await outlook(), { missing: [], image });
});

test('a dataset of packages is pinned once its base is, and takes a mirror', async ({
  directory,
  server,
}) => {
  const manifest = {
    schemaVersion: 1,
    id: 'mine',
    version: '1.0.0',
    ...{ title: 'x', description: 'x', why: 'x', citeAs: 'x' },
    license: { manifest: 'x', content: 'x' },
    images: [{ id: 'a', title: 'x', source: sourceOf('tool') }],
  };
  server.files.set('/npm/tool/-/tool-1.2.3.tgz', tarball);
  server.files.set('/debian/pool/libc.deb', archive.get('pool/libc.deb')!);
  writeFileSync(join(directory, 'mine.json'), JSON.stringify(manifest));
  const lock = { schemaVersion: 1, images: { a: pins } };
  writeFileSync(join(directory, 'mine.lock.json'), JSON.stringify(lock));
  const { status, out, err } = await configured(server, () =>
    bench(directory, ['dataset', 'fetch', './mine.json', '--mirror', server.url('/debian')]),
  );
  assert.is(status, 0, err);
  assert.is(out.trim().split('\t').length, 4, 'id, digest, two layers');
});

test.run();

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { UnavailableError, VerificationError } from '../errors.ts';
import { LocalFiles } from '../images/local-files.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { readAll } from '../streams/source.ts';
import { refused } from '../testing/archives.ts';
import { fileServerSuite } from '../testing/file-server.ts';
import { offlineContext } from '../testing/offline.ts';
import { pathsIn, sha256 } from '../testing/registry.ts';
import { sketchTree } from '../testing/trees.ts';
import { until } from '../testing/until.ts';
import type { FetchContext } from './provider.ts';
import { type RootfsSource, rootfs } from './rootfs.ts';

const test = fileServerSuite('root file systems on a server');

const tar = readAll(treeToTar(sketchTree({ 'etc/issue': { content: 'x'.repeat(50_000) } })));
const gzip = gzipSync(tar, { level: 0 });

function sourceAt(url: string, bytes: Uint8Array = gzip): RootfsSource {
  const digest = createHash('sha256').update(bytes).digest('hex');
  return { type: 'rootfs', url, sha256: digest, size: bytes.length };
}

const onlineContext = (directory: string): FetchContext => ({
  ...offlineContext(directory),
  fetch: globalThis.fetch,
  backoffMs: 0,
});

const fetchAt = (source: RootfsSource, context: FetchContext): ReturnType<typeof rootfs.fetch> =>
  rootfs.fetch(source, { id: 'x' }, undefined, context);

test('a tar comes through redirects, verified, once; its layer is the file as it was served', async ({
  directory,
  server,
}) => {
  server.files.set('/there.tar.gz', gzip);
  server.handler = ({ url }, response) => {
    if (url === '/there.tar.gz') return false;
    response.writeHead(302, { location: url === '/moved' ? '/again' : '/there.tar.gz' }).end();
    return true;
  };
  const source = sourceAt(server.url('/moved'));
  const image = await fetchAt(source, onlineContext(directory));
  assert.equal(server.requests, ['/moved', '/again', '/there.tar.gz']);
  assert.equal(pathsIn(image), ['', 'etc', 'etc/issue']);
  const [layer] = image.layers;
  assert.is(layer!.diffId, sha256(tar));
  assert.equal(readFileSync(layer!.delivered!.path), gzip);
  assert.equal(
    [layer!.delivered!.mediaType, layer!.delivered!.digest, layer!.delivered!.size],
    ['application/vnd.oci.image.layer.v1.tar+gzip', sha256(gzip), gzip.length],
  );
  assert.equal(await fetchAt(source, offlineContext(directory)), image);
});

test('what is known before it is fetched, and after', async ({ directory, server }) => {
  server.files.set('/a', tar);
  const source = sourceAt(server.url('/a'), tar);
  const context = onlineContext(directory);
  const outlook = (): ReturnType<NonNullable<typeof rootfs.outlook>> =>
    rootfs.outlook!(source, { id: 'x' }, undefined, context);
  const missing = [{ digest: sha256(tar), size: tar.length, url: server.url('/a') }];
  assert.equal(await outlook(), { missing });
  const image = await fetchAt(source, context);
  assert.equal(await outlook(), { missing: [], image });
  assert.is(image.layers[0]!.delivered!.mediaType, 'application/vnd.oci.image.layer.v1.tar');
});

test('56 a cut transfer is continued where it stopped', async ({ directory, server }) => {
  server.files.set('/a', gzip);
  const partial = join(directory, 'cache', 'partial');
  const isKept = (): boolean =>
    existsSync(partial) &&
    readdirSync(partial).some((name) => statSync(join(partial, name)).size === 20_000);
  server.handler = (_request, response) => {
    if (server.requests.length > 1) return false;
    response.writeHead(200, { 'content-length': gzip.length }).write(gzip.subarray(0, 20_000));
    // What a client has not taken yet when the connection breaks is lost to it.
    void until('the part that came', isKept).then(() => response.destroy());
    return true;
  };
  await fetchAt(sourceAt(server.url('/a')), onlineContext(directory));
  assert.equal(server.requests, ['/a', '/a bytes=20000-']);
});

test('58 other bytes, and a file that is not there, are told', async ({ directory, server }) => {
  const other = Uint8Array.from(gzip);
  other[40_000]! ^= 1;
  server.files.set('/a', other);
  const context = onlineContext(directory);
  const changed = await refused(fetchAt(sourceAt(server.url('/a')), context), /instead of sha256/);
  assert.instance(changed, VerificationError);
  const gone = await refused(fetchAt(sourceAt(server.url('/b')), context), /HTTP 404/);
  assert.instance(gone, UnavailableError);
  assert.match(gone.remedy, /--from DIR/);
  assert.is(gone.where.url, server.url('/b'));
});

test('what is no tar is refused, by its address', async ({ directory, server }) => {
  for (const bytes of [Buffer.from('text '.repeat(500)), gzipSync(Buffer.alloc(1000, 'text'))]) {
    server.files.set('/a', bytes);
    const fetched = fetchAt(sourceAt(server.url('/a'), bytes), onlineContext(directory));
    const error = await refused(fetched, /what the server has is no tar/);
    assert.is(error.where.url, server.url('/a'));
  }
});

test('60 redirects lead neither to another scheme nor, from outside, to the inside', async ({
  directory,
  server,
}) => {
  const leadTo = (location: string): FetchContext => ({
    ...onlineContext(directory),
    fetch: (async () => new Response(null, { status: 302, headers: { location } })) as typeof fetch,
  });
  const source = sourceAt('https://files.example/a.tar.gz');
  for (const location of ['http://files.example/a', 'file:///etc/passwd', server.url('/a')]) {
    await refused(fetchAt(source, leadTo(location)), /the server leads to/);
  }
  assert.equal(server.requests, []);
});

test('a folder has the file under any name; what it has not is fetched', async ({
  directory,
  server,
}) => {
  writeFileSync(join(directory, 'holiday.jpg'), gzip);
  const smaller = gzipSync(tar, { level: 9 });
  server.files.set('/b', smaller);
  const context = { ...onlineContext(directory), local: new LocalFiles(directory) };
  await fetchAt(sourceAt(server.url('/a')), context);
  assert.equal(server.requests, []);
  await fetchAt(sourceAt(server.url('/b'), smaller), context);
  assert.equal(server.requests, ['/b']);
});

test.run();

import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { StorageError, VerificationError } from '../errors.ts';
import { errorOf } from '../testing/archives.ts';
import {
  all,
  cacheSuite,
  content,
  digest,
  noPause,
  part,
  serve,
  wanted,
} from '../testing/downloads.ts';
import { has, hasAll, lackOfRoot, skip } from '../testing/needs.ts';
import { Cache } from './cache.ts';
import { download } from './download.ts';

const test = cacheSuite('cache');

test('what arrived before the process ended is used by the next', async ({ cache }) => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(cache.temporary(`${digest.slice(7)}.${pid}.part`), content.subarray(0, 6000));
  const server = serve((start) => part(start));
  await download(wanted, { cache, ...server, ...noPause });
  assert.equal(server.ranges, ['bytes=6000-']);
});

test('67 what an earlier process brought to its end counts as used by this one', async ({
  cache,
}) => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  const left = cache.temporary(`${digest.slice(7)}.${pid}.part`);
  writeFileSync(left, content);
  utimesSync(left, 1000, 1000);
  const { path } = await download(wanted, { cache, ...serve(), ...noPause });
  assert.ok(statSync(path).mtimeMs > 1_000_000);
});

test('of what several ended processes left the most is used', async ({ cache }) => {
  const lengths = [0, 6000, 10, 0];
  for (const length of lengths) {
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeFileSync(cache.temporary(`${digest.slice(7)}.${pid}.part`), content.subarray(0, length));
  }
  const server = serve((start) => part(start));
  await download(wanted, { cache, ...server, ...noPause });
  assert.equal(server.ranges, ['bytes=6000-']);
});

test('what another process is writing is left alone', async ({ cache }) => {
  const theirs = cache.temporary(`${digest.slice(7)}.${process.ppid}.part`);
  writeFileSync(theirs, content.subarray(0, 6000));
  const server = serve((start) => part(start));
  await download(wanted, { cache, ...server, ...noPause });
  assert.equal(server.ranges, [null]);
  assert.is(readFileSync(theirs).length, 6000);
});

test('66 a blob of another size, or a directory in its place, is no blob', async ({ cache }) => {
  await download(wanted, { cache, ...serve(all), ...noPause });
  writeFileSync(cache.blobPath(digest), content.subarray(0, 10));
  assert.not.ok(cache.has(digest, content.length));
  await download(wanted, { cache, ...serve(all), ...noPause });
  assert.ok(cache.has(digest, content.length));
  rmSync(cache.blobPath(digest));
  mkdirSync(cache.blobPath(digest));
  assert.not.ok(cache.has(digest));
  assert.not.ok(await cache.isIntact(digest));
});

test('66 a blob with one bit changed is fetched anew', async ({ cache }) => {
  await download(wanted, { cache, ...serve(all), ...noPause });
  const changed = content.slice();
  changed[9_999]! ^= 1;
  writeFileSync(cache.blobPath(digest), changed);
  const { path } = await download(wanted, { cache, ...serve(all), ...noPause });
  assert.equal(new Uint8Array(readFileSync(path)), content);
});

test('49 digests that are none never become file names', ({ cache }) => {
  for (const bad of ['sha256:../../x', `sha256:${'A'.repeat(64)}`, 'sha1:00', '', 'sha256:00']) {
    assert.throws(() => cache.blobPath(bad), /illegal digest/);
  }
});

test('a stored blob is complete or absent', async ({ cache, directory }) => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield content;
    throw new Error('the source failed');
  }
  assert.match(String(await errorOf(cache.store(failing()))), /the source failed/);
  const wrong = cache.store([content], { digest: `sha256:${'0'.repeat(64)}` });
  assert.instance(await errorOf(wrong), VerificationError);
  assert.equal(readdirSync(join(directory, 'partial')), []);
  assert.not.ok(existsSync(join(directory, 'blobs')));
  cache.remember('key', { a: 1 });
  assert.equal(cache.recall('key'), { a: 1 });
  assert.is(cache.recall('other'), undefined);
});

test('64 a full disk is a typed error and leaves nothing half-written', async ({ directory }) => {
  if (!has('mount') || !hasAll(lackOfRoot())) return;
  const mount = join(directory, 'small');
  mkdirSync(mount);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', mount]).status !== 0) {
    return skip('a tmpfs cannot be mounted here');
  }
  try {
    const small = new Cache(mount);
    const big = Array.from({ length: 40 }, () => content);
    const error = await errorOf(small.store(big));
    assert.instance(error, StorageError);
    assert.match(String(error), /disk is full/);
    assert.equal(readdirSync(join(mount, 'partial')), []);
    const one = new Uint8Array(200_000);
    const large = { ...wanted, size: one.length };
    const server = serve(() => new Response(one));
    assert.instance(
      await errorOf(download(large, { cache: small, ...server, ...noPause })),
      StorageError,
    );
  } finally {
    spawnSync('umount', [mount]);
  }
});

test.run();

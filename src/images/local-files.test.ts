import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { InputError, StorageError, UsageError, VerificationError } from '../errors.ts';
import { errorOf } from '../testing/archives.ts';
import { all, cacheSuite, content, digest, noPause, serve, wanted } from '../testing/downloads.ts';
import { skip } from '../testing/needs.ts';
import { nameInCache } from './blob-hash.ts';
import { download } from './download.ts';
import { LocalFiles } from './local-files.ts';

const test = cacheSuite('files of a folder');

const never = serve(() => new Response('', { status: 500 }));
const sha512 = `sha512:${createHash('sha512').update(content).digest('hex')}`;

test('a file is found by its bytes, below the folder and through a link', async ({ directory }) => {
  const folder = join(directory, 'usb');
  mkdirSync(join(folder, 'deep'), { recursive: true });
  writeFileSync(join(folder, 'a'), new Uint8Array(content.length));
  writeFileSync(join(folder, 'deep', 'b'), content);
  symlinkSync('..', join(folder, 'deep', 'circle'));
  symlinkSync('nowhere', join(folder, 'dangling'));
  const files = new LocalFiles(folder);
  for (const one of [digest, sha512]) {
    assert.is(
      await files.find({ digest: one, size: content.length }),
      join(folder, 'deep', 'b'),
      one,
    );
  }
  assert.is(await files.find({ digest, size: content.length - 1 }), undefined);
  const beside = join(directory, 'links');
  mkdirSync(beside);
  symlinkSync(join(folder, 'deep', 'b'), join(beside, 'c'));
  assert.is(await new LocalFiles(beside).find({ digest, size: content.length }), join(beside, 'c'));
});

test('what cannot be looked at is passed over, and named', async ({ directory }) => {
  const folder = join(directory, 'usb');
  mkdirSync(join(folder, 'deep'), { recursive: true });
  writeFileSync(join(folder, 'deep', 'wanted'), content);
  symlinkSync('a', join(folder, 'a'));
  symlinkSync('n'.repeat(300), join(folder, 'b'));
  const files = new LocalFiles(folder);
  assert.equal(files.passedOver, []);
  assert.is(await files.find({ digest, size: content.length }), join(folder, 'deep', 'wanted'));
  assert.equal(files.passedOver, [
    { path: join(folder, 'a'), code: 'ELOOP' },
    { path: join(folder, 'b'), code: 'ENAMETOOLONG' },
  ]);
});

test('of files of the right size the next is tried where one cannot be read', async ({
  directory,
}) => {
  const unreadable = '/proc/self/mem';
  if (!existsSync(unreadable)) return skip('there is no /proc');
  // Where nothing is mapped, at its beginning, it cannot be read by root either.
  symlinkSync(unreadable, join(directory, 'a'));
  writeFileSync(join(directory, 'b'), '');
  const empty = `sha256:${createHash('sha256').digest('hex')}`;
  const files = new LocalFiles(directory);
  assert.is(await files.find({ digest: empty, size: 0 }), join(directory, 'b'));
  assert.equal(files.passedOver, [{ path: join(directory, 'a'), code: 'EIO' }]);
});

test('folders and files without permission are passed over', async ({ directory }) => {
  if (process.getuid?.() === 0) return skip('root may read everything');
  mkdirSync(join(directory, 'a'), { mode: 0 });
  writeFileSync(join(directory, 'b'), content, { mode: 0 });
  writeFileSync(join(directory, 'c'), content);
  const files = new LocalFiles(directory);
  assert.is(await files.find({ digest, size: content.length }), join(directory, 'c'));
  assert.equal(
    files.passedOver.map(({ code }) => code),
    ['EACCES', 'EACCES'],
  );
});

test('a download takes it from there, into the cache, and asks nobody', async ({
  cache,
  directory,
}) => {
  const folder = join(directory, 'usb');
  mkdirSync(folder);
  writeFileSync(join(folder, 'x'), content);
  const local = new LocalFiles(folder);
  const found = await download(wanted, { cache, local, ...never, ...noPause });
  assert.is(found.path, cache.blobPath(digest));
  assert.equal(never.ranges, []);
  const gone = { cache, ...never, ...noPause };
  assert.equal(await download(wanted, gone), found, 'the folder is needed once');
});

test('a blob that is pinned by sha512 is kept by its sha256, and found again', async ({
  cache,
}) => {
  const pinned = { ...wanted, digest: sha512 };
  const found = await download(pinned, { cache, ...serve(all), ...noPause });
  assert.equal([found.digest, nameInCache(sha512, cache)], [digest, digest]);
  assert.equal(await download(pinned, { cache, ...never, ...noPause }), found);
  const other = { ...wanted, digest: `sha512:${'0'.repeat(128)}` };
  const error = await errorOf(download(other, { cache, ...serve(all), ...noPause }));
  assert.match(String(error), /got sha512:[0-9a-f]{128} instead of sha512:000/);
});

test('58 what is stored is held to a sha512 as well', async ({ cache }) => {
  const stored = await cache.store([content], { digest: sha512, size: content.length });
  assert.is(stored.digest, digest);
  const other = [content.subarray(1)];
  assert.instance(await errorOf(cache.store(other, { digest: sha512 })), VerificationError);
});

test('49 digests of other algorithms and lengths are refused', async ({ cache }) => {
  for (const wrong of ['md5:00', 'sha512:00', `sha256:${'0'.repeat(128)}`, 'sha512:../../x']) {
    const error = await errorOf(
      download({ ...wanted, digest: wrong }, { cache, ...never, ...noPause }),
    );
    assert.instance(error, InputError, wrong);
  }
});

test('what is no folder is told at once', ({ directory }) => {
  writeFileSync(join(directory, 'file'), '');
  assert.throws(
    () => new LocalFiles(join(directory, 'file')),
    (error: Error) => error instanceof UsageError,
  );
  assert.throws(
    () => new LocalFiles(join(directory, 'none')),
    (error: Error) => error instanceof StorageError,
  );
});

test.run();

import { spawnSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError, StorageError } from '../errors.ts';
import { closeImage, openImage } from '../images/open.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { readAll } from '../streams/source.ts';
import { has, skip } from '../testing/needs.ts';
import { offlineContext } from '../testing/offline.ts';
import { sketchTree } from '../testing/trees.ts';
import { differences } from '../trees/compare.ts';
import type { Fidelity } from '../trees/fidelity.ts';
import type { Tree } from '../trees/tree.ts';
import { pooled } from '../workers/pooled.ts';
import { openAhead } from './ahead.ts';
import { readDirectory } from './directory.ts';
import { adHocDataset, fetchImage } from './mod.ts';

const test = suite<{ directory: string }>('rootfs');

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-rootfs-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const fidelity: Fidelity = {
  mtime: 'seconds',
  hardlinks: true,
  xattrs: true,
  devices: true,
  sparse: false,
  ownerNames: false,
  whiteouts: false,
};

async function open(directory: string, path: string): Promise<Tree> {
  const dataset = await adHocDataset(path);
  return openImage(await fetchImage(dataset, dataset.images[0]!.id, offlineContext(directory)))
    .tree;
}

/** A file, an empty one, a hardlink, symlinks, a name beyond ASCII, modes and a time of its own. */
function makeRoot(root: string): void {
  mkdirSync(join(root, 'usr', 'bin'), { recursive: true });
  writeFileSync(join(root, 'usr', 'bin', 'tool'), 'x'.repeat(5000), { mode: 0o755 });
  linkSync(join(root, 'usr', 'bin', 'tool'), join(root, 'usr', 'alias'));
  writeFileSync(join(root, 'usr.conf'), '');
  writeFileSync(join(root, 'usr', 'größe'), 'umlaut', { mode: 0o600 });
  symlinkSync('usr/bin', join(root, 'bin'));
  symlinkSync('ö/nowhere', join(root, 'dangling'));
  utimesSync(join(root, 'usr', 'größe'), 1_000_000_000, 1_234_567_890.25);
}

test('a directory is read as it is', async ({ directory }) => {
  const root = join(directory, 'root');
  makeRoot(root);
  const tree = await open(directory, root);
  const byPath = new Map(tree.entries.map(({ path, inode }) => [path, inode]));
  const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
  assert.equal(
    [...byPath.keys()],
    [
      '',
      'bin',
      'dangling',
      'usr',
      'usr/alias',
      'usr/bin',
      'usr/bin/tool',
      utf8('usr/größe'),
      'usr.conf',
    ],
  );
  assert.is(byPath.get('usr/alias'), byPath.get('usr/bin/tool'));
  assert.is(byPath.get('usr/bin/tool')!.size, 5000);
  assert.is(byPath.get('usr/bin/tool')!.mode, 0o755);
  assert.is(byPath.get(utf8('usr/größe'))!.mtime, 1_234_567_890_250_000_000n);
  assert.is(Buffer.from(byPath.get('dangling')!.target).toString('utf8'), 'ö/nowhere');
});

test('a directory and a link to it are the same tree', async ({ directory }) => {
  const root = join(directory, 'root');
  makeRoot(root);
  const tree = await open(directory, root);
  symlinkSync('root', join(directory, 'link'));
  assert.equal(differences(tree, await open(directory, join(directory, 'link')), fidelity), []);
});

test('a plain tar is measured where it lies, and not once it has changed', async ({
  directory,
}) => {
  const path = join(directory, 'own.tar');
  const tarOf = (content: string): Uint8Array => readAll(treeToTar(sketchTree({ a: { content } })));
  writeFileSync(path, tarOf('one'));
  utimesSync(path, 1, 1);
  const dataset = await adHocDataset(path);
  const context = offlineContext(directory);
  const image = await fetchImage(dataset, dataset.images[0]!.id, context);
  assert.is(image.layers[0]!.path, path);
  const opened = openImage(image);
  const [inode] = opened.tree.entries.flatMap(({ inode }) => (inode.size > 0 ? [inode] : []));
  const { source, offset } = [...inode!.segments][0]!;
  const read = (): void => opened.tree.sources[source]!.read(offset, new Uint8Array(3));
  read();
  writeFileSync(path, tarOf('two'));
  assert.throws(read, /own\.tar changed while it was read/);
  assert.throws(() => openImage(image), /own\.tar changed while it was read/);
  closeImage(opened);
  // Another dataset has the same images no more.
  await refused(() => fetchImage(dataset, dataset.images[0]!.id, context));
  const other = await adHocDataset(path);
  const again = await fetchImage(other, other.images[0]!.id, context);
  assert.is.not(again.digest, image.digest);
  closeImage(openImage(again));
});

test('what is read ahead of a tar is what is opened of it, unless it changes', async ({
  directory,
}) => {
  const path = join(directory, 'long.tar');
  const tarOf = (name: string): Uint8Array =>
    readAll(treeToTar(sketchTree({ [`usr/${name}`]: { content: new Uint8Array(17 << 20) } })));
  writeFileSync(path, tarOf('one'));
  const executor = pooled(2);
  try {
    const ahead = (await openAhead(path, executor))!;
    const dataset = await adHocDataset(path);
    const context = offlineContext(directory);
    const descriptor = await fetchImage(dataset, dataset.images[0]!.id, context);
    const image = openImage(descriptor, ahead);
    assert.is(image.tree, ahead.tree);
    const alone = openImage(descriptor);
    assert.equal(differences(alone.tree, image.tree, fidelity), []);
    assert.is(alone.layers[0]!.diffId, image.layers[0]!.diffId);
    for (const one of [image, alone]) closeImage(one);

    const before = (await openAhead(path, executor))!;
    writeFileSync(path, tarOf('two'));
    const other = await adHocDataset(path);
    const changed = openImage(await fetchImage(other, other.images[0]!.id, context), before);
    assert.is.not(changed.tree, before.tree);
    assert.ok(changed.tree.entries.some(({ path: name }) => name === 'usr/two'));
    closeImage(changed);
    assert.is(await openAhead(directory, executor), undefined);
  } finally {
    await executor.close();
  }
});

test('who changes a tar in place and sets its time back is found out', async ({ directory }) => {
  const path = join(directory, 'own.tar');
  writeFileSync(path, readAll(treeToTar(sketchTree({ a: { content: 'one' } }))));
  const dataset = await adHocDataset(path);
  const image = await fetchImage(dataset, dataset.images[0]!.id, offlineContext(directory));
  const { atime, mtime } = statSync(path);
  const bytes = readFileSync(path);
  bytes[bytes.indexOf('one')] = 'O'.charCodeAt(0);
  writeFileSync(path, bytes);
  utimesSync(path, atime, mtime);
  assert.throws(() => openImage(image), /own\.tar changed while it was read/);
});

test('what changes after it was identified is refused, whatever it is', async ({ directory }) => {
  const root = join(directory, 'root');
  mkdirSync(root);
  const content = (text: string): Uint8Array =>
    gzipSync(readAll(treeToTar(sketchTree({ a: { content: text } }))));
  for (const [path, write] of [
    ['root.tar.gz', (text) => writeFileSync(join(directory, 'root.tar.gz'), content(text))],
    ['root', (text) => writeFileSync(join(root, 'a'), text)],
  ] as readonly (readonly [path: string, write: (text: string) => void])[]) {
    write('one');
    const dataset = await adHocDataset(join(directory, path));
    write('two!');
    const context = offlineContext(directory);
    await refused(() => fetchImage(dataset, dataset.images[0]!.id, context));
  }
});

async function refused(work: () => Promise<unknown>): Promise<void> {
  let told = '';
  await work().catch((error: unknown) => {
    told = String(error);
  });
  assert.match(told, /StorageError: .* changed while it was read/);
}

test('a directory and its tar in every compression are the same tree', async ({ directory }) => {
  if (!has('tar', 'gzip', 'zstd', 'xz')) return;
  const root = join(directory, 'root');
  makeRoot(root);
  const tree = await open(directory, root);
  const pack = (name: string, ...options: readonly string[]): string => {
    const file = join(directory, name);
    const tar = ['--format=posix', '-C', root, ...options, '-cf', file, '.'];
    assert.is(spawnSync('tar', tar).status, 0, name);
    return file;
  };
  const archives = [
    pack('plain'),
    pack('gzip.tar', '--gzip'),
    pack('zstd.tar', '--zstd'),
    pack('xz.tar', '--xz'),
  ];
  for (const archive of archives) {
    assert.equal(differences(tree, await open(directory, archive), fidelity), [], archive);
  }
});

test('any change of a directory is another dataset', async ({ directory }) => {
  const root = join(directory, 'root');
  makeRoot(root);
  const digest = async (): Promise<string> => (await adHocDataset(root)).digest;
  const first = await digest();
  assert.is(await digest(), first);
  writeFileSync(join(root, 'usr.conf'), 'a');
  assert.is.not(await digest(), first);
});

test('what is no archive, or not there, is named', async ({ directory }) => {
  if (!has('tar', 'gzip')) return;
  const file = join(directory, 'cut.tar');
  const errorOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );
  assert.instance(await errorOf(adHocDataset(file)), StorageError);
  const root = join(directory, 'root');
  makeRoot(root);
  assert.is(spawnSync('tar', ['-czf', file, '-C', root, '.']).status, 0);
  truncateSync(file, 100);
  const error = await errorOf(open(directory, file));
  assert.instance(error, InputError);
  assert.match(String(error), /cut\.tar/);
});

test('37 a time that no format holds is refused, not wrapped round', ({ directory }) => {
  const path = join(directory, 'late');
  writeFileSync(path, '');
  utimesSync(path, 9_300_000_000, 9_300_000_000);
  if (statSync(path).mtimeMs < 9_300_000_000_000) {
    return skip('this file system has no times after 2262');
  }
  assert.throws(() => readDirectory(directory), /mtime is 9300000000000000000 ns/);
});

test('a name that is no text is refused, not changed', async ({ directory }) => {
  if (!has('sh')) return;
  const root = join(directory, 'root');
  mkdirSync(root);
  const made = spawnSync('sh', ['-c', 'printf x > "$(printf "a\\377b")"'], { cwd: root });
  if (made.status !== 0) return skip('the file system takes no names that are not UTF-8');
  try {
    await open(directory, root);
    assert.unreachable('the name was accepted');
  } catch (error) {
    assert.instance(error, InputError);
    assert.match(String(error), /not UTF-8.*pack the directory with tar/);
  }
});

test.run();

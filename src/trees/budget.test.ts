import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readDirectory } from '../datasets/directory.ts';
import { InputError } from '../errors.ts';
import { withFiles } from '../images/files.ts';
import { openImage } from '../images/open.ts';
import { limits } from '../limits.ts';
import { readErofs } from '../models/external/file-systems/erofs-reader.ts';
import { listFiles } from '../packers/ztoc-files.ts';
import { flatRoot, metadataOf, restorable } from '../serialisers/alone.ts';
import { createSerialiser } from '../serialisers/mod.ts';
import type { MerkleSerialiser, Serialiser } from '../serialisers/serialiser.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { type ByteSource, MemorySource, readAll } from '../streams/source.ts';
import { mergeLayers, refused, refuses, withLimits } from '../testing/archives.ts';
import { erofsImage } from '../testing/erofs.ts';
import { archive, part, pax } from '../testing/evil.ts';
import { longAttributes, longPaths, type Pieces, sparseFiles } from '../testing/heavy-archives.ts';
import { imageOfTars } from '../testing/images.ts';
import { sketchTree } from '../testing/trees.ts';
import { Budget, RECORD_BYTES, SEGMENT_BYTES } from './budget.ts';
import { applyLayers } from './layers.ts';
import { readTar } from './tar.ts';

const TOO_MUCH = /names, attributes and maps of sparse files take more than \d+ bytes/;

const whole = (pieces: Pieces): Uint8Array => new Uint8Array(Buffer.concat([...pieces]));

/** Bytes that reading these layers charges. */
function charged(...layers: readonly Uint8Array[]): number {
  const budget = new Budget();
  applyLayers(
    layers.map((layer) => new MemorySource(layer)),
    undefined,
    budget,
  );
  return budget.used;
}

/** Held to the very byte. */
async function endsAt(
  bytes: number,
  read: () => unknown,
  bound: 'metadataBytes' | 'listingBytes' = 'metadataBytes',
): Promise<void> {
  for (const most of [bytes, bytes + 1]) await withLimits({ [bound]: most }, read);
  await withLimits({ [bound]: bytes - 1 }, async () => {
    const error = await refused((async () => read())(), TOO_MUCH);
    assert.instance(error, InputError);
  });
}

test('the budget is used up to its last byte', async () => {
  await withLimits({ metadataBytes: 10 }, () => {
    const budget = new Budget();
    budget.charge(9, {});
    budget.charge(1, {});
    assert.is(budget.used, 10);
    refuses(() => budget.charge(1, { entry: 'e' }), /more than 10 bytes \(entry e\) — leave out/);
  });
  assert.is(limits.metadataBytes, 2 ** 29);
});

const heavy: Readonly<Record<string, readonly [Uint8Array, number]>> = {
  paths: [whole(longPaths(80, 65_000)), 80 * 65_000],
  attributes: [
    whole(longAttributes(12, 100_000)),
    12 * (RECORD_BYTES + 'user.x'.length + 100_000) + '01234567891011'.length,
  ],
  'maps of sparse files': [
    whole(sparseFiles(4, 1000)),
    4 * (SEGMENT_BYTES * 1999 + 'sparse0'.length),
  ],
};

for (const [what, [bytes, expected]] of Object.entries(heavy)) {
  test(`${what} take what they are long, and a part of an image has no budget of its own`, async () => {
    assert.is(charged(bytes), expected);
    await endsAt(expected, () => mergeLayers(bytes));
    await endsAt(expected, () => readTar(new MemorySource(bytes)));
    // What a later layer hides is held while it is read.
    const second = archive(part({ name: '.wh..wh..opq' }));
    await endsAt(expected + '.wh..wh..opq'.length, () => mergeLayers(bytes, second));
    const both = charged(bytes, bytes);
    assert.ok(both >= 2 * expected);
    await endsAt(both, () => mergeLayers(bytes, bytes));
  });
}

test('owner names, link targets, records of global headers and warnings count', () => {
  const paths = 'file'.length;
  const base = charged(archive(part()));
  assert.is(base, paths);
  const more = (...parts: readonly string[]): number => charged(archive(...parts)) - base;
  assert.is(more(pax({ uname: 'u'.repeat(1000), gname: 'g'.repeat(10) }), part()), 1010);
  assert.is(more(pax({ linkpath: 't'.repeat(1000) }), part({ type: '2' })), 1000);
  const global = RECORD_BYTES + 'SCHILY.xattr.a'.length + 500;
  const own = RECORD_BYTES + 'a'.length + 500;
  const everywhere = pax({ 'SCHILY.xattr.a': 'x'.repeat(500) }, 'g');
  assert.is(more(everywhere, part(), part({ name: 'b' })), global + 2 * own + 1);
  const text = 'entry file: a fifo with a size of 1 bytes, which has no content';
  assert.is(more(part({ type: '6', size: 1 })), text.length + `layer 0: ${text}`.length);
  const twice = 'layer 0: file is there twice, the last counts';
  assert.is(more(part(), part()), twice.length + paths);
});

test('directories that a path implies count with their whole paths, and as entries', async () => {
  const depth = 1000;
  const deep = archive(pax({ path: `${'d/'.repeat(depth)}f` }), part());
  // d, d/d, d/d/d …: 1 + 3 + 5 …
  assert.is(charged(deep), depth * depth + 2 * depth + 1);
  await withLimits({ entries: depth + 1 }, () => mergeLayers(deep));
  await withLimits({ entries: depth }, () =>
    refuses(() => mergeLayers(deep), /more than 1000 entries/),
  );
});

test('symlinks make no path longer than a path may be', async () => {
  const link = (bytes: number): Uint8Array =>
    archive(
      pax({ path: `${'x'.repeat(bytes)}/` }),
      part({ type: '5' }),
      pax({ linkpath: 'x'.repeat(bytes) }),
      part({ name: 's', type: '2' }),
      pax({ path: `s/${'y'.repeat(bytes)}` }),
      part(),
    );
  assert.is(charged(link(1000)), 1001 + 1 + 1000 + 2001);
  const half = limits.pathBytes / 2 - 1;
  mergeLayers(link(half));
  refuses(() => mergeLayers(link(half + 1)), /a path has 65537 bytes behind symlinks/);
});

/** What every reader of trees is asked to read: paths, a link and an attribute. */
const sketch = sketchTree({
  d: { type: 'directory' },
  'd/file': { content: 'hello', xattrs: { 'user.x': Uint8Array.of(1, 2, 3, 4, 5) } },
  l: { type: 'symlink', target: 'elsewhere' },
});
const ATTRIBUTE = RECORD_BYTES + 'user.x'.length + 5;
const IN_TREE = 'd'.length + 'd/file'.length + 'l'.length + 'elsewhere'.length + ATTRIBUTE;
/** The root is `./`, and directories end in a slash. */
const IN_TAR = IN_TREE + './'.length + '/'.length;

function restorer(serialiser: Serialiser | MerkleSerialiser): () => unknown {
  const serialised = serialiser.serialise(imageOfTars(readAll(treeToTar(sketch))));
  const streams = restorable(serialised).map((bytes) => new MemorySource(bytes));
  const metadata = metadataOf(serialised);
  return () => serialiser.restore(streams, flatRoot(serialiser, metadata));
}

for (const [id, bytes] of Object.entries({
  layers: IN_TAR,
  tar: IN_TAR,
  'layer-files': IN_TAR,
  'tar-files': IN_TAR,
  packages: IN_TAR,
  catar: IN_TREE,
  files: IN_TREE,
  'merkle-files': IN_TREE,
  stream: IN_TREE,
})) {
  test(`what ${id} restores has the budget of a tree`, async () => {
    const restore = restorer(createSerialiser(id));
    await endsAt(bytes, restore);
  });
}

test('entries of metadata roots are as many as the limit, and not one more', async () => {
  for (const id of ['catar', 'files', 'merkle-files', 'stream']) {
    const restore = restorer(createSerialiser(id));
    for (const entries of [4, 5]) await withLimits({ entries }, restore);
    await withLimits({ entries: 3 }, () => refuses(restore, /more than 3 entries/));
  }
});

test('a layer that is divided at its files, or listed, has the budget of a tree', async () => {
  const image = imageOfTars(readAll(treeToTar(sketch)), readAll(treeToTar(sketch)));
  const layerFiles = createSerialiser('layer-files');
  await endsAt(2 * IN_TAR, () => layerFiles.serialise(image));
  const tar: ByteSource = treeToTar(sketch);
  const record = RECORD_BYTES + 'SCHILY.xattr.user.x'.length + 5;
  await endsAt(IN_TAR + record, () => listFiles(tar));
});

test('an EROFS image has the budget of a tree, also for attributes that inodes share', async () => {
  const paths = ['d', 'd/c', 'f', 'l'].join('').length + 'a/b'.length;
  const capability = RECORD_BYTES + 'security.capability'.length + 3;
  const own = RECORD_BYTES + 'user.n'.length + 1;
  await endsAt(paths + capability + own, () => readErofs(erofsImage()));
  for (const entries of [5, 6]) await withLimits({ entries }, () => readErofs(erofsImage()));
  await withLimits({ entries: 4 }, () => refuses(() => readErofs(erofsImage()), /more than 4/));
});

test('directories and archives of images have the budget of a tree; an error names image, layer and entry', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'ocibench-budget-'));
  try {
    mkdirSync(join(directory, 'root', 'sub'), { recursive: true });
    writeFileSync(join(directory, 'root', 'sub', 'file'), '');
    await endsAt('sub'.length + 'sub/file'.length, () => readDirectory(join(directory, 'root')));
    await withLimits({ entries: 2 }, () =>
      refuses(() => readDirectory(join(directory, 'root')), /more than 2 entries/),
    );
    const path = join(directory, 'layer.tar');
    writeFileSync(path, readAll(treeToTar(sketch)));
    await endsAt(IN_TAR, () => withFiles(path, async () => {}), 'listingBytes');
    const open = (): unknown =>
      openImage({ id: 'v1', digest: '', layers: [{ diffId: 'sha256:ab', path }], config: '{}' });
    await endsAt(IN_TAR, open);
    await withLimits({ metadataBytes: IN_TAR - 1 }, () => {
      try {
        open();
        assert.unreachable();
      } catch (error) {
        assert.instance(error, InputError);
        const { image, layer, entry, offset } = (error as InputError).where;
        assert.equal([image, layer, entry, offset], ['v1', 'sha256:ab', 'l', 3072]);
      }
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test.run();

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openImage } from '../../images/open.ts';
import { mirrorOf, packageOf } from '../../testing/debs.ts';
import { lackOf, unless } from '../../testing/needs.ts';
import { offlineContext } from '../../testing/offline.ts';
import { fetchImage, loadDataset, pinDataset, relock, unpinnedImages } from '../mod.ts';

const test = suite<{ directory: string; manifest: string }>('series');
const needsXz = unless(test, lackOf('xz'));

test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-series-'));
  context.manifest = join(context.directory, 'mine.json');
  const words = { title: 'x', description: 'x', why: 'x', citeAs: 'x' };
  const images = [
    { id: 'a', title: 'A', source: { type: 'debian-upgrades', release: 'bookworm' } },
  ];
  const license = { manifest: 'x', content: 'x' };
  const facts = { schemaVersion: 1, id: 'mine', version: '1.0.0' };
  writeFileSync(context.manifest, JSON.stringify({ ...facts, ...words, license, images }));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

/** Name, version, date of the changelog (none where empty). */
const SERVED = {
  bookworm: [
    ['apt', '1', '2026-01-01'],
    ['tzdata', '2', '2026-02-01'],
  ],
  'bookworm-updates': [['tzdata', '1', '2025-01-01']],
  'bookworm-security': [['apt', '1+deb12u1~x', '2026-01-15']],
} as const;

/** Path below the archive's base → bytes. */
function archive(isDocumented = true): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const [name, packages] of Object.entries(SERVED)) {
    let index = '';
    for (const [title, version, date] of packages) {
      const log = `${title} (${version}) x; urgency=low\n\n -- A <a@b>  ${new Date(date).toUTCString()}\n`;
      const documents = `usr/share/doc/${title}/changelog.gz`;
      const bytes = packageOf(title, {
        [title]: { content: `${title} ${version}` },
        ...(isDocumented ? { [documents]: { content: gzipSync(log) } } : {}),
      });
      const path = `pool/${title}_${version}.deb`;
      files.set(path, bytes);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      index += `Package: ${title}\nVersion: ${version}\nEssential: yes\nFilename: ${path}\nSize: ${bytes.length}\nSHA256: ${sha256}\n\n`;
    }
    const compressed = spawnSync('xz', ['--stdout'], { input: index }).stdout;
    files.set(`dists/${name}/main/binary-amd64/Packages.xz`, compressed);
  }
  return files;
}

const context = (directory: string, files = archive()) => {
  const { fetch, ...rest } = mirrorOf(files, directory);
  const ask: typeof fetch = (url, init) =>
    fetch(String(url).replace('/debian-security/', '/debian/'), init);
  return { ...rest, fetch: ask };
};

needsXz(
  'a series has an image per upgrade, called by it, once it is pinned',
  async ({ directory, manifest }) => {
    const unpinned = await loadDataset(manifest);
    assert.equal(
      unpinnedImages(unpinned).map(({ id }) => id),
      ['a'],
    );
    const pinned = await pinDataset(unpinned, context(directory));
    assert.equal(
      pinned.images.map(({ id, title }) => [id, title]),
      [
        ['a-0-lowest', 'A, lowest versions served'],
        ['a-1-apt-1_deb12u1_x', 'A, apt 1+deb12u1~x'],
        ['a-2-tzdata-2', 'A, tzdata 2'],
      ],
    );
    assert.is(pinned.failures?.size, 0);
    assert.equal(unpinnedImages(pinned), []);
    const loaded = await loadDataset(manifest);
    assert.is(loaded.digest, pinned.digest);
    assert.is.not(loaded.digest, unpinned.digest);

    const contents = [];
    for (const { id } of loaded.images) {
      const image = openImage(await fetchImage(loaded, id, context(directory)));
      const status = image.tree.entries
        .map(({ path }) => path)
        .filter((path) => path === 'apt' || path === 'tzdata');
      assert.equal(status, ['apt', 'tzdata']);
      contents.push(image.descriptor.digest);
    }
    assert.is(new Set(contents).size, 3);
  },
);

needsXz(
  'pinning anew keeps what is served, and works where the old pins are gone',
  async ({ directory, manifest }) => {
    await pinDataset(await loadDataset(manifest), context(directory));
    const path = manifest.replace('.json', '.lock.json');
    const before = readFileSync(path, 'utf8');
    assert.is(await relock(await loadDataset(manifest), context(directory)), path);
    assert.is(readFileSync(path, 'utf8'), before);
  },
);

needsXz('without a changelog there is no order, which says so', async ({ directory, manifest }) => {
  const dataset = await pinDataset(await loadDataset(manifest), context(directory, archive(false)));
  assert.match(
    String(dataset.failures?.get('a')),
    /no package of apt 1\+deb12u1~x has a changelog/,
  );
  await fetchImage(dataset, 'a', offlineContext(directory)).then(
    () => assert.unreachable(),
    (error: unknown) => assert.match(String(error), /has a changelog/),
  );
});

test.run();

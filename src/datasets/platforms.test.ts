import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as assert from 'uvu/assert';
import { createCodec } from '../codecs/mod.ts';
import { InputError, UsageError } from '../errors.ts';
import { openImage } from '../images/open.ts';
import { machinePlatform } from '../images/platform.ts';
import { limits } from '../limits.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { readAll } from '../streams/source.ts';
import { refused, withLimits } from '../testing/archives.ts';
import { directorySuite } from '../testing/directory.ts';
import {
  type Blob,
  blobPath,
  layerTar,
  named,
  putBlob,
  putIndex,
  putListed,
  type Saved,
  saveArchive,
  savedFiles,
  writeLayout,
} from '../testing/layouts.ts';
import { offlineContext } from '../testing/offline.ts';
import { sha256, TYPES } from '../testing/registry.ts';
import { has, shell } from '../testing/shell.ts';
import { sketchTree } from '../testing/trees.ts';
import { adHocDataset, fetchImage, loadDataset } from './mod.ts';

const test = directorySuite('images that lie on disk beside others');

/** The one file of the image that a word of the command line names. */
async function fileOf(directory: string, word: string, platform?: string): Promise<string> {
  const dataset = await adHocDataset(join(directory, word), platform);
  const image = await fetchImage(dataset, dataset.images[0]!.id, offlineContext(directory));
  return openImage(image)
    .tree.entries.slice(1)
    .map(({ path }) => path)
    .join();
}

const machine = machinePlatform().slice('linux/'.length);
const foreign = machine === 'arm64' ? 'amd64' : 'arm64';

/** The tar of a layout, as skopeo and buildkit write one. */
function tarOf(directory: string, name: string): Uint8Array {
  shell(`tar -C ${name} -cf ${name}.tar .`, directory);
  return new Uint8Array(readFileSync(join(directory, `${name}.tar`)));
}

test('a layout lists platforms at its top level; the blobs of other ones need not be there', async ({
  directory,
}) => {
  const layout = join(directory, 'layout');
  const [own, other] = writeLayout(layout, [{ architecture: machine }, { architecture: foreign }]);
  assert.is(await fileOf(directory, 'layout'), `file-${machine}`);
  assert.is(await fileOf(directory, 'layout', `linux/${foreign}`), `file-${foreign}`);
  assert.is(await fileOf(directory, `layout#${other!.digest}`), `file-${foreign}`);
  rmSync(blobPath(layout, other!.digest));
  assert.is(await fileOf(directory, 'layout'), `file-${machine}`);
  assert.is(await fileOf(directory, 'layout', `linux/${machine}`), `file-${machine}`);
  assert.is(await fileOf(directory, `layout#${own!.digest}`), `file-${machine}`);
  await refused(
    fileOf(directory, 'layout', 'linux/s390x'),
    /no image for linux\/s390x.*--platform.*linux\/amd64/,
  );
  await refused(fileOf(directory, 'layout', `linux/${foreign}`), /is listed, and not there/);
});

test('nested indexes, lists that say nothing, and names are chosen from alike', async ({
  directory,
}) => {
  const layout = join(directory, 'layout');
  const gone = { mediaType: TYPES.index, digest: `sha256:${'ab'.repeat(32)}`, size: 500 };
  const nest = (...manifests: readonly object[]): Blob =>
    putBlob(layout, TYPES.index, { schemaVersion: 2, manifests });
  const [own, other] = [machine, foreign].map((architecture) =>
    putListed(layout, { architecture }),
  );
  const silent = [machine, foreign].map((architecture) =>
    putListed(layout, { architecture, isSilent: true }),
  );
  for (const listed of [
    [nest(nest(other!, own!))],
    [gone, nest(other!), nest(own!)],
    [{ ...gone, platform: { os: 'linux', architecture: foreign } }, own!],
    silent,
    [nest(...silent)],
    [{ ...nest(other!, own!), ...named('x') }],
  ]) {
    putIndex(layout, listed);
    assert.is(await fileOf(directory, 'layout'), `file-${machine}`, JSON.stringify(listed));
  }
});

test('a compressed archive of images is no root file system', async ({ directory }) => {
  if (!has('tar')) return;
  writeLayout(join(directory, 'layout'), [{ architecture: foreign }, { architecture: machine }]);
  const layout = tarOf(directory, 'layout');
  saveArchive(join(directory, 'saved.tar'), savedFiles([{ config: 'config.json', content: 'c' }]));
  const saved = new Uint8Array(readFileSync(join(directory, 'saved.tar')));
  const zstd = await createCodec('zstd:level=3');
  for (const [name, bytes, file] of [
    ['a.tar.gz', gzipSync(layout), `file-${machine}`],
    ['a.tar.zst', zstd.compress(layout), `file-${machine}`],
    ['b.tgz', gzipSync(saved), 'c'],
    // What it is, its name does not tell.
    ['b.tar', zstd.compress(saved), 'c'],
  ] as const) {
    writeFileSync(join(directory, name), bytes);
    assert.is(await fileOf(directory, name), file, name);
  }
  const root = readAll(
    treeToTar(
      sketchTree({
        'manifest.json': { content: '[]' },
        app: { type: 'directory' },
        'app/oci-layout': { content: '{}' },
      }),
    ),
  );
  writeFileSync(join(directory, 'root.tar.gz'), gzipSync(root));
  const dataset = await adHocDataset(join(directory, 'root.tar.gz'));
  assert.is(dataset.images[0]!.source.type, 'rootfs');
  // Damage is told when it is read, and nothing stays behind of what was begun.
  writeFileSync(join(directory, 'cut.tar.gz'), gzipSync(layout).subarray(0, -20));
  await refused(fileOf(directory, 'cut.tar.gz'), /damaged gzip data|cut/);
});

test('an archive names its configuration as it likes; layers are verified by diff id', async ({
  directory,
}) => {
  const path = join(directory, 'saved.tar');
  for (const config of ['config.json', 'image/cfg', 'sha256:config', 'no-json']) {
    const files = savedFiles([{ config, content: 'c' }]);
    saveArchive(path, { image: { type: 'directory' }, ...files });
    assert.is(await fileOf(directory, 'saved.tar'), 'c', config);
    const layer = Object.keys(files).find((name) => name.endsWith('.tar'))!;
    saveArchive(path, {
      image: { type: 'directory' },
      ...files,
      [layer]: { content: layerTar('d') },
    });
    rmSync(join(directory, 'cache'), { recursive: true });
    await refused(fileOf(directory, 'saved.tar'), /instead of sha256:/);
  }
});

test('of several images in an archive one is named; the error names them', async ({
  directory,
}) => {
  const path = join(directory, 'two.tar');
  const save = (...images: readonly Saved[]): void => saveArchive(path, savedFiles(images));
  save({ tags: ['a:1', 'a:latest'], content: 'a' }, { tags: ['b/c:1'], content: 'b' });
  await refused(
    fileOf(directory, 'two.tar'),
    /2 images, and nothing says which.*#NAME.*a:1, b\/c:1/,
  );
  for (const [name, file] of [
    ['a:1', 'a'],
    ['a:latest', 'a'],
    ['docker.io/library/a:1', 'a'],
    ['a', 'a'],
    ['b/c:1', 'b'],
  ] as const) {
    assert.is(await fileOf(directory, `two.tar#${name}`), file, name);
  }
  await refused(fileOf(directory, 'two.tar#c'), /no image is called 'c'.*a:1, b\/c:1/);
  save({ content: 'a' }, { content: 'b', config: 'b.json' });
  const error = await refused(fileOf(directory, 'two.tar'), /2 images/);
  const digests = String(error).match(/sha256:[0-9a-f]{64}/g)!;
  assert.equal(await Promise.all(digests.map((digest) => fileOf(directory, `two.tar#${digest}`))), [
    'a',
    'b',
  ]);
  // One image for two platforms, as Docker saves it.
  save({ tags: ['a:1'], architecture: machine }, { tags: ['a:1'], architecture: foreign });
  assert.is(await fileOf(directory, 'two.tar'), machine);
  assert.is(await fileOf(directory, 'two.tar#a:1', `linux/${foreign}`), foreign);
  await refused(fileOf(directory, 'two.tar', 'linux/s390x'), /no image for linux\/s390x/);
});

test('what another image of an archive lacks does not matter', async ({ directory }) => {
  const files = savedFiles([
    { tags: ['a'], content: 'a' },
    { tags: ['b'], config: 'b.json', content: 'b' },
  ]);
  const { 'b.json': _gone, ...rest } = files;
  saveArchive(join(directory, 'two.tar'), rest);
  assert.is(await fileOf(directory, 'two.tar#a'), 'a');
  await refused(fileOf(directory, 'two.tar#b'), /no file 'b.json'/);
});

test('files may have # in their names; root file systems have no images', async ({ directory }) => {
  saveArchive(join(directory, 'c#d.tar'), savedFiles([{ tags: ['x#y'], content: 'c' }]));
  assert.is(await fileOf(directory, 'c#d.tar'), 'c');
  assert.is(await fileOf(directory, 'c#d.tar#x#y'), 'c');
  const dataset = await loadDataset(`${join(directory, 'c#d.tar')}#x#y`);
  assert.is(dataset.images[0]!.title, 'c#d.tar#x#y');
  writeFileSync(join(directory, 'root.tar'), layerTar('f'));
  for (const [word, platform] of [
    ['root.tar#x', undefined],
    ['root.tar', 'linux/amd64'],
  ] as const) {
    const error = await refused(fileOf(directory, word, platform), /root file system/);
    assert.instance(error, UsageError);
  }
});

test('sizes beyond the bound, and other ones than declared, are refused before a byte is written', async ({
  directory,
}) => {
  if (!has('tar')) return;
  const layout = join(directory, 'layout');
  const tar = layerTar('f');
  const config = putBlob(layout, TYPES.config, {
    rootfs: { type: 'layers', diff_ids: [sha256(tar)] },
  });
  const layer = putBlob(layout, TYPES.layer, tar);
  const put = (changes: object): void =>
    putIndex(layout, [
      putBlob(layout, TYPES.manifest, { config, layers: [{ ...layer, ...changes }] }),
    ]);
  put({});
  await withLimits({ blobBytes: tar.length }, async () => {
    assert.is(await fileOf(directory, 'layout'), 'f');
  });
  await withLimits({ blobBytes: tar.length + 1 }, async () => {
    assert.is(await fileOf(directory, 'layout'), 'f');
  });
  await withLimits({ blobBytes: tar.length - 1 }, async () => {
    const error = await refused(fileOf(directory, 'layout'), new RegExp(`a blob of ${tar.length}`));
    assert.instance(error, InputError);
  });
  put({ size: limits.blobBytes + 1 });
  await refused(fileOf(directory, 'layout'), new RegExp(`a blob of ${limits.blobBytes + 1} bytes`));
  for (const size of [tar.length - 1, tar.length + 1, limits.blobBytes]) {
    put({ size });
    tarOf(directory, 'layout');
    for (const word of ['layout', 'layout.tar']) {
      await refused(fileOf(directory, word), new RegExp(`its descriptor says ${size}`));
    }
  }
});

test('skopeo and umoci choose the same', async ({ directory }) => {
  if (!has('skopeo', 'umoci')) return;
  const layout = join(directory, 'layout');
  const images = [
    { name: 'v1', architecture: machine },
    { name: 'v2', architecture: machine },
  ];
  writeLayout(layout, images);
  for (const name of ['v1', 'v2']) {
    shell(
      `skopeo copy oci:layout:${name} docker-archive:${name}.tar:team/image:${name}`,
      directory,
    );
    shell(`umoci unpack --rootless --image layout:${name} ${name}`, directory);
    const files = shell(`find ${name} -type f -name '${name}-*' -printf '%f'`, directory);
    assert.is(await fileOf(directory, `layout#${name}`), files);
    assert.is(await fileOf(directory, `${name}.tar#team/image:${name}`), files);
  }
  // As Jib writes it: skopeo reads it, and makes the same image of it.
  saveArchive(
    join(directory, 'jib.tar'),
    savedFiles([{ tags: ['app:1'], config: 'config.json', content: 'c' }]),
  );
  shell('skopeo copy docker-archive:jib.tar oci:jib:x', directory);
  assert.is(await fileOf(directory, 'jib'), await fileOf(directory, 'jib.tar'));
  putIndex(layout, [
    {
      ...putBlob(layout, TYPES.index, {
        schemaVersion: 2,
        manifests: [machine, foreign].map((architecture) => putListed(layout, { architecture })),
      }),
      ...named('many'),
    },
  ]);
  for (const architecture of [machine, foreign]) {
    shell(
      `rm -rf one && skopeo --override-arch ${architecture} copy oci:layout:many oci:one:x`,
      directory,
    );
    assert.is(
      await fileOf(directory, 'layout', `linux/${architecture}`),
      await fileOf(directory, 'one'),
    );
  }
});

test.run();

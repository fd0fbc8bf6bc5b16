import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fetchImage, loadDataset } from '../datasets/mod.ts';
import { Cache } from '../images/cache.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { closeImage, openImage } from '../images/open.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { MemorySource, readAll } from '../streams/source.ts';
import { lackOf, lackOfRoot, skip, unless } from '../testing/needs.ts';
import { offlineContext } from '../testing/offline.ts';
import { shell } from '../testing/shell.ts';
import { sketchTree } from '../testing/trees.ts';
import { factDifferences, factsOf, factsOfTree, unpackByUmoci } from '../testing/umoci.ts';
import { applyLayers } from './layers.ts';

/** OCIBENCH_REAL names a dataset whose images must be in the cache; without it, those of ci-slice that are there. */
const wanted = process.env['OCIBENCH_REAL'];

const test = suite<{ directory: string }>('umoci');
test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-umoci-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const unpacking = unless(test, lackOf('umoci', 'getfattr'), lackOfRoot());

unpacking('what umoci unpacks of layers with everything is the tree', ({ directory }) => {
  const time = { mtime: 1_600_000_000_123_456_789n };
  const layers = [
    sketchTree({
      bin: { type: 'directory', mode: 0o2755, ...time },
      'bin/su': { content: 'setuid', mode: 0o4755, uid: 7, gid: 4_000_000_000, ...time },
      'bin/su.link': { link: 'bin/su' },
      caps: {
        content: 'x',
        xattrs: {
          'user.a': Uint8Array.of(0, 0x3d, 0xff),
          'security.capability': Buffer.from('0100000200040000000000000000000000000000', 'hex'),
        },
      },
      gone: { content: 'gone' },
      'caf\xc3\xa9 \n\xff': { content: 'bytes' },
      old: { mtime: -1_500_000_000n },
      to: { type: 'symlink', target: '../nowhere', uid: 5, ...time },
      tmp: { type: 'directory', mode: 0o1777 },
    }),
    sketchTree({
      '.wh.gone': {},
      bin: { type: 'directory', mode: 0o700, uid: 3 },
      'bin/new': { content: 'new' },
      dev: { type: 'directory' },
      'dev/null': { type: 'character-device', mode: 0o666, major: 1, minor: 3 },
      'dev/pipe': { type: 'fifo', ...time },
    }),
  ].map((tree) => readAll(treeToTar(tree)));
  const paths = layers.map((bytes, index) => {
    const path = join(directory, `${index}.tar`);
    writeFileSync(path, bytes);
    return path;
  });
  const tree = applyLayers(layers.map((bytes) => new MemorySource(bytes)));
  const root = unpackByUmoci(paths, directory);
  assert.is(factDifferences(factsOfTree(tree), factsOf(root)).join('\n'), '');
  shell('chmod 600 bundle/rootfs/bin/new && touch bundle/rootfs/more', directory);
  assert.match(factDifferences(factsOfTree(tree), factsOf(root)).join('\n'), /bin\/new.*\/more/s);
});

const dataset = await loadDataset(wanted ?? 'ci-slice');
for (const { id } of dataset.images) {
  unpacking(`what umoci unpacks of ${id}, a real image, is its tree`, async ({ directory }) => {
    const context = { ...offlineContext(directory), cache: new Cache() };
    let image: ImageDescriptor;
    try {
      image = await fetchImage(dataset, id, context);
    } catch (error) {
      if (wanted !== undefined) throw error;
      return skip(`images of ${dataset.id} are not in the cache`);
    }
    const root = unpackByUmoci(
      image.layers.map(({ path }) => path),
      directory,
    );
    const opened = openImage(image);
    const ours = factsOfTree(opened.tree);
    closeImage(opened);
    assert.ok(ours.size > 1000, `${ours.size} paths`);
    assert.is(factDifferences(ours, factsOf(root)).join('\n'), '');
  });
}

test.run();

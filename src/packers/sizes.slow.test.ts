import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Image } from '../images/image.ts';
import { createModel } from '../models/mod.ts';
import { inline } from '../objects/executor.ts';
import { readAll } from '../streams/source.ts';
import { imageOfTars } from '../testing/images.ts';
import { has, inDirectory, shell } from '../testing/shell.ts';
import { contentSource } from '../trees/content.ts';
import type { Inode, Tree } from '../trees/tree.ts';
import { type Inventory, takeInventory } from './inventory.ts';
import { memoryStore } from './store.ts';

/**
 * What our models store beside what the tools they follow store, of the same tree by the same parameters: real programs of
 * the machine this runs on. METHODS.md has the table for an image of debian-series.
 */
function copyTree(directory: string): Image {
  shell(
    `mkdir t; cd /usr/bin; find . -xdev -type f -size -4096k -size +0 | sort | head -n 150 >$HOME/list
     tar -cf - -T $HOME/list | tar -xpf - -C $HOME/t; cd $HOME
     mkdir t/empty; ln -s . t/bin
     tar --sort=name --format=pax --pax-option=delete=atime,delete=ctime --numeric-owner -cf t.tar -C t .`,
    directory,
  );
  return imageOfTars(new Uint8Array(readFileSync(join(directory, 't.tar'))));
}

async function pack(image: Image, id: string): Promise<Inventory> {
  const model = await createModel(id);
  return takeInventory('test', model.id, await model.pack(image, inline));
}

const sum = (numbers: Float64Array): number => numbers.reduce((total, one) => total + one, 0);
const metadataBytes = ({ layers }: Inventory): number =>
  layers.reduce((total, { role, size }) => total + (role === 'metadata' ? size : 0), 0);

/** Two sizes in bytes, ours first. */
function assertAlike(ours: number, theirs: number): void {
  const share = Math.abs(ours / theirs - 1);
  assert.ok(share <= 0.02, `ours ${ours}, theirs ${theirs}: ${(100 * share).toFixed(2)} %`);
}

/** Number and bytes of files with a suffix. */
function filesBelow(directory: string, suffix: string): readonly [number, number] {
  const script = `find ${directory} -name '*${suffix}' -type f -printf '%s\\n' | awk '{n++; s += $1} END {print n, s}'`;
  const [count, bytes] = shell(script, '/').split(' ').map(Number);
  return [count!, bytes!];
}

function compare(
  tools: readonly string[],
  work: (image: Image, directory: string) => Promise<void>,
): void {
  test(`${tools[0]} stores what its model says`, async () => {
    if (!has(...tools, 'tar')) return;
    await inDirectory(async (directory) => work(copyTree(directory), directory));
  });
}

compare(['casync'], async (image, directory) => {
  const features = '32bit-uids nsec-time permissions symlinks device-nodes fifos xattrs fcaps';
  const flags = features.split(' ').map((feature) => `--with=${feature}`);
  shell(
    `casync make --digest=sha256 --exclude-nodump=no --exclude-file=no ${flags.join(' ')} \\
       --store=store --chunk-size=16384:65536:262144 t.caidx t`,
    directory,
  );
  const { objects } = await pack(image, 'casync');
  const [count, bytes] = filesBelow(join(directory, 'store'), '.cacnk');
  assert.is(objects.count, count);
  assertAlike(sum(objects.stored), bytes);
});

compare(['zck'], async (image, directory) => {
  shell('zck -o t.zck t.tar', directory);
  // The tar that GNU wrote, not the canonical one, is what zck was given.
  const inventory = await pack(image, 'layers|zchunk|zstd:level=9|blob|range');
  const [blob] = inventory.layers;
  assertAlike(blob!.size, readFileSync(join(directory, 't.zck')).length);
});

compare(['restic'], async (image, directory) => {
  const restic = (words: string): string =>
    shell(`RESTIC_PASSWORD=x RESTIC_REPOSITORY=$PWD/r restic --no-cache ${words}`, directory);
  restic('init');
  // Its compressor is another one: without, the chunks must be the same to the byte.
  restic('backup --compression off t');
  const { chunker_polynomial: polynomial } = JSON.parse(restic('cat config')) as {
    chunker_polynomial: string;
  };
  const index = JSON.parse(restic(`cat index ${restic('list index').trim()}`)) as {
    packs: readonly { blobs: readonly { type: string; length: number }[] }[];
  };
  const blobs = index.packs.flatMap((one) => one.blobs).filter(({ type }) => type === 'data');
  const id = `files|rabin:poly=0x${polynomial}|none|packs:size=16MiB|range`;
  const { objects } = await pack(image, id);
  assert.is(objects.count, blobs.length);
  // Encryption adds an initialisation vector and a code of 16 bytes each to every blob.
  const bytes = blobs.reduce((total, { length }) => total + length - 32, 0);
  assert.is(sum(objects.stored), bytes);
});

compare(['borg'], async (image, directory) => {
  const environment = `BORG_BASE_DIR=$PWD BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes`;
  shell(`export ${environment}; borg init -e none r; borg create -C zstd,3 r::a t`, directory);
  const { cache } = JSON.parse(shell(`${environment} borg info --json r::a`, directory)) as {
    cache: { stats: { unique_csize: number } };
  };
  const inventory = await pack(image, 'borg');
  assertAlike(sum(inventory.objects.stored) + metadataBytes(inventory), cache.stats.unique_csize);
});

compare(['ostree'], async (image, directory) => {
  shell(
    `ostree --repo=r init --mode=archive; ostree --repo=r commit -b x --tree=dir=t --generate-sizes`,
    directory,
  );
  const inventory = await pack(image, 'ostree');
  const theirs = ['.filez', '.dirtree', '.dirmeta'].map((suffix) =>
    filesBelow(join(directory, 'r/objects'), suffix),
  );
  assertAlike(
    sum(inventory.objects.stored) + metadataBytes(inventory),
    theirs.reduce((total, [, bytes]) => total + bytes, 0),
  );
  // Objects of ostree are named by content and metadata together: the restored tree must give the same names.
  const model = await createModel('ostree');
  const packed = await model.pack(image, inline);
  const tree = await model.unpack(packed.manifest, memoryStore(packed), inline);
  const found = readdirSync(join(directory, 'r/objects'), { recursive: true, encoding: 'utf8' });
  const names = found.filter((path) => path.endsWith('.filez'));
  const wanted = tree.entries
    .filter(({ inode }) => inode.type === 'file' || inode.type === 'symlink')
    .map(({ inode }) => ostreeChecksum(tree, inode));
  const theirNames = names.map((path) => path.replace('/', '').replace('.filez', ''));
  assert.equal([...new Set(wanted)].sort(), theirNames.sort());
});

/**
 * Checksum of a content object (ostree, ostree-core.h): sha256 over the length of a header, the header — a GVariant
 * `(uuuusa(ayay))` of owner, group, mode, 0, link target and attributes — and the content.
 */
function ostreeChecksum(tree: Tree, inode: Inode): string {
  assert.is(inode.xattrs.size, 0, 'attributes are not written here');
  const isLink = inode.type === 'symlink';
  const target = Buffer.concat([inode.target, Uint8Array.of(0)]);
  const header = Buffer.alloc(16 + target.length + 1);
  for (const [index, number] of [inode.uid, inode.gid].entries()) {
    header.writeUInt32BE(number, 4 * index);
  }
  header.writeUInt32BE((isLink ? 0o120000 : 0o100000) | inode.mode, 8);
  header.set(target, 16);
  // Where the only variable part before the last ends.
  header[16 + target.length] = 16 + target.length;
  const length = Buffer.alloc(8);
  length.writeUInt32BE(header.length);
  const hash = createHash('sha256').update(length).update(header);
  if (!isLink) hash.update(readAll(contentSource(tree, inode)));
  return hash.digest('hex');
}

test.run();

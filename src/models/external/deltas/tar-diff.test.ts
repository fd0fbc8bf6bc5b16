import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createCodec } from '../../../codecs/mod.ts';
import type { Image } from '../../../images/image.ts';
import { treeToTar } from '../../../serialisers/tar.ts';
import { ByteWriter } from '../../../serialisers/varint.ts';
import { MemorySource, readAll } from '../../../streams/source.ts';
import { refused } from '../../../testing/archives.ts';
import { imageOfTars } from '../../../testing/images.ts';
import { has, inDirectory, shell } from '../../../testing/shell.ts';
import { richTree, sketchTree } from '../../../testing/trees.ts';
import { createModel } from '../../mod.ts';
import { filesOf, findBases } from './similar-files.ts';
import { applyTarDiff, TarDiffWriter } from './tar-diff-format.ts';

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const tarOf = ({ tree }: Image): Uint8Array => readAll(treeToTar(tree));

async function deltaBetween(from: Image, to: Image): Promise<Uint8Array> {
  const { deltas } = await createModel('tar-diff');
  const { bytes } = await deltas!.make(from, to);
  const applied = await deltas!.apply(from, bytes);
  assert.is(Buffer.compare(applied.bytes, tarOf(to)), 0);
  return bytes;
}

/** Real programs, in trees that differ as an update and a move make them differ. */
function programs(directory: string): readonly [Image, Image] {
  shell(
    `mkdir -p old/bin new/usr/bin
     find /usr/bin -xdev -type f -size +8k -size -400k | sort | head -n 30 | xargs cp -t old/bin
     cp -p old/bin/* new/usr/bin
     for file in new/usr/bin/*; do printf 'changed' | dd of=$file bs=1 seek=5000 conv=notrunc; done 2>log
     cp /usr/bin/tar new/usr/bin/added
     for tree in old new; do tar --sort=name --format=pax -cf $tree.tar -C $tree .; done`,
    directory,
  );
  const [old, next] = ['old', 'new'].map((name) =>
    imageOfTars(new Uint8Array(readFileSync(join(directory, `${name}.tar`)))),
  );
  return [old!, next!];
}

test('programs that moved and changed a little cost little, what is new costs itself', async () => {
  if (!has('bsdiff', 'bspatch', 'bunzip2')) return;
  await inDirectory(async (directory) => {
    const [old, next] = programs(directory);
    const delta = await deltaBetween(old, next);
    const added = next.tree.entries.find(({ path }) => path === 'usr/bin/added')!.inode.size;
    assert.ok(delta.length < added, `${delta.length} bytes for a new file of ${added}`);
    assert.equal(await deltaBetween(old, next), delta, 'the same delta again');
  });
});

test('every kind of entry comes back, from nothing and to nothing', async () => {
  if (!has('bsdiff', 'bunzip2')) return;
  const [rich, empty] = [richTree(), sketchTree({})].map((tree) =>
    imageOfTars(readAll(treeToTar(tree))),
  );
  for (const [from, to] of [
    [rich!, rich!],
    [empty!, rich!],
    [rich!, empty!],
  ] as const) {
    await deltaBetween(from, to);
  }
});

test('a file is taken from equal content, else its path, else its name, else its stem', () => {
  const from = filesOf(
    sketchTree({
      'a/config': { content: 'one' },
      'a/script': { content: 'x'.repeat(100_000) },
      'lib/libc.so.6.1': { content: 'library' },
      'lib/libc.so.6.2': { content: 'library of another length' },
      'z/config': { content: 'another configuration' },
    }),
  );
  const baseOf = findBases(from);
  const found = (path: string, content: string): string | undefined =>
    baseOf(path, text(content))?.file.path;
  assert.ok(baseOf('new', text('one'))!.isEqual);
  assert.is(found('new', 'one'), 'a/config');
  assert.is(found('z/config', 'uno'), 'z/config');
  assert.is(found('b/config', 'uno'), 'a/config', 'the nearest in size');
  assert.is(found('b/libc.so.6.3', 'library of another size'), 'lib/libc.so.6.2');
  assert.is(found('a/script', 'exec program'), undefined, 'a wrapper is no version of a program');
  assert.is(found('unknown', 'new'), undefined);
});

test('operations are those of the format, and only the files named are read', async () => {
  const files = new Map([['dir/\xff', new MemorySource(Uint8Array.of(1, 2, 3, 255, 5))]]);
  const writer = new TarDiffWriter();
  writer.data(Uint8Array.of(9));
  writer.seek('dir/\xff', 2);
  writer.copy(1);
  writer.add(Uint8Array.of(2, 0));
  writer.seek('dir/\xff', 0);
  writer.add(Uint8Array.of(0, 0));
  assert.equal(await applyTarDiff(await writer.finish(3), files), Uint8Array.of(9, 3, 1, 5, 1, 2));
});

test('a damaged delta is refused', async () => {
  const files = new Map([['file', new MemorySource(new Uint8Array(10))]]);
  const cases: readonly (readonly [RegExp, (operations: ByteWriter) => void])[] = [
    [/no file is open/, (operations) => operations.byte(2).number(1)],
    [/no file is open/, (operations) => operations.byte(1).latin1('../file').byte(2).number(1)],
    [/beyond the end/, (operations) => operations.byte(1).latin1('file').byte(2).number(11)],
    [
      /beyond the end/,
      (operations) => operations.byte(1).latin1('file').byte(4).number(10).byte(3).latin1('x'),
    ],
    [/operation 5 is unknown/, (operations) => operations.byte(5).number(0)],
    [/ends early/, (operations) => operations.byte(0).number(2).byte(0)],
  ];
  for (const [says, write] of cases) {
    const operations = new ByteWriter();
    write(operations);
    const writer = new TarDiffWriter();
    const magic = (await writer.finish(3)).slice(0, 8);
    const stored = (await createCodec('zstd')).compress(operations.finish());
    const delta = new Uint8Array(Buffer.concat([magic, stored]));
    await refused(applyTarDiff(delta, files), says);
  }
  await refused(applyTarDiff(new Uint8Array(20), files), /this is no tar-diff/);
  // Found by the fuzzer: a frame whose parts are of the right length, and whose content is not.
  const found = 'dGFyZGYxCgAotS/9IRzhAAAAAwECAwEFZXRjL2EEAgIFAQVldGMvYgMDAAH/';
  await refused(applyTarDiff(Buffer.from(found, 'base64'), files), /damaged zstd data/);
});

test.run();

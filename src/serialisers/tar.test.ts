import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemorySource, readAll } from '../streams/source.ts';
import { hasAll, lackOf, lackOfRoot } from '../testing/needs.ts';
import { richTree, sketchTree } from '../testing/trees.ts';
import { differences } from '../trees/compare.ts';
import { applyLayers } from '../trees/layers.ts';
import type { Tree } from '../trees/tree.ts';
import { tar, treeToTar } from './tar.ts';

/** Held against the tars of distributions: what they extract from our archive, packed again, is the same tree. */

/** The tar that packs again writes the owner names of this machine. */
const fidelity = { ...tar.fidelity, ownerNames: false };

/** Linux refuses capabilities that mean nothing, as those of the sketch do: the value goes under another name. */
function settable(tree: Tree): Tree {
  const entries = tree.entries.map(({ path, inode }) => {
    const value = inode.xattrs.get('security.capability');
    if (!value) return { path, inode };
    return { path, inode: { ...inode, xattrs: new Map([['user.binary', value]]) } };
  });
  return { ...tree, entries };
}

/**
 * libarchive 3.6 leaves the time of the directory it extracts into alone, and reads the pax time -1.5 as -1 + 0.5, where
 * POSIX means a decimal number.
 */
const OWN_WAYS: Readonly<Record<string, readonly string[]>> = {
  tar: [],
  bsdtar: ['/: mtime was', '/old: mtime was'],
};

const EXTRACT: Readonly<Record<string, readonly string[]>> = {
  tar: ['--numeric-owner', '--xattrs', '--xattrs-include=*', '-xpf', 'ours.tar', '-C', 'out'],
  bsdtar: ['--numeric-owner', '-xpf', 'ours.tar', '-C', 'out'],
};

test('numbers at the ends of their ranges are what is read again', () => {
  const [top, before] = [2 ** 32 - 1, -(2n ** 63n)];
  const tree = sketchTree({
    block: { type: 'block-device', major: 0o7777777, minor: 0o10000000 },
    character: { type: 'character-device', major: top, minor: top, uid: top, gid: top },
    'character.link': { link: 'character' },
    early: { mtime: before },
    late: { mtime: 2n ** 63n - 1n },
  });
  const back = applyLayers([new MemorySource(readAll(treeToTar(tree)))]);
  assert.equal(differences(tree, back, tar.fidelity), []);
});

for (const [program, args] of Object.entries(EXTRACT)) {
  test(`${program} extracts our tar to the same tree`, () => {
    if (!hasAll(lackOf(program, 'tar'), lackOfRoot())) return;
    const directory = mkdtempSync(join(tmpdir(), 'ocibench-tar-'));
    const run = (command: string, parameters: readonly string[]): void => {
      // Names that are no UTF-8 are bytes in the C locale alone.
      const env = { ...process.env, LC_ALL: 'C' };
      const { status, stderr } = spawnSync(command, parameters, { cwd: directory, env });
      assert.is(status, 0, `${command}: ${stderr}`);
    };
    try {
      const tree = settable(richTree());
      writeFileSync(join(directory, 'ours.tar'), readAll(treeToTar(tree)));
      mkdirSync(join(directory, 'out'));
      run(program, args);
      const pack = ['--format=pax', '--xattrs', '--xattrs-include=*', '-cf', 'back.tar'];
      run('tar', [...pack, '-C', 'out', '.']);
      const back = applyLayers([new MemorySource(readFileSync(join(directory, 'back.tar')))]);
      const found = differences(tree, back, fidelity).map(String);
      const isOwnWay = (text: string): boolean =>
        OWN_WAYS[program]!.some((start) => text.startsWith(start));
      assert.equal(
        found.filter((text) => !isOwnWay(text)),
        [],
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
}

test.run();

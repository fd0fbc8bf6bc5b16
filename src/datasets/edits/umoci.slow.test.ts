import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { treeToTar } from '../../serialisers/tar.ts';
import { type ByteSource, MemorySource, readAll } from '../../streams/source.ts';
import { lackOf, lackOfRoot, unless } from '../../testing/needs.ts';
import { shell } from '../../testing/shell.ts';
import { sketchTree } from '../../testing/trees.ts';
import { unpackByUmoci } from '../../testing/umoci.ts';
import { changeset } from '../../trees/changeset.ts';
import { contentSource } from '../../trees/content.ts';
import { applyLayers } from '../../trees/layers.ts';
import { readTar } from '../../trees/tar.ts';
import type { Tree } from '../../trees/tree.ts';
import { applyEdits, DRAWN_KINDS, drawEdit, type Edit, settleEdits } from './mod.ts';

const test = suite<{ directory: string }>('edits and umoci');
test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-umoci-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const repacking = unless(test, lackOf('umoci'), lackOfRoot());

/** Whole seconds: umoci compares no finer ones. */
const time = { mtime: 1_600_000_000_000_000_000n };
const directory = { type: 'directory', ...time } as const;
const base = readAll(
  treeToTar(
    sketchTree({
      bin: directory,
      'bin/sh': { content: 'a shell, rather short', mode: 0o4755, ...time },
      'bin/perl': { content: 'a language', mode: 0o755, ...time },
      'bin/perl5': { link: 'bin/perl' },
      etc: directory,
      'etc/conf': { content: 'x'.repeat(9000), ...time },
      'etc/link': { type: 'symlink', target: 'conf', ...time },
      lib: directory,
      'lib/a': directory,
      'lib/a/one': { content: '1', ...time },
      'lib/b': { content: 'b', uid: 5, ...time },
    }),
  ),
);

const ALL = '-exec touch -hd 2026-01-01T00:00:00Z {} +';
/** Each kind, and what a user would type for it. */
const cases: readonly (readonly [edit: Edit, script: string])[] = [
  [{ flip: { path: 'etc/conf', at: 5 } }, 'printf y | dd of=etc/conf bs=1 seek=5 conv=notrunc'],
  [{ append: { path: 'etc/conf', text: 'more' } }, 'printf more >> etc/conf'],
  [{ chmod: { path: 'bin/perl', mode: '0700' } }, 'chmod 0700 bin/perl'],
  [{ chmod: { path: 'etc', mode: '0775', recursive: true } }, 'chmod -R 0775 etc'],
  [{ chown: { path: 'bin', uid: 7, gid: 8 } }, 'chown -hR 7:8 bin'],
  [{ chown: { path: 'etc', uid: 7, gid: 8 } }, 'chown -hR 7:8 etc'],
  [{ touch: { path: 'lib/b', time: '2026-01-01T00:00:00Z' } }, `find lib/b ${ALL}`],
  [{ touch: '2026-01-01T00:00:00Z' }, `find . ${ALL}`],
  [{ rename: { from: 'lib/b', to: 'etc/b' } }, 'mv lib/b etc/b'],
  [{ rename: { from: 'lib/a', to: 'etc/a' } }, 'mv lib/a etc/a'],
  [{ remove: 'lib/b' }, 'rm lib/b'],
  [{ remove: 'lib' }, 'rm -r lib'],
  [{ remove: 'bin/perl' }, 'rm bin/perl'],
];

// Where the file system counts subdirectories as links: ext4, xfs, tmpfs, overlayfs on them; not btrfs.
repacking('a layer has the entries that umoci repack writes', (context) => {
  const tree = applyLayers([new MemorySource(base)]);
  const path = join(context.directory, 'base.tar');
  writeFileSync(path, base);
  const root = unpackByUmoci([path], context.directory);
  for (const [edit, script] of cases) check(context.directory, root, edit, script);
  for (const edit of [
    { insert: { path: 'etc/conf', at: 0, length: 64, seed: 1 } },
    { insert: { path: 'etc/conf', at: 4500, length: 64, seed: 1 } },
    { replace: { path: 'etc/conf', at: 4000, length: 4096, seed: 1 } },
    { add: { path: 'lib/new', length: 100, seed: 1 } },
    ...drawn(tree),
  ]) {
    check(context.directory, root, edit, scriptOf(tree, edit, context.directory));
  }

  function check(work: string, rootfs: string, edit: Edit, script: string): void {
    const edited = applyEdits(tree, settleEdits(tree, [edit], 'base'));
    const layer = treeToTar(changeset(tree, edited, 'links'));
    shell('rm -rf bundle && umoci unpack --image layout:x bundle', work);
    shell(script, rootfs);
    for (const { path: own, inode } of edited.entries) {
      const seconds = inode.mtime / 1_000_000_000n;
      shell(`touch -hd @${seconds} './${own}'`, rootfs);
    }
    shell('umoci repack --image layout:y bundle', work);
    assert.equal(rowsOf(layer), rowsOf(lastLayer(work)), JSON.stringify(edit));
  }
});

repacking('where nothing changes umoci writes no layer, and nothing differs', (context) => {
  const tree = applyLayers([new MemorySource(base)]);
  assert.equal(changeset(tree, tree, 'links').entries, []);
  const path = join(context.directory, 'base.tar');
  writeFileSync(path, base);
  unpackByUmoci([path], context.directory);
  shell('umoci repack --image layout:y bundle', context.directory);
  assert.is(layersOf(context.directory, 'y').length, 1);
});

/** Draws of every kind; umoci makes a renamed hard link a file of its own, ours stays a link. */
function drawn(tree: Tree): readonly Edit[] {
  const linked = new Set(['bin/perl', 'bin/perl5']);
  const edits = DRAWN_KINDS.flatMap((kind) => {
    const own = [1, 2, 3].map((seed) => drawEdit(tree, { kind, seed })!);
    const isMeant = ({ rename }: Edit): boolean =>
      !linked.has((rename as { readonly from: string } | undefined)?.from ?? '');
    const meant = own.filter(isMeant);
    assert.ok(meant.length > 0, kind);
    return meant;
  });
  return [...new Map(edits.map((edit) => [JSON.stringify(edit), edit])).values()];
}

/** What a user would type. What is put into files is noise: the file itself stands for it. */
function scriptOf(tree: Tree, edit: Edit, work: string): string {
  const [[kind, value]] = Object.entries(edit) as [[string, never]];
  const {
    path,
    mode,
    recursive,
    uid,
    gid,
    from,
    to,
    time: at,
  } = value as Readonly<Record<string, string>>;
  if (kind === 'chmod') return `chmod ${recursive ? '-R' : ''} ${mode} ${path}`;
  if (kind === 'chown') return `chown -hR ${uid}:${gid} ${path}`;
  if (kind === 'rename') return `mv ${from} ${to}`;
  if (kind === 'remove') return `rm -r ${value}`;
  if (kind === 'touch') return path ? `touch -hd ${at} ${path}` : `find . ${ALL}`;
  const edited = applyEdits(tree, [edit]);
  const { inode } = edited.entries.find((entry) => entry.path === path)!;
  writeFileSync(join(work, 'made'), readAll(contentSource(edited, inode)));
  return `cat ../../made > ${path}`;
}

interface Blob {
  readonly digest: string;
}

function readJson(work: string, digest: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(blobPath(work, digest), 'utf8')) as Record<string, unknown>;
}

function blobPath(work: string, digest: string): string {
  return join(work, 'layout', 'blobs', 'sha256', digest.slice('sha256:'.length));
}

function layersOf(work: string, tag: string): readonly Blob[] {
  const index = JSON.parse(readFileSync(join(work, 'layout', 'index.json'), 'utf8')) as {
    readonly manifests: readonly (Blob & { readonly annotations: Record<string, string> })[];
  };
  const named = index.manifests.find(
    ({ annotations }) => annotations['org.opencontainers.image.ref.name'] === tag,
  )!;
  return readJson(work, named.digest)['layers'] as readonly Blob[];
}

function lastLayer(work: string): ByteSource {
  const { digest } = layersOf(work, 'y').at(-1)!;
  return new MemorySource(gunzipSync(readFileSync(blobPath(work, digest))));
}

/**
 * What a layer says, by path. Whiteouts have a name alone; which name of a file comes first, and so has the content, is left to
 * the writer; umoci writes no names of owners.
 */
function rowsOf(tar: ByteSource): readonly string[] {
  const entries = readTar(tar).entries.map((entry) => ({ ...entry, path: normal(entry.path) }));
  return entries
    .map((own) => {
      if (/(^|\/)\.wh\./.test(own.path)) return own.path;
      const first = own.type === 'hardlink' ? normal(own.linkTarget) : own.path;
      const file = entries.find(({ path }) => path === first)!;
      const { type, mode, uid, gid, mtime } = file;
      const names = entries
        .filter((one) => one.type === 'hardlink' && normal(one.linkTarget) === first)
        .map(({ path }) => path);
      const linked = [first, ...names].sort().join(' = ');
      const meta = type === 'symlink' ? `-> ${file.linkTarget}` : mode.toString(8);
      const content = Buffer.from(readAll(contentSource({ sources: [tar] }, file)));
      return `${own.path}: ${linked} ${type} ${meta} ${uid}:${gid} ${mtime} ${content.toString('hex')}`;
    })
    .sort();
}

function normal(path: string): string {
  return path.replace(/^\.\/|^\.$|\/$/g, '');
}

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { InputError } from '../../errors.ts';
import { treeToTar } from '../../serialisers/tar.ts';
import { readAll } from '../../streams/source.ts';
import { type Sketch, sketchTree } from '../../testing/trees.ts';
import { contentSource } from '../../trees/content.ts';
import type { Inode, Tree } from '../../trees/tree.ts';
import { groupNumber, readCopies } from './copies.ts';
import type { Deb } from './deb.ts';
import { RootBuilder } from './root.ts';

/** From the postinst of base-files 12.4+deb12u15, shortened. */
const BASE_FILES = `#!/bin/sh
install_from_default() {
  if [ ! -f "$DPKG_ROOT$2" ]; then
    cp -p "$DPKG_ROOT/usr/share/base-files/$1" "$DPKG_ROOT$2"
  fi
}
migrate_directory() {
  if [ ! -L "$DPKG_ROOT$1" ]; then
    rmdir "$DPKG_ROOT$1"
    ln -s "$2" "$DPKG_ROOT$1"
  fi
}
if [ "$1" = "configure" ] && [ "$2" = "" ]; then
  install_from_default dot.profile   /root/.profile
  install_directory srv       755 root
  install_directory var/mail 2775 mail
  if [ ! -L "$DPKG_ROOT/var/spool/mail" ]; then
    ln -s ../mail "$DPKG_ROOT/var/spool/mail"
  fi
  install_directory run/lock 1777 root
  migrate_directory /var/run /run
  migrate_directory /var/lock /run/lock
  install_local_dir /usr/local/bin
  ln -sf share/man "$DPKG_ROOT/usr/local/man"
  ensure_file_owner_mode /var/log/btmp root:utmp 660
fi
install_from_default info.dir /usr/share/info/dir
for d in lib32; do ln -s "usr/$d" "$DPKG_ROOT/$d"; done
`;
/** From base-passwd 3.6.7 and libc-bin 2.36, shortened. */
const BASE_PASSWD = `#! /bin/sh
if [ ! -e "$DPKG_ROOT/etc/group" ] ; then
\tcp "$DPKG_ROOT/usr/share/base-passwd/group.master" "$DPKG_ROOT/etc/group"
fi
\ttouch "$DPKG_ROOT/etc/subuid"
tmp=$(mktemp)
\tcat /etc/passwd.org > /etc/passwd
`;
const LIBC_BIN = `#!/bin/sh
    cp -p $1 $2
  install_from_default "$DPKG_ROOT/usr/share/libc-bin/nsswitch.conf" "$DPKG_ROOT/etc/nsswitch.conf"
ldconfig -r "$DPKG_ROOT/" || ldconfig --verbose -r "$DPKG_ROOT/"
`;
const GROUPS = 'root:*:0:\nmail:*:8:\nutmp:*:43:\n';
const SECONDS = 1_000;

test('commands with paths of their own are read, functions and variables are not', () => {
  assert.equal(readCopies(LIBC_BIN), [
    {
      does: 'copy',
      from: 'usr/share/libc-bin/nsswitch.conf',
      to: 'etc/nsswitch.conf',
      keeps: true,
    },
  ]);
  assert.equal(readCopies(BASE_PASSWD), [
    { does: 'copy', from: 'usr/share/base-passwd/group.master', to: 'etc/group', keeps: false },
    { does: 'file', to: 'etc/subuid', mode: 0o644, group: 'root' },
  ]);
  const read = readCopies(BASE_FILES);
  assert.is(read.length, 11);
  assert.equal(read[2], { does: 'directory', to: 'var/mail', mode: 0o2775, group: 'mail' });
  assert.equal(read[5], { does: 'link', target: '/run', to: 'var/run' });
});

test('a group is looked up, and one that nobody has is an error', () => {
  assert.is(groupNumber(GROUPS, 'utmp'), 43);
  assert.is(groupNumber('', 'root'), 0);
  assert.throws(
    () => groupNumber(GROUPS, 'staff'),
    (error: unknown) => error instanceof InputError && error.message.includes('staff'),
  );
});

function deb(name: string, postinst: string, data: Readonly<Record<string, Sketch>>): Deb {
  const tar = (files: Readonly<Record<string, Sketch>>): Uint8Array =>
    readAll(treeToTar(sketchTree(files)));
  return {
    control: tar({
      control: { content: `Package: ${name}\n` },
      postinst: { content: postinst, mode: 0o755 },
    }),
    data: tar(data),
  };
}

const folder: Sketch = { type: 'directory' };
const PACKAGES: readonly Deb[] = [
  deb('base-files', BASE_FILES, {
    run: folder,
    'usr/share/base-files/dot.profile': { content: 'umask 022\n', mtime: 5_000_000_000n },
    'usr/share/base-files/info.dir': { content: 'documentation' },
    'usr/share/info': folder,
    'var/lock': folder,
    'var/run': folder,
  }),
  deb('base-passwd', BASE_PASSWD, { 'usr/share/base-passwd/group.master': { content: GROUPS } }),
  deb('other', 'cp /usr/share/base-passwd/group.master /etc/other\n', {
    'etc/subuid': { content: 'own' },
  }),
];

function build(hasCopies: boolean): { tree: Tree; byPath: ReadonlyMap<string, Inode> } {
  const root = new RootBuilder(SECONDS, hasCopies);
  for (const one of PACKAGES) root.add(one);
  const tree = root.finish();
  return { tree, byPath: new Map(tree.entries.map(({ path, inode }) => [path, inode])) };
}

test('a root has what the scripts would copy, link and make', () => {
  const { tree, byPath } = build(true);
  const before = build(false).byPath;
  const added = [...byPath.keys()].filter((path) => !before.has(path)).sort();
  assert.equal(added, [
    'etc/group',
    'root',
    'root/.profile',
    'run/lock',
    'srv',
    'usr/local',
    'usr/local/bin',
    'usr/local/man',
    'var/log',
    'var/log/btmp',
    'var/mail',
    'var/spool',
    'var/spool/mail',
  ]);
  const text = (path: string): string =>
    Buffer.from(readAll(contentSource(tree, byPath.get(path)!))).toString();
  assert.is(text('etc/group'), GROUPS);
  assert.is(text('root/.profile'), 'umask 022\n');
  // `cp -p` keeps the time, `cp` does not.
  assert.is(byPath.get('root/.profile')!.mtime, 5_000_000_000n);
  assert.is(byPath.get('etc/group')!.mtime, BigInt(SECONDS) * 1_000_000_000n);
  assert.is.not(byPath.get('etc/group'), byPath.get('usr/share/base-passwd/group.master'));
  assert.is(byPath.get('var/run')!.type, 'symlink');
  assert.is(Buffer.from(byPath.get('var/lock')!.target).toString(), '/run/lock');
  const { type, mode, gid, size } = byPath.get('var/log/btmp')!;
  assert.equal([type, mode, gid, size], ['file', 0o660, 43, 0]);
  assert.equal([byPath.get('var/mail')!.mode, byPath.get('var/mail')!.gid], [0o2775, 8]);
  // What a package has is not replaced.
  assert.is(text('etc/subuid'), 'own');
});

test('without being asked, a root has what packages have', () => {
  const { byPath } = build(false);
  assert.not.ok(byPath.has('etc/group'));
  assert.is(byPath.get('var/run')!.type, 'directory');
});

test.run();

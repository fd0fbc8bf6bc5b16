import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemorySource } from '../streams/source.ts';
import { lackOf, lackOfRoot, lackOfTime, unless } from '../testing/needs.ts';
import { inDirectory, shell } from '../testing/shell.ts';
import { applyLayers } from '../trees/layers.ts';
import { verifyPackages } from './mod.ts';

const INSTALL = `
  mkdir -p package/DEBIAN package/usr/bin package/etc root/var/lib/dpkg/info root/var/lib/dpkg/updates
  touch root/var/lib/dpkg/status
  printf 'Package: alpha\\nVersion: 1\\nArchitecture: all\\nMaintainer: Nobody <nobody@example.org>\\nDescription: a\\n' >package/DEBIAN/control
  for name in same changed emptied; do seq 1 50000 | sed "s/$/ $name/" >package/usr/bin/$name; done
  for name in same changed; do echo "$name" >package/etc/$name.conf; done
  printf '/etc/same.conf\\n/etc/changed.conf\\n' >package/DEBIAN/conffiles
  (cd package && md5sum usr/bin/* >DEBIAN/md5sums)
  dpkg-deb --root-owner-group --build package alpha.deb >/dev/null
  dpkg --root=root --log=/dev/null --force-bad-path --install alpha.deb >/dev/null
  echo more >>root/usr/bin/changed
  : >root/usr/bin/emptied
  echo more >>root/etc/changed.conf
  tar -C root -cf root.tar .`;

unless(
  test,
  lackOf('dpkg', 'dpkg-deb', 'md5sum', 'tar', 'seq', 'sed'),
  lackOfRoot(),
  lackOfTime(),
)('13 files with another content are those that dpkg --verify names', async () => {
  await inDirectory((directory) => {
    shell(INSTALL, directory);
    const tree = applyLayers([new MemorySource(readFileSync(join(directory, 'root.tar')))]);
    const { files, rest } = verifyPackages(tree);
    const told = shell('dpkg --root=root --verify || true', directory);
    const changed = [...told.matchAll(/^..5\S*(?: c)? +\/(.*)$/gm)].map(([, path]) => path!);
    const ours = rest.filter(({ why }) => why === 'other content').map(({ path }) => path);
    assert.equal([...ours].sort(), [...changed].sort());
    assert.is(ours.length, 3);
    assert.is(files, 2);
  });
});

test.run();

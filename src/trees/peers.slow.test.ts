import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MemorySource } from '../streams/source.ts';
import { archive, part } from '../testing/evil.ts';
import { has, shell } from '../testing/shell.ts';
import { applyLayers } from './layers.ts';
import { readTar, type TarEntry } from './tar.ts';
import type { Inode } from './tree.ts';

const test = suite<{ directory: string }>('peers');
test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-peers-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const MODES: Readonly<Record<TarEntry['type'], string>> = {
  file: '-',
  hardlink: 'h',
  symlink: 'l',
  directory: 'd',
  fifo: 'p',
  'character-device': 'c',
  'block-device': 'b',
};

/** The facts of an entry in the form of `tar -tv --numeric-owner --full-time`. */
function listed(entry: TarEntry): string {
  const { type, mode, uid, gid, size, major, minor, mtime, path, linkTarget } = entry;
  const bits = [...'rwxrwxrwx'].map((letter, index) => ((mode >> (8 - index)) & 1 ? letter : '-'));
  const extent = type.endsWith('-device') ? `${major},${minor}` : size;
  const time = new Date(Number(mtime / 1_000_000n)).toISOString().slice(0, 19).replace('T', ' ');
  const link = { hardlink: ` link to ${linkTarget}`, symlink: ` -> ${linkTarget}` };
  const suffix = type === 'hardlink' || type === 'symlink' ? link[type] : '';
  return `${MODES[type]}${bits.join('')} ${uid}/${gid} ${extent} ${time} ${path}${suffix}`;
}

const TREE = `
  mkdir -p src/sub && printf hello >src/sub/file && ln src/sub/file src/sub/link
  chmod 640 src/sub/file && ln -s sub/file src/symlink && mkfifo src/fifo && : >src/empty
  name=$(printf 'n%.0s' $(seq 90)); mkdir src/$name && echo deep >src/$name/$name
  find src -exec touch -hd '2001-02-03 04:05:06' {} +`;

for (const [tool, formats] of [
  ['tar', ['ustar', 'gnu', 'pax']],
  ['bsdtar', ['ustar', 'gnutar', 'pax']],
] as const) {
  for (const format of formats) {
    test(`what ${tool} writes as ${format} is listed as GNU tar lists it`, ({ directory }) => {
      if (!has(tool, 'tar')) return;
      shell(`${TREE}\n${tool} --format=${format} -cf a.tar -C src .`, directory);
      const list = shell('tar --numeric-owner --full-time -tvf a.tar', directory);
      const { entries } = readTar(new MemorySource(readFileSync(join(directory, 'a.tar'))));
      assert.equal(entries.map(listed), list.trimEnd().replace(/ +/g, ' ').split('\n'));
    });
  }
}

const directoryPart = (name: string, mode = 0o755): string => part({ name, type: '5', mode });
const LAYERS: readonly Uint8Array[] = [
  archive(
    directoryPart('./'),
    directoryPart('d/', 0o750),
    part({ name: 'd/old', content: 'old' }),
    directoryPart('d/sub/', 0o700),
    part({ name: 'd/sub/old' }),
    directoryPart('e/'),
    part({ name: 'e/kept', content: 'kept' }),
    part({ name: 'e/gone' }),
    part({ name: 'gone' }),
    directoryPart('links/'),
    part({ name: 'links/one', content: 'linked', mode: 0o600 }),
    part({ name: 'links/two', type: '1', link: 'links/one' }),
    part({ name: 'to-d', type: '2', link: 'd' }),
    directoryPart('becomes-file/'),
    part({ name: 'becomes-file/x' }),
    part({ name: 'becomes-directory' }),
  ),
  archive(
    directoryPart('d/'),
    part({ name: 'd/new', content: 'new' }),
    part({ name: 'd/.wh..wh..opq' }),
    part({ name: 'e/.wh.gone' }),
    part({ name: '.wh.gone' }),
    part({ name: 'links/three', type: '1', link: 'links/one' }),
    part({ name: 'to-d/through', content: 'a symlink' }),
  ),
  archive(
    part({ name: 'becomes-file', content: 'file' }),
    directoryPart('becomes-directory/'),
    part({ name: 'becomes-directory/x' }),
    part({ name: 'links/.wh.one' }),
    part({ name: 'implied/parent/file', content: 'x' }),
  ),
];

const LETTERS: Readonly<Record<Inode['type'], string>> = {
  file: 'f',
  directory: 'd',
  symlink: 'l',
  fifo: 'p',
  'character-device': 'c',
  'block-device': 'b',
};

test('32 layers merge into what umoci unpacks', ({ directory }) => {
  if (!has('umoci')) return;
  for (const [index, layer] of LAYERS.entries())
    writeFileSync(join(directory, `${index}.tar`), layer);
  const rootless = process.getuid?.() === 0 ? '' : '--rootless';
  shell(
    `umoci init --layout layout && umoci new --image layout:x
     for n in 0 1 2; do umoci raw add-layer --image layout:x $n.tar; done
     umoci unpack ${rootless} --image layout:x bundle`,
    directory,
  );
  const found = shell(
    String.raw`cd bundle/rootfs && find . -mindepth 1 \( -type d -printf '%P d %m\n' -o -type l -printf '%P l %m %l\n' -o -printf '%P %y %m %s %n\n' \)`,
    directory,
  );
  const { entries } = applyLayers(LAYERS.map((layer) => new MemorySource(layer)));
  const ours = entries.slice(1).map(({ path, inode }) => {
    const facts = `${path} ${LETTERS[inode.type]} ${inode.mode.toString(8)}`;
    if (inode.type === 'directory') return facts;
    // The mode of a symlink is always 777 on Linux, whatever the layer says.
    if (inode.type === 'symlink') return `${path} l 777 ${Buffer.from(inode.target).toString()}`;
    return `${facts} ${inode.size} ${entries.filter((other) => other.inode === inode).length}`;
  });
  assert.equal([...ours].sort(), found.trimEnd().split('\n').sort());
  assert.ok(ours.includes('links/two f 600 6 2'));
});

test.run();

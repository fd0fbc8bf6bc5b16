import { join } from 'node:path';
import { contentDigest } from '../trees/content.ts';
import type { Inode, Tree } from '../trees/tree.ts';
import { shell } from './shell.ts';

/** What umoci unpacks, as find, getfattr and sha256sum of the system see it, beside a tree. */

const FIELDS = ['%P', '%y', '%m', '%U', '%G', '%T@', '%l', '%i', '%s'] as const;

const LETTERS: Readonly<Record<Inode['type'], string>> = {
  file: 'f',
  directory: 'd',
  symlink: 'l',
  fifo: 'p',
  'character-device': 'c',
  'block-device': 'b',
};

/** Puts layers into a layout below `directory` and unpacks them there; returns the root. Needs to be root. */
export function unpackByUmoci(layers: readonly string[], directory: string): string {
  const add = layers.map((path) => `umoci raw add-layer --image layout:x '${path}'`);
  shell(['umoci init --layout layout', 'umoci new --image layout:x', ...add].join('\n'), directory);
  shell('umoci unpack --image layout:x bundle', directory);
  return join(directory, 'bundle', 'rootfs');
}

/** One line of facts a path: type, mode, owner, time, link, first name, attributes, digest. */
export function factsOf(root: string): ReadonlyMap<string, string> {
  const fields = shell(String.raw`find . -printf '${FIELDS.join('\\0')}\0'`, root).split('\0');
  const digests = new Map(
    shell('find . -type f -print0 | xargs -0r sha256sum -bz --', root)
      .split('\0')
      .map((line) => [line.slice(68), line.slice(0, 64)]),
  );
  const xattrs = attributesOf(root);
  const paths: string[][] = [];
  for (let at = 0; at + FIELDS.length <= fields.length; at += FIELDS.length) {
    paths.push(fields.slice(at, at + FIELDS.length));
  }
  paths.sort(([a], [b]) => (a! < b! ? -1 : 1));
  const names = new Map<string, string>();
  return new Map(
    paths.map(([path, type, mode, uid, gid, time, link, inode, size]) => {
      const first = names.get(inode!) ?? path!;
      names.set(inode!, first);
      const isFile = type === 'f';
      const words = [
        `${type} ${mode} ${uid}:${gid} ${nanoseconds(time!)}`,
        isFile ? `${size} ${digests.get(path!)}` : link,
        isFile ? first : '',
        xattrs.get(path!) ?? '',
      ];
      return [path!, words.join(' | ')];
    }),
  );
}

/** `1700000000.1234567890`; before the epoch the fraction still counts upward. */
function nanoseconds(time: string): bigint {
  const [seconds = '', fraction = ''] = time.split('.');
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
}

function attributesOf(root: string): ReadonlyMap<string, string> {
  const dump = shell('getfattr -Rhd -m - -e hex -- . 2>/dev/null || true', root);
  const found = new Map<string, string>();
  for (const block of dump.split('\n\n')) {
    const [head, ...lines] = block.split('\n');
    const path = head?.replace(/^# file: (\.\/)?/, '').replace(/^\.$/, '') ?? '';
    const plain = path.replace(/\\([0-7]{3})/g, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 8)),
    );
    const own = lines.filter((line) => line !== '' && !line.startsWith('security.selinux='));
    if (own.length > 0) found.set(plain, own.sort().join(' '));
  }
  return found;
}

/** The same facts of a tree. */
export function factsOfTree(tree: Tree): ReadonlyMap<string, string> {
  const names = new Map<Inode, string>();
  const sorted = tree.entries.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return new Map(
    sorted.map(({ path, inode }) => {
      const first = names.get(inode) ?? path;
      names.set(inode, first);
      const isFile = inode.type === 'file';
      // The mode of a symlink is always 777 on Linux, whatever the layer says.
      const mode = inode.type === 'symlink' ? '777' : inode.mode.toString(8);
      const xattrs = [...inode.xattrs].map(
        ([name, value]) => `${name}=0x${Buffer.from(value).toString('hex')}`,
      );
      const words = [
        `${LETTERS[inode.type]} ${mode} ${inode.uid}:${inode.gid} ${inode.mtime}`,
        isFile
          ? `${inode.size} ${contentDigest(tree, inode)}`
          : Buffer.from(inode.target).toString('latin1'),
        isFile ? first : '',
        xattrs.sort().join(' '),
      ];
      return [path, words.join(' | ')];
    }),
  );
}

/** Paths whose facts differ, with both; at most ten. */
export function factDifferences(
  ours: ReadonlyMap<string, string>,
  theirs: ReadonlyMap<string, string>,
): readonly string[] {
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .filter((path) => ours.get(path) !== theirs.get(path))
    .slice(0, 10)
    .map((path) => `/${path}\n  ours   ${ours.get(path)}\n  theirs ${theirs.get(path)}`);
}

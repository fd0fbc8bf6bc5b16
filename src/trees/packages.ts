import { readAll } from '../streams/source.ts';
import { contentSource } from './content.ts';
import { pathFromBytes, type Tree } from './tree.ts';

const INFO = 'var/lib/dpkg/info/';

/**
 * Path → package that dpkg's database names as its owner (`var/lib/dpkg/info/NAME.list`); what dpkg keeps of a package
 * belongs to it too. The database lists paths below /bin, /lib and the like where /usr is merged: they are found in /usr.
 * Directories are owned by many and not listed. Empty where the image has no such database.
 */
export function packageOwners(tree: Tree): ReadonlyMap<string, string> {
  const inodes = new Map(tree.entries.map(({ path, inode }) => [path, inode]));
  const owners = new Map<string, string>();
  const own = (path: string, owner: string): void => {
    const inode = inodes.get(path);
    if (inode && inode.type !== 'directory' && !owners.has(path)) owners.set(path, owner);
  };
  const lists = tree.entries
    .filter(({ path, inode }) => path.startsWith(INFO) && inode.type === 'file')
    .map(({ path }) => path)
    .sort();
  for (const path of lists) {
    const name = path.slice(INFO.length);
    const owner = name.slice(0, Math.max(0, name.lastIndexOf('.')));
    if (owner === '') continue;
    own(path, owner);
    if (!name.endsWith('.list')) continue;
    const text = pathFromBytes(readAll(contentSource(tree, inodes.get(path)!)));
    for (const line of text.split('\n')) {
      const listed = line.replace(/^\//, '');
      own(inodes.has(listed) ? listed : `usr/${listed}`, owner);
    }
  }
  return owners;
}

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { limits } from '../limits.ts';
import { refuses } from '../testing/archives.ts';
import { richTree, sketchTree } from '../testing/trees.ts';
import type { Entry, Inode } from '../trees/tree.ts';
import { checkEntries } from './check.ts';

const [root, directory, file] = sketchTree({ d: { type: 'directory' }, f: {} }).entries as [
  Entry,
  Entry,
  Entry,
];
const at = (path: string, { inode }: Entry = file): Entry => ({ path, inode });

const refused: Readonly<Record<string, readonly Entry[]>> = {
  'nothing at all': [],
  'no root': [at('a')],
  'a root that is a file': [at('')],
  'a path that leaves the root': [root, at('../x')],
  'a part that leaves the root': [root, at('d', directory), at('d/..', directory)],
  'an absolute path': [root, at('/x')],
  'a path that ends in a slash': [root, at('d', directory), at('d/')],
  'NUL in a name': [root, at('a\0b')],
  'a path twice': [root, at('a'), at('a')],
  'paths out of order': [root, at('b'), at('a')],
  'a file below a file': [root, at('a'), at('a/b')],
  'a file below nothing': [root, at('a/b')],
};

for (const [what, entries] of Object.entries(refused)) {
  test(`21 ${what} is refused`, () => {
    assert.throws(
      () => checkEntries(entries),
      (error: Error) => error.name === 'InputError',
    );
  });
}

test('36, 37 owners, device numbers and times are held to their ranges', () => {
  const numbered = (numbers: Partial<Inode>): readonly Entry[] =>
    checkEntries([root, { path: 'a', inode: { ...file.inode, ...numbers } }]);
  for (const field of ['uid', 'gid', 'major', 'minor'] as const) {
    numbered({ [field]: 2 ** 32 - 1 });
    for (const value of [2 ** 32, -1, Number.NaN]) {
      refuses(() => numbered({ [field]: value }), new RegExp(`${field} is ${value} `));
    }
  }
  for (const mtime of [2n ** 63n - 1n, -(2n ** 63n)]) numbered({ mtime });
  for (const mtime of [2n ** 63n, -(2n ** 63n) - 1n]) {
    refuses(() => numbered({ mtime }), /mtime is -?\d{19} ns/);
  }
});

test('trees with everything pass', () => {
  const { entries } = richTree();
  assert.is(checkEntries(sorted(entries)).length, entries.length);
});

test('20 depth and length of paths are bounded', () => {
  const nested = (depth: number): readonly Entry[] =>
    Array.from({ length: depth + 1 }, (_, count) =>
      at(Array<string>(count).fill('a').join('/'), directory),
    );
  checkEntries(nested(limits.pathDepth));
  assert.throws(() => checkEntries(nested(limits.pathDepth + 1)), /deep/);
  checkEntries([root, at('a'.repeat(limits.pathBytes))]);
  assert.throws(() => checkEntries([root, at('a'.repeat(limits.pathBytes + 1))]), /bytes/);
});

function sorted(entries: readonly Entry[]): readonly Entry[] {
  const order = new Map<string, Inode>(entries.map(({ path, inode }) => [path, inode]));
  return [...order.keys()].sort(compare).map((path) => ({ path, inode: order.get(path)! }));
}

/** By components, as a walk visits them. */
function compare(a: string, b: string): number {
  const [x, y] = [a, b].map((path) => path.replaceAll('/', '\0')) as [string, string];
  return x < y ? -1 : x > y ? 1 : 0;
}

test.run();

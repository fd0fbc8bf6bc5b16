import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Sketch, sketchTree } from '../testing/trees.ts';
import { accountPackages, medianFile, medianPackage } from './mod.ts';

const directory: Sketch = { type: 'directory' };
const text = (content: string): Sketch => ({ content });
const folders = (...paths: readonly string[]): Readonly<Record<string, Sketch>> =>
  Object.fromEntries(paths.map((path) => [path, directory]));

test('13 what dpkg names is accounted for, merged /usr and its own lists included', () => {
  const status =
    'Package: alpha\nArchitecture: amd64\nVersion: 1.0-2\n\nPackage: beta\nArchitecture: amd64\nVersion: 3\n';
  const tree = sketchTree({
    ...folders('usr', 'usr/bin', 'var', 'var/lib', 'var/lib/dpkg', 'var/lib/dpkg/info', 'etc'),
    'usr/bin/a': text('aaaa'),
    'usr/bin/b': text('bbbbbbbbbb'),
    'etc/made': text('by a script'),
    'etc/seen': text('no'),
    'var/lib/dpkg/status': text(status),
    // As of before /usr was merged.
    'var/lib/dpkg/info/alpha.list': text('/bin/a\n'),
    'var/lib/dpkg/info/beta:amd64.list': text('/usr/bin/b\n'),
  });
  const account = accountPackages(tree);
  assert.equal([account.files, account.accountedFiles], [7, 4]);
  assert.is(account.accountedBytes, 4 + 10 + 7 + 11);
  assert.is(account.bytes, account.accountedBytes + 11 + 2 + status.length);
  assert.equal(account.rest, [
    { path: 'var/lib/dpkg/status', bytes: status.length },
    { path: 'etc/made', bytes: 11 },
    { path: 'etc/seen', bytes: 2 },
  ]);
  const { name, version, bytes, databases } = medianPackage(account)!;
  assert.equal([name, version, bytes], ['beta:amd64', '3', 10 + 11]);
  assert.equal(databases, ['var/lib/dpkg/status']);
  // 2, 4, 7, 10, 11, 11, status: the fourth.
  assert.equal(medianFile(tree), { path: 'usr/bin/b', bytes: 10 });
});

test('13 the same of apk; an image without a database has no packages', () => {
  const tree = sketchTree({
    ...folders('lib', 'lib/apk', 'lib/apk/db', 'bin'),
    'bin/busybox': text('box'),
    'bin/own': text('mine'),
    'lib/apk/db/installed': text('P:busybox\nV:1.36-r2\no:busybox\nF:bin\nR:busybox\n\n'),
  });
  const account = accountPackages(tree);
  assert.equal([account.files, account.accountedFiles, account.accountedBytes], [3, 1, 3]);
  const [only] = account.packages;
  assert.equal([only!.name, only!.version], ['busybox', '1.36-r2']);
  assert.equal(only!.databases, ['lib/apk/db/installed']);
  assert.is(medianPackage(accountPackages(sketchTree({ a: text('a') }))), undefined);
});

test.run();

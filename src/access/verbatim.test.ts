import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Sketch, sketchTree } from '../testing/trees.ts';
import { verifyPackages } from './mod.ts';

const directory: Sketch = { type: 'directory' };
const text = (content: string): Sketch => ({ content });
const folders = (...paths: readonly string[]): Readonly<Record<string, Sketch>> =>
  Object.fromEntries(paths.map((path) => [path, directory]));

/** Of `abc`: RFC 1321, A.5, and FIPS 180-1, appendix A, in base 64. */
const MD5 = '900150983cd24fb0d6963f7d28e17f72';
const SHA1 = 'qZk+NkcGgWq6PiVxeFDCbJzQ2J0=';

test('13 a file is verbatim by the MD5 of dpkg, merged /usr and configuration files included', () => {
  const sums = `${MD5}  bin/same\n${MD5}  usr/bin/other\n${MD5}  usr/bin/gone\n`;
  const status = [
    'Package: alpha\nArchitecture: amd64\nVersion: 1\nConffiles:',
    ` /etc/same.conf ${MD5}`,
    ` /etc/other.conf ${MD5}`,
    ` /etc/old.conf ${MD5} obsolete\n`,
  ].join('\n');
  const tree = sketchTree({
    ...folders('etc', 'usr', 'usr/bin', 'var', 'var/lib', 'var/lib/dpkg', 'var/lib/dpkg/info'),
    'etc/old.conf': text('abc'),
    'etc/other.conf': text('abd'),
    'etc/same.conf': text('abc'),
    'usr/bin/made': text('abc'),
    'usr/bin/other': text('other'),
    'usr/bin/same': text('abc'),
    'usr/bin/hard': { link: 'usr/bin/same' },
    'var/lib/dpkg/status': text(status),
    'var/lib/dpkg/info/alpha.list': text('/bin/same\n/etc/old.conf\n/etc/same.conf\n'),
    'var/lib/dpkg/info/alpha.md5sums': text(sums),
  });
  const { files, bytes, rest } = verifyPackages(tree);
  assert.equal([files, bytes], [2, 6]);
  const reasons = Object.fromEntries(rest.map(({ path, why }) => [path, why]));
  assert.equal(reasons, {
    'var/lib/dpkg/status': 'no package',
    'var/lib/dpkg/info/alpha.md5sums': 'no checksum',
    'var/lib/dpkg/info/alpha.list': 'no checksum',
    'usr/bin/other': 'other content',
    'etc/old.conf': 'no checksum',
    'etc/other.conf': 'other content',
    'usr/bin/made': 'no package',
  });
  const sizes = rest.map(({ bytes: size }) => size);
  assert.equal(
    sizes,
    [...sizes].sort((a, b) => b - a),
  );
});

test('13 the same by the SHA-1 of apk; a checksum of another kind is none', () => {
  const installed = [
    `P:busybox\nV:1\nF:bin\nR:busybox\na:0:0:755\nZ:Q1${SHA1}`,
    `R:changed\nZ:Q1${SHA1}`,
    `R:later\nZ:Q2${SHA1}\n\n`,
  ].join('\n');
  const tree = sketchTree({
    ...folders('lib', 'lib/apk', 'lib/apk/db', 'bin'),
    'bin/busybox': text('abc'),
    'bin/changed': text('ab'),
    'bin/later': text('abc'),
    'lib/apk/db/installed': text(installed),
  });
  const { files, bytes, rest } = verifyPackages(tree);
  assert.equal([files, bytes], [1, 3]);
  assert.equal(
    rest.map(({ path, why }) => [path, why]),
    [
      ['lib/apk/db/installed', 'no package'],
      ['bin/later', 'no checksum'],
      ['bin/changed', 'other content'],
    ],
  );
});

test.run();

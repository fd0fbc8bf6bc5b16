import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { printable } from '../commands/progress.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { readAll } from '../streams/source.ts';
import { mergeLayers, pathsOf, readParts, refuses } from '../testing/archives.ts';
import { archive, octal, part, pax } from '../testing/evil.ts';
import { contentSource } from './content.ts';

/** Names, links and metadata that mean something to other programs. */

/** A layer of empty files with these names, as PAX has them. */
const filesNamed = (names: readonly string[]): Uint8Array =>
  archive(...names.flatMap((path) => [pax({ path }), part()]));

function staysAsItIs(names: readonly string[]): void {
  const tree = mergeLayers(filesNamed(names));
  assert.equal([...pathsOf(tree)].sort(), [...names].sort());
  const again = mergeLayers(readAll(treeToTar(tree)));
  assert.equal(pathsOf(again), pathsOf(tree), 'written and read again');
}

test('22 GHSA-9ppj-qmqm-q256: names that mean something to Windows are bytes', () => {
  staysAsItIs(['C:..\\x', '..\\..\\x', '\\\\host\\share', 'CON', 'dots...', 'LONGFI~1.TXT', 'a:b']);
  const link = mergeLayers(archive(part({ name: 'l', type: '2', link: 'C:..\\..\\x' })));
  assert.is(Buffer.from(link.entries[1]!.inode.target).toString(), 'C:..\\..\\x');
  refuses(
    () => mergeLayers(archive(part({ name: 'h', type: '1', link: 'C:..\\x' }))),
    /which is nothing/,
  );
});

test('23 GHSA-r6q2-hw4h-h46w: names that some file systems fold stay apart', () => {
  const names = [
    '\xc3\xa9',
    'e\xcc\x81',
    '\xef\xac\x81',
    'FI',
    '\xc3\x9f',
    'SS',
    'ss',
    '\xff',
    '\xfe',
  ];
  staysAsItIs([...names, 'README', 'readme', '\xef\xbf\xbd']);
});

test('24 control characters in names are kept in the tree, and shown as what they are', () => {
  const names = ['a\nb', '\x1b[2J', '\xe2\x80\xaegpj.exe', '<script>', '%s%n', '=cmd()', '\r'];
  staysAsItIs(names);
  let message = '';
  try {
    mergeLayers(archive(pax({ path: '\x1b[2J\u009b/../x' }), part()));
  } catch (error) {
    message = printable(String(error));
  }
  assert.match(message, /entry \\u\{1b\}\[2J\\u\{9b\}/);
  assert.not.match(message, /[\x00-\x1f\x7f-\x9f]/);
});

test('25 names of what every object has are names', () => {
  staysAsItIs(['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__proto__x']);
  const records = pax({ __proto__: 'a', 'SCHILY.xattr.__proto__': 'v' });
  const { xattrs } = readParts(records, part()).entries[0]!;
  assert.equal([...xattrs.keys()], ['__proto__']);
  assert.is(Object.getPrototypeOf({}).a, undefined);
});

test('26 CVE-2021-29136: symlinks are data, wherever they lead', () => {
  const targets = {
    a: 'b',
    absolute: '/etc',
    b: 'a',
    dangling: 'none',
    root: '/.',
    self: 'self',
    up: '../../x',
  };
  const links = Object.entries(targets).map(([name, link]) => part({ name, type: '2', link }));
  const tree = mergeLayers(archive(...links));
  assert.equal(
    tree.entries.slice(1).map(({ path, inode }) => [path, Buffer.from(inode.target).toString()]),
    Object.entries(targets),
  );
  assert.is(tree.entries[0]!.inode.type, 'directory');
  // A directory in place of a link replaces it: nothing is done to where it leads.
  const replaced = mergeLayers(
    archive(
      part({ name: 'root', type: '2', link: '/.' }),
      part({ name: 'root/', type: '5', mode: 0 }),
    ),
  );
  assert.equal([replaced.entries[0]!.inode.mode, replaced.entries[1]!.inode.mode], [0o755, 0]);
});

test('27 GHSA-34x7-hfp2-rc4v: a hardlink does not leave the root, and content counts once', () => {
  const link = (target: string): string => part({ name: 'l', type: '1', link: target });
  for (const target of ['../etc/passwd', 'a/../../x', '/../x']) {
    refuses(() => mergeLayers(archive(link(target))), /contains '\.\.'/);
  }
  const tree = mergeLayers(archive(part({ content: 'once' })), archive(link('/file')));
  const inodes = new Set(tree.entries.slice(1).map(({ inode }) => inode));
  assert.is(inodes.size, 1);
  assert.is(readAll(contentSource(tree, [...inodes][0]!)).length, 4);
});

test('35 devices and pipes are recorded without content, also the whiteouts of overlayfs', () => {
  const device = (name: string, type: string, major: number, minor: number): string =>
    part({ name, type, size: 0, raw: { 329: octal(major, 8), 337: octal(minor, 8) } });
  const tree = mergeLayers(
    archive(part({ name: 'gone', content: 'lower' })),
    archive(device('gone', '3', 0, 0), device('sda', '4', 8, 1), part({ name: 'pipe', type: '6' })),
  );
  assert.equal(
    tree.entries.slice(1).map(({ path, inode }) => [path, inode.type, inode.major, inode.minor]),
    [
      ['gone', 'character-device', 0, 0],
      ['pipe', 'fifo', 0, 0],
      ['sda', 'block-device', 8, 1],
    ],
  );
  assert.ok(tree.entries.every(({ inode }) => inode.size === 0 && inode.segments.length === 0));
});

test('36 modes are cut to what a file has, and numbers count where names disagree', () => {
  const modes = [
    [0o7777, 0o7777],
    [0o107755, 0o7755],
    [0o40000, 0],
  ] as const;
  for (const [mode, kept] of modes) {
    assert.is(readParts(part({ mode })).entries[0]!.mode, kept);
  }
  const { uid, userName } = readParts(part({ raw: { 265: 'root', 108: octal(1000, 8) } }))
    .entries[0]!;
  assert.equal([uid, userName], [1000, 'root']);
});

test('37 times before the epoch, after 2242 and to the nanosecond are exact; what is none is refused', () => {
  const times = {
    '-1.5': -1_500_000_000n,
    '8589934592.000000001': 8_589_934_592_000_000_001n,
    '0.9999999999': 999_999_999n,
    '1.': 1_000_000_000n,
    '-0.5': -500_000_000n,
    '00000000000000000000000000001.50': 1_500_000_000n,
    '9223372036.854775807': 2n ** 63n - 1n,
    '9223372036.8547758079': 2n ** 63n - 1n,
    '-9223372036.854775808': -(2n ** 63n),
  };
  for (const [mtime, wanted] of Object.entries(times)) {
    assert.is(readParts(pax({ mtime }), part()).entries[0]!.mtime, wanted, mtime);
  }
  const base256 = part({ raw: { 136: `\xff${'\xff'.repeat(10)}\xfe` } });
  assert.is(readParts(base256).entries[0]!.mtime, -2_000_000_000n);
  for (const mtime of [
    'NaN',
    'Infinity',
    '1e9',
    '0x10',
    '9'.repeat(19),
    '+1',
    '.5',
    '-.5',
    ' 1',
    '1 ',
  ]) {
    refuses(() => readParts(pax({ mtime }), part()), /is no time/);
  }
  for (const mtime of ['--1', '1.5.5', '1,5', '1_0', '1.-5', '9'.repeat(1 << 19)]) {
    refuses(() => readParts(pax({ mtime }), part()), /^InputError: '.{1,41}' is no time/);
  }
  for (const mtime of ['9223372036.854775808', '-9223372036.854775809', '99999999999']) {
    refuses(() => readParts(pax({ mtime }), part()), /mtime is -?\d+ ns .*field mtime/);
  }
  const seconds = (text: string): string => part({ raw: { 136: text } });
  assert.is(readParts(seconds('\x80\0\0\0\0\0\0\x02\x25\xc1\x7d\x04')).entries.length, 1);
  for (const beyond of [
    '\x80\0\0\0\0\0\0\x02\x25\xc1\x7d\x05',
    '\xff\xff\xff\xff\xff\xff\xff\xfd\xda\x3e\x82\xfb',
  ]) {
    refuses(() => readParts(seconds(beyond)), /mtime is -?\d+ ns/);
  }
});

test('38 attributes are exact bytes of any length up to the limit of the header', () => {
  const values = {
    'security.capability': '\x01\0\0\x02\0=\n\xff',
    'user.big': '\0=\xff\n'.repeat(16 << 10),
    'user.overlay.opaque': 'y',
    'user.a=b': 'name with an equals sign ends there',
  };
  const records = Object.entries(values).map(([name, value]) => [`SCHILY.xattr.${name}`, value]);
  const { xattrs } = readParts(pax(Object.fromEntries(records)), part()).entries[0]!;
  assert.is(xattrs.get('user.big')!.length, 64 << 10);
  for (const [name, value] of Object.entries(values).slice(0, 3)) {
    assert.is(Buffer.from(xattrs.get(name)!).toString('latin1'), value);
  }
});

test.run();

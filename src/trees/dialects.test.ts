import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemorySource } from '../streams/source.ts';
import { readParts, refuses } from '../testing/archives.ts';
import { octal, part, pax } from '../testing/evil.ts';
import { oddTars } from '../testing/odd-tars.ts';
import { readTar } from './tar.ts';

/** What writers of different systems and times put into archives, read as their own readers do. */

const long = (type: 'K' | 'L', name: string): string =>
  part({ name: '././@LongLink', type, content: `${name}\0`, magic: 'ustar  \0' });
const pathsIn = (...parts: readonly string[]): readonly string[] =>
  readParts(...parts).entries.map(({ path }) => path);
const after = part({ name: 'after' });

for (const [name, { bytes, paths, says }] of Object.entries(oddTars)) {
  test(`${name}: ${paths ? paths.join(', ') : 'refused'}`, () => {
    const read = (): ReturnType<typeof readTar> => readTar(new MemorySource(bytes));
    if (!paths) return refuses(read, says!);
    const { entries, warnings } = read();
    assert.equal(
      entries.map(({ path }) => path),
      paths,
    );
    assert.is(warnings.length, says ? 1 : 0);
    if (says) assert.match(warnings[0]!, says);
  });
}

test('of two PAX headers the later counts alone; a global one lies below, and the last of its records', () => {
  const twice = readParts(
    pax({ path: 'first', 'SCHILY.xattr.user.a': 'v', uid: '5' }),
    pax({ gid: '7' }),
    part(),
  );
  const { path, xattrs, uid, gid } = twice.entries[0]!;
  assert.equal([path, xattrs.size, uid, gid], ['file', 0, 0, 7]);
  assert.match(twice.warnings[0]!, /^entry file: has two PAX headers, the later counts$/);
  const between = readParts(pax({ uid: '5' }), pax({ uid: '6', gid: '6' }, 'g'), part(), after);
  assert.equal(
    between.entries.map((entry) => [entry.uid, entry.gid]),
    [
      [5, 6],
      [6, 6],
    ],
  );
  const globals = readParts(pax({ uid: '7', gid: '7' }, 'g'), pax({ uid: '8' }, 'g'), part());
  assert.equal([globals.entries[0]!.uid, globals.entries[0]!.gid], [8, 7]);
  const again = part({ name: 'x', type: 'x', content: '10 path=a\n10 path=b\n' });
  assert.equal(pathsIn(again, part()), ['b'], 'two records of one header');
});

test('of two GNU names the later counts, an empty one not; between PAX and GNU the first does', () => {
  assert.equal(pathsIn(long('L', 'one'), long('L', 'two'), part()), ['two']);
  assert.equal(pathsIn(long('L', ''), part()), ['file']);
  const link = part({ type: '2', link: 'x' });
  const both = readParts(long('K', 'target'), long('L', 'name'), link).entries[0]!;
  assert.equal([both.path, both.linkTarget], ['name', 'target']);
  for (const [parts, wanted] of [
    [[pax({ path: 'pax' }), long('L', 'gnu')], 'pax'],
    [[long('L', 'gnu'), pax({ path: 'pax' })], 'gnu'],
  ] as const) {
    const { entries, warnings } = readParts(...parts, part());
    assert.is(entries[0]!.path, wanted);
    assert.match(warnings[0]!, /has a path in a PAX header and another in a GNU one/);
  }
  for (const [parts, wanted] of [
    [[pax({ linkpath: 'pax' }), long('K', 'gnu')], 'pax'],
    [[long('K', 'gnu'), pax({ linkpath: 'pax' })], 'gnu'],
    [[pax({ path: '' }), long('L', 'gnu')], 'x'],
  ] as const) {
    assert.is(readParts(...parts, link).entries[0]!.linkTarget, wanted);
  }
  assert.equal(pathsIn(pax({ path: 'global' }, 'g'), long('L', 'gnu'), part()), ['gnu']);
  assert.equal(readParts(pax({ path: 'same' }), long('L', 'same'), part()).warnings, []);
});

test('16 labels and lists of Solaris are passed over with their bodies; a cut one is refused', () => {
  for (const type of ['V', 'A']) {
    const body = part({ name: 'odd', type, content: 'b'.repeat(600) });
    const { entries, warnings } = readParts(body, part(), body, after);
    assert.equal(
      entries.map(({ path }) => path),
      ['file', 'after'],
    );
    assert.is(warnings.filter((text) => /\(type [VA], 'odd'\) is skipped/.test(text)).length, 2);
    refuses(() => readParts(part({ type, size: 5000 })), /cut short/);
  }
});

test('16 headers before what is passed over are said of it, and not of what follows', () => {
  for (const type of ['V', 'A']) {
    const odd = part({ name: 'odd', type, content: 'b'.repeat(600), magic: 'ustar  \0' });
    const own = part({ name: 'own', content: 'hello', link: 'target' });
    for (const before of [
      [pax({ path: 'named', linkpath: 'x', mtime: '5', uid: '7', 'SCHILY.xattr.user.a': 'v' })],
      [long('L', 'named'), long('K', 'x')],
      [pax({ path: 'named', mtime: '5' }), long('K', 'x')],
    ]) {
      const { entries, warnings } = readParts(...before, odd, own, after);
      const { path, linkTarget, mtime, uid, xattrs, size, offset } = entries[0]!;
      assert.equal([path, linkTarget, mtime, uid, xattrs.size], ['own', 'target', 0n, 0, 0]);
      assert.equal([size, entries[1]!.path], [5, 'after']);
      assert.is(offset, before.join('').length + odd.length);
      assert.is(warnings.length, 1);
      assert.match(warnings[0]!, new RegExp(`\\(type ${type}, 'named'\\) is skipped`));
    }
    const empty = part({ name: 'odd', type, size: 600 });
    for (const parts of [
      [pax({ size: '0' }), empty, own, after],
      [pax({ size: '600' }), part({ type }), 'b'.repeat(1024), own, after],
      [pax({ size: '0' }, 'g'), empty, pax({ size: '' }, 'g'), own, after],
    ]) {
      assert.equal(
        readParts(...parts).entries.map(({ path, size }) => [path, size]),
        [
          ['own', 5],
          ['after', 0],
        ],
      );
    }
    refuses(() => readParts(pax({ size: '5000' }), part({ type })), /cut short/);
    refuses(() => readParts(pax({ size: '-1' }), part({ type })), /'-1' is no number/);
    assert.is(readParts(part(), pax({ path: 'named' }), odd).entries.length, 1);
  }
});

test('16 an incremental dump has directories with lists; X is read as x where it can be', () => {
  const dump = readParts(part({ name: 'd/', type: 'D', content: 'Yf\0\0', mode: 0o750 }), after);
  assert.equal(
    dump.entries.map(({ path, type, size, mode }) => [path, type, size, mode]),
    [
      ['d/', 'directory', 0, 0o750],
      ['after', 'file', 0, 0o644],
    ],
  );
  assert.match(dump.warnings[0]!, /d\/: a directory with 4 bytes of content, skipped/);
  const solaris = readParts(pax({ path: 'sun', mtime: '5' }, 'X'), part(), after);
  assert.equal(
    solaris.entries.map(({ path, mtime }) => [path, mtime]),
    [
      ['sun', 5_000_000_000n],
      ['after', 0n],
    ],
  );
  assert.match(solaris.warnings[0]!, /extended header of Solaris \(type X\), read as one of PAX/);
  const other = readParts(part({ type: 'X', content: 'no records' }), part());
  assert.equal(other.entries[0]!.path, 'file');
  assert.match(other.warnings[0]!, /\(type X\), skipped: it is not of PAX/);
});

test('a prefix counts under the magic of ustar, and where no other reader takes it for something else', () => {
  const path = (raw: Record<number, string>, magic = 'ustar  \0'): string =>
    readParts(part({ name: 'f', magic, raw })).entries[0]!.path;
  assert.is(path({ 345: 'dir/sub' }), 'dir/sub/f');
  assert.is(path({ 357: 'junk' }), 'f', 'no prefix before it');
  assert.is(path({ 345: '14405000000\x0014405000001\0' }), 'f', 'times of GNU tar');
  assert.is(path({ 345: '\x80\0\0\0\0\0\0\0\0\0\0\x01' }), 'f', 'a time in base 256');
  assert.is(path({ 345: '2026' }), 'f', 'a number, which Go takes for a time as well');
  assert.is(path({ 345: 'd\xe9' }), 'f', 'not ASCII');
  for (const magic of ['\0'.repeat(8), 'ustar xx', 'ustar00\0']) {
    assert.is(path({ 345: 'dir' }, magic), 'f', magic);
  }
  for (const magic of ['ustar\x0000', 'ustar\x0010', 'ustar\0\0\0']) {
    assert.is(path({ 345: 'dir' }, magic), 'dir/f', magic);
  }
  // star has times behind a prefix of 131 bytes.
  const star = { 345: `${'p'.repeat(131)}14405000000 14405000001 `, 508: 'tar\0' };
  assert.is(path(star, 'ustar\x0000'), `${'p'.repeat(131)}/f`);
  assert.is(
    readParts(long('L', 'gnu'), part({ magic: 'ustar  \0', raw: { 345: 'd' } })).warnings.length,
    0,
  );
});

test('38 attributes in the form of libarchive alone are left out with a warning', () => {
  const both = { 'LIBARCHIVE.xattr.user.%61%3d': 'dg', 'SCHILY.xattr.user.a=': 'v' };
  // A keyword ends at the first '=': libarchive's form can say more names.
  const twin = readParts(
    pax({ 'LIBARCHIVE.xattr.user.%61': 'dg', 'SCHILY.xattr.user.a': 'v' }),
    part(),
  );
  assert.equal([twin.entries[0]!.xattrs.size, twin.warnings], [1, []]);
  assert.match(
    readParts(pax(both), part()).warnings[0]!,
    /of libarchive alone are left out: user\.a=$/,
  );
  const alone = readParts(pax({ 'LIBARCHIVE.xattr.user.b': 'dg' }), part());
  assert.is(alone.entries[0]!.xattrs.size, 0);
  assert.match(
    alone.warnings[0]!,
    /file: attributes in the form of libarchive alone are left out: user\.b$/,
  );
  const literal = readParts(pax({ 'SCHILY.xattr.user.a%3Db%25': 'v' }), part());
  assert.equal([...literal.entries[0]!.xattrs.keys()], ['user.a%3Db%25']);
  const nameless = readParts(pax({ 'SCHILY.xattr.': 'v' }), part());
  assert.is(nameless.entries[0]!.xattrs.size, 0);
  assert.match(nameless.warnings[0]!, /an attribute without a name is left out/);
});

test('a slash at the end says directory; only v7 then has no body', () => {
  for (const [type, content, wanted] of [
    ['0', 'hello', 'directory'],
    ['\0', '', 'directory'],
    ['7', 'hello', 'file'],
  ] as const) {
    const { entries } = readParts(part({ name: 'd/', type, content }), after);
    assert.equal(
      entries.map((entry) => [entry.path, entry.type]),
      [
        ['d/', wanted],
        ['after', 'file'],
      ],
    );
  }
  const bodiless = readParts(part({ name: 'd/', type: '\0', size: 5 }), after);
  assert.is(bodiless.entries[1]!.path, 'after');
  assert.is(readParts(pax({ path: 'd/' }), part({ type: '\0' })).entries[0]!.type, 'directory');
  assert.is(readParts(pax({ path: 'f' }), part({ name: 'cut/' })).entries[0]!.type, 'file');
});

test('checksums may be of signed bytes', () => {
  const high = part({ name: '\xff\xfe' });
  const stated = Number.parseInt(high.slice(148, 154), 8);
  const signed = part({ name: '\xff\xfe' }).split('');
  for (const [index, digit] of [...`${octal(stated - 512, 7)} `].entries())
    signed[148 + index] = digit;
  assert.equal(pathsIn(signed.join('')), ['\xff\xfe']);
  signed[153] = signed[153] === '0' ? '1' : '0';
  refuses(() => pathsIn(signed.join('')), /header checksum is/);
});

test.run();

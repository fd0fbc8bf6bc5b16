import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { limits } from '../limits.ts';
import { MemorySource } from '../streams/source.ts';
import { mergeLayers as merge, readParts as read, refuses } from '../testing/archives.ts';
import { archive, octal, part, pax } from '../testing/evil.ts';
import { contentDigest } from './content.ts';
import { readTar, type TarArchive } from './tar.ts';

test('3 an archive that is cut in header, body or padding is refused at every length', () => {
  const whole = archive(part({ content: 'hello' }));
  for (let length = 1; length < 1024; length++) {
    refuses(() => readTar(new MemorySource(whole.subarray(0, length))), /cut short|no tar/);
  }
});

test('13 a record without a value takes back what was said before', () => {
  const local = pax({ path: '', mtime: '', linkpath: '', uid: '', uname: '' });
  assert.is(read(local, part({ name: 'own' })).entries[0]!.path, 'own');
  const global = pax({ path: 'global', uname: 'someone' }, 'g');
  const { entries } = read(global, part(), local, part({ name: 'own' }));
  assert.equal(
    entries.map(({ path, userName }) => [path, userName]),
    [
      ['global', 'someone'],
      ['own', ''],
    ],
  );
  const empty = pax({ 'SCHILY.xattr.user.empty': '' });
  assert.equal(read(empty, part()).entries[0]!.xattrs.get('user.empty'), new Uint8Array(0));
});

test('13 global headers hold as many records as the limit, and not one more', () => {
  const globals = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => pax({ [`k${index}`]: 'v' }, 'g'));
  const { globalRecords } = limits;
  assert.is(read(...globals(globalRecords - 1), part()).entries.length, 1);
  assert.is(read(...globals(globalRecords), part()).entries.length, 1);
  refuses(() => read(...globals(globalRecords + 1), part()), /257 records in global/);
});

test('14 link targets are bounded as paths are', () => {
  const target = (length: number): readonly string[] => [
    pax({ linkpath: 'x'.repeat(length) }),
    part({ type: '2' }),
  ];
  const { pathBytes } = limits;
  for (const length of [pathBytes - 1, pathBytes]) {
    assert.is(read(...target(length)).entries[0]!.linkTarget.length, length);
  }
  refuses(() => read(...target(pathBytes + 1)), /link target has 65537 bytes/);
});

const gnuSparse = (size: string, extents: string, content: string, isExtended = '\0'): string =>
  part({
    type: 'S',
    magic: 'ustar  \0',
    size: 600,
    content,
    raw: { 386: extents, 482: isExtended, 483: size },
  });

test('15 sparse files have a size that is one, and no data past the end of the archive', () => {
  const none = (size: string): string =>
    part({ type: 'S', magic: 'ustar  \0', raw: { 483: size } });
  refuses(() => read(none('\xff'.repeat(12))), /it has -1 bytes/);
  refuses(() => read(none(`\x80\x7f${'\xff'.repeat(10)}`)), /realsize is/);
  const one = octal(0, 12) + octal(600, 12);
  const whole = archive(gnuSparse(octal(600, 12), one, '\0'.repeat(512) + 'x'.repeat(600), '\x01'));
  const tree = merge(whole);
  assert.is(contentDigest(tree, tree.entries[1]!.inode).length, 64);
  for (let length = 1025; length < 2048; length++)
    refuses(() => merge(whole.subarray(0, length)), /cut|no tar/);
});

test('15 sparse maps that overlap, go back, pass the end or map other bytes than are stored are refused', () => {
  const mapped = (map: string, size: number, stored = 10): unknown =>
    read(
      pax({ 'GNU.sparse.map': map, 'GNU.sparse.size': String(size) }),
      part({ content: 'x'.repeat(stored) }),
    );
  mapped('0,5,10,5', 15);
  for (const [map, size] of [
    ['0,5,4,5', 15],
    ['10,5,0,5', 15],
    ['0,5,10,5', 14],
    ['0,5,10', 15],
  ] as const) {
    refuses(() => mapped(map, size), /extents overlap or pass its end/);
  }
  for (const stored of [9, 11]) {
    refuses(() => mapped('0,5,10,5', 15, stored), /stores \d+ bytes but maps 10/);
  }
  refuses(() => mapped('0,x,10,5', 15), /'x' is no number/);
});

test('15 empty extents do not part a hole', () => {
  const map = pax({ 'GNU.sparse.map': '10,0,20,0,30,0', 'GNU.sparse.size': '30' });
  const hole = read(map, part()).entries[0]!;
  assert.equal([...hole.segments], [{ source: -1, offset: 0, length: 30 }]);
  const directory = read(map, part({ name: 'd/', type: '5' })).entries[0]!;
  assert.equal([directory.size, directory.segments], [0, []]);
});

test('18 directories, links, devices and pipes have no body, whatever size is stated, in every dialect', () => {
  const sizes = (name: string, type: string): readonly (readonly string[])[] =>
    ['ustar\x0000', 'ustar  \0', '\0'.repeat(8)].flatMap((magic) => [
      [part({ name, type, magic, link: 'file', size: 1 })],
      [part({ name, type, magic, link: 'file', size: 2 ** 33 - 1 })],
      [pax({ size: '00512' }), part({ name, type, magic, link: 'file', size: 0 })],
      ...(type === '\0'
        ? []
        : [[part({ name, type, magic, link: 'file', raw: { 124: '\xff'.repeat(12) } })]]),
      [
        pax({ size: '512' }, 'g'),
        part({ name, type, magic, link: 'file' }),
        pax({ size: '' }, 'g'),
      ],
    ]);
  for (const [name, type, kind] of [
    ['n', '1', 'hardlink'],
    ['n', '2', 'symlink'],
    ['n', '3', 'character-device'],
    ['n', '4', 'block-device'],
    ['n', '5', 'directory'],
    ['n/', '5', 'directory'],
    ['n/', '\0', 'directory'],
    ['n', '6', 'fifo'],
  ] as const) {
    for (const parts of sizes(name, type)) {
      const { entries, warnings } = read(part(), ...parts, part({ name: 'next', content: 'x' }));
      assert.equal(
        entries.map((entry) => [entry.path, entry.type, entry.size]),
        [
          ['file', 'file', 0],
          [name, kind, 0],
          ['next', 'file', 1],
        ],
      );
      assert.match(
        warnings[0]!,
        new RegExp(`: a ${kind} with a size of -?\\d+ bytes, which has no`),
      );
    }
  }
  for (const type of ['0', '\0', '7', 'S', 'D', 'V', 'x', 'L', 'g']) {
    refuses(() => read(part({ type, raw: { 124: '\xff'.repeat(12) } }), part()), /size is -1/);
  }
});

test('20 symlinks in a path lead no deeper than a path may', () => {
  const at = (depth: number): Uint8Array =>
    archive(
      pax({ linkpath: 'a/'.repeat(depth) }),
      part({ name: 'l', type: '2' }),
      part({ name: 'l/x' }),
    );
  const { pathDepth } = limits;
  // The root, the link, and what is in the directory it leads to.
  assert.is(merge(at(pathDepth - 1)).entries.length, pathDepth + 2);
  refuses(() => merge(at(pathDepth)), /more than 1024 deep behind symlinks/);
  refuses(() => merge(at(30_000)), /more than 1024 deep behind symlinks/);
});

test('27 hardlinks to themselves, to later entries, to directories and out of the root are refused', () => {
  const link = (target: string): string => part({ name: 'l', type: '1', link: target });
  refuses(() => merge(archive(link('l'))), /which is nothing/);
  refuses(() => merge(archive(link('b'), part({ name: 'b' }))), /which is nothing/);
  refuses(() => merge(archive(part({ name: 'd/', type: '5' }), link('d'))), /is a directory/);
  refuses(() => merge(archive(link('../x'))), /contains '\.\.'/);
  const symlink = part({ name: 's', type: '2', link: 'nowhere' });
  const tree = merge(archive(symlink, part({ name: 'l', type: '1', link: 's' })));
  assert.is(tree.entries[1]!.inode, tree.entries[2]!.inode);
});

test('35 device numbers are 32 bits, also where a record states them; of other types they mean nothing', () => {
  const at = (major: string, minor = octal(0, 8)): TarArchive =>
    read(part({ type: '3', raw: { 329: major, 337: minor } }));
  const top = '\x80\0\0\0\xff\xff\xff\xff';
  assert.is(at(top).entries[0]!.major, 2 ** 32 - 1);
  assert.is(at(octal(0, 8), top).entries[0]!.minor, 2 ** 32 - 1);
  refuses(() => at('\x80\0\0\x01\0\0\0\0'), /devmajor is 4294967296/);
  refuses(() => at('\xff'.repeat(8)), /devmajor is -1/);
  refuses(() => at(octal(0, 8), '\xff'.repeat(8)), /devminor is -1/);
  const stated = (record: string): TarArchive =>
    read(pax({ 'SCHILY.devminor': record }), part({ type: '4' }));
  assert.is(stated('4294967295').entries[0]!.minor, 2 ** 32 - 1);
  for (const record of ['4294967296', '-1', '1.0']) {
    refuses(() => stated(record), /devminor|is no number/);
  }
  assert.is(read(part({ raw: { 337: '\xff'.repeat(8) } })).entries.length, 1);
});

test('36 owners are 32 bits', () => {
  const top = read(pax({ uid: '4294967295' }), part()).entries[0]!;
  assert.is(top.uid, 4_294_967_295);
  refuses(() => read(pax({ uid: '4294967296' }), part()), /uid is 4294967296/);
  refuses(() => read(part({ raw: { 108: '\xff'.repeat(8) } })), /uid is -1/);
});

test('42, 72 holes count toward the size of a layer', () => {
  const hole = (size: number): readonly string[] => [
    pax({ 'GNU.sparse.map': '', 'GNU.sparse.size': String(size) }),
    part(),
  ];
  const { layerBytes } = limits;
  assert.is(read(...hole(layerBytes)).entries[0]!.size, layerBytes);
  refuses(() => read(...hole(layerBytes + 1)), /files of more than/);
  refuses(() => read(...hole(layerBytes), ...hole(1)), /files of more than/);
});

test.run();

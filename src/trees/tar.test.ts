import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { treeToTar } from '../serialisers/tar.ts';
import { MemorySource, readAll } from '../streams/source.ts';
import { refuses as refusesWork } from '../testing/archives.ts';
import { archive, part, pax } from '../testing/evil.ts';
import { has, shell } from '../testing/shell.ts';
import { richTree, sketchTree } from '../testing/trees.ts';
import { contentSource } from './content.ts';
import { applyLayers } from './layers.ts';
import { readTar } from './tar.ts';

const tarOf = (...args: Parameters<typeof sketchTree>): Uint8Array =>
  readAll(treeToTar(sketchTree(...args)));
const read = (bytes: Uint8Array): ReturnType<typeof readTar> => readTar(new MemorySource(bytes));

/** Replaces bytes of a header and mends its checksum. */
function patch(tar: Uint8Array, header: number, offset: number, text: string): Uint8Array {
  const bytes = tar.slice();
  for (let index = 0; index < text.length; index++) {
    bytes[header + offset + index] = text.charCodeAt(index);
  }
  bytes.fill(0x20, header + 148, header + 156);
  const sum = bytes.subarray(header, header + 512).reduce((total, byte) => total + byte, 0);
  const field = `${sum.toString(8).padStart(6, '0')}\0 `;
  for (let index = 0; index < 8; index++) bytes[header + 148 + index] = field.charCodeAt(index);
  return bytes;
}

const refuses = (bytes: Uint8Array, says: RegExp): void => refusesWork(() => read(bytes), says);

const one = tarOf({ file: { content: 'hello' } });
/** The root entry comes first; `file` is the second header. */
const FILE = 512;

test('1 an empty layer, zero blocks and one zero block are empty archives', () => {
  assert.equal(read(new Uint8Array(0)).entries, []);
  assert.equal(read(new Uint8Array(1024)).entries, []);
  assert.equal(read(new Uint8Array(512)).entries, []);
});

test('2 a wrong checksum is refused with its offset', () => {
  const bytes = one.slice();
  bytes[FILE]! ^= 1;
  refuses(bytes, /checksum is .* \(offset 512\)/);
});

test('3 an archive that is cut anywhere is refused', () => {
  for (const length of [100, FILE + 100, FILE + 512 + 3])
    refuses(one.slice(0, length), /cut short|no tar/);
});

test('4, 5 a missing end marker and trailing bytes are warnings', () => {
  assert.match(read(one.slice(0, -1024)).warnings[0]!, /no end marker/);
  assert.match(read(new Uint8Array([...one, 0, 7, 7])).warnings[0]!, /2 bytes after the end/);
});

test('6 sizes that are no size are refused', () => {
  refuses(patch(one, FILE, 124, '0000644x000'), /no octal number/);
  refuses(patch(one, FILE, 124, '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff'), /size is -1/);
  refuses(patch(one, FILE, 124, '\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff'), /size is/);
  const empty = tarOf({ file: {} });
  assert.is(read(patch(empty, FILE, 124, '           \0')).entries[1]!.size, 0);
});

const withPax = (body: string): Uint8Array => {
  const bytes = new Uint8Array(1024 + Math.ceil(body.length / 512) * 512);
  bytes.set(
    patch(one.slice(FILE, FILE + 512), 0, 124, body.length.toString(8).padStart(11, '0')),
    0,
  );
  const typed = patch(bytes, 0, 156, 'x');
  for (let index = 0; index < body.length; index++) typed[512 + index] = body.charCodeAt(index);
  typed.set(one.subarray(FILE, FILE + 512), typed.length - 512);
  return new Uint8Array([...typed, ...one.subarray(FILE + 512)]);
};

test('7 GHSA-8x88-c5mf-7j5w: a negative size in PAX is refused', () => {
  refuses(withPax('11 size=-1\n'), /'-1' is no number/);
});

test('8 GHSA-w8wr-v893-vjvp: a path of digits stays text', () => {
  assert.is(read(withPax('14 path=12345\n')).entries[0]!.path, '12345');
});

test('9 GHSA-gvwx-54wh-qm9j: a NUL in a path is refused', () => {
  refuses(withPax('12 path=a\0b\n'), /NUL in the value of path/);
  for (const keyword of [
    ...['path', 'linkpath', 'uname', 'gname', 'uid', 'gid', 'size', 'mtime', 'atime', 'ctime'],
    ...['GNU.sparse.name', 'GNU.sparse.map', 'SCHILY.devmajor'],
  ]) {
    const says = new RegExp(`NUL in the value of ${keyword}`);
    refuses(archive(pax({ [keyword]: '1\x00' }), part()), says);
    refuses(archive(pax({ [keyword]: '1\x00' }, 'g'), part()), says);
  }
});

test('9 a NUL in a PAX value that names and counts nothing is content', () => {
  for (const keyword of ['GNU.dumpdir', 'comment', 'VENDOR.x', 'SCHILY.acl.access']) {
    for (const type of ['x', 'g']) {
      const { entries, warnings } = read(
        archive(
          pax({ [keyword]: 'Ya\0Nb\0\0', uid: '7' }, type),
          part({ name: 'd/', type: '5' }),
          part({ name: 'd/a', content: 'hello' }),
        ),
      );
      assert.equal(
        entries.map(({ path, type, uid, size }) => [path, type, uid, size]),
        [
          ['d/', 'directory', 7, 0],
          ['d/a', 'file', type === 'g' ? 7 : 0, 5],
        ],
      );
      assert.equal(warnings, []);
    }
  }
  const [file] = read(archive(pax({ 'SCHILY.xattr.user.a': '\0b\0' }), part())).entries;
  assert.equal([...file!.xattrs.get('user.a')!], [0, 0x62, 0]);
});

test('10 malformed PAX records are refused', () => {
  refuses(withPax('99 path=a\n'), /longer than the header/);
  refuses(withPax('11 pa\0th=a\n'), /NUL in a keyword/);
  refuses(withPax('9 pathaa\n'), /no '='/);
  refuses(withPax('9 path=ab'), /newline/);
  refuses(withPax('x path=a\n'), /no length/);
});

test('11 huge and endless PAX headers are refused', () => {
  refuses(
    patch(withPax('9 path=a\n'), 0, 124, '00100000001'),
    /extended header has 16777217 bytes/,
  );
  const header = withPax('9 path=a\n').subarray(0, 1024);
  refuses(
    new Uint8Array(Array.from({ length: 100 }, () => [...header]).flat()),
    /too many extended/,
  );
});

test('14 a long name may fill its block; one that describes nothing is refused', () => {
  const name = '9 path=a\n';
  assert.is(read(patch(withPax(name), 0, 156, 'L')).entries[0]!.path, name);
  refuses(
    new Uint8Array([...withPax('9 path=a\n').subarray(0, 1024), ...new Uint8Array(1024)]),
    /describes no entry/,
  );
});

test('16 unknown types are refused by name', () => {
  for (const type of ['E', 'I', 'N', 'Z', '8', '\xff']) {
    refuses(patch(one, FILE, 156, type), new RegExp(`unknown type '${type}'`));
  }
  refuses(patch(one, FILE, 156, 'M'), /unknown type 'M'/);
  assert.is(read(patch(one, FILE, 156, '7')).entries[1]!.type, 'file');
});

test('23, 36, 37, 38 names, owners, times and attributes are exact bytes', () => {
  const tree = richTree();
  const { entries } = read(readAll(treeToTar(tree)));
  const find = (path: string) => entries.find((entry) => entry.path === path)!;
  assert.is(find('old').mtime, -1_500_000_000n);
  assert.is(find('bin/').mtime, 1_700_000_000_123_456_789n);
  assert.equal(
    find('caps\xff').xattrs.get('security.capability'),
    Uint8Array.of(1, 0, 0, 2, 0, 0x3d, 0x0a, 0xff),
  );
  assert.is(entries.find((entry) => entry.size === 11)!.uid, 4_000_000_000);
});

/** GNU tar in every format it writes, against itself. */
const FORMATS = ['v7', 'ustar', 'gnu', 'oldgnu', 'pax'];
const SPARSE = [
  'gnu',
  'pax --sparse-version=0.0',
  'pax --sparse-version=0.1',
  'pax --sparse-version=1.0',
];

test('what GNU tar writes in any format reads as GNU tar lists it', () => {
  if (!has('tar')) return;
  const directory = mkdtempSync(join(tmpdir(), 'ocibench-tar-'));
  try {
    const name = 'n'.repeat(90);
    shell(
      `mkdir -p src/sub && printf hello >src/sub/file && ln src/sub/file src/sub/link
       ln -s sub/file src/symlink && mkfifo src/fifo && touch -d '2001-02-03 04:05:06.789' src/sub/file
       [ "$(id -u)" = 0 ] && chown 12345:54321 src/sub/file || true`,
      directory,
    );
    for (const format of FORMATS) {
      if (format !== 'v7' && format !== 'ustar')
        shell(`mkdir -p src/${name} && echo x >src/${name}/${name}${name}`, directory);
      shell(
        `tar --format=${format} -cf a.tar --sort=name ${format === 'v7' ? '--exclude=fifo' : ''} -C src .`,
        directory,
      );
      const listing = shell(
        `tar --numeric-owner --full-time -tvf a.tar | wc -l; tar -tf a.tar`,
        directory,
      )
        .trim()
        .split('\n');
      const { entries } = read(readFileSync(join(directory, 'a.tar')));
      assert.equal(
        entries.map((entry) => entry.path),
        listing.slice(1),
        format,
      );
      const file = entries.find((entry) => entry.path.endsWith('sub/file'))!;
      const bytes = readFileSync(join(directory, 'a.tar'));
      const [first] = file.segments;
      const { offset, length } = first!;
      assert.is(Buffer.from(bytes.subarray(offset, offset + length)).toString(), 'hello', format);
      assert.is(
        entries.find((entry) => entry.type === 'hardlink')!.linkTarget,
        './sub/file',
        format,
      );
      assert.ok(entries.some((entry) => entry.type === 'fifo') || format === 'v7', format);
      const fraction = format === 'pax' ? 789_000_000n : 0n;
      assert.is(file.mtime % 1_000_000_000n, fraction, format);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('15 sparse files of all four kinds have the bytes that GNU tar extracts', () => {
  if (!has('tar')) return;
  const directory = mkdtempSync(join(tmpdir(), 'ocibench-sparse-'));
  try {
    shell(
      `truncate -s 3000000 sparse && for at in $(seq 0 40000 2900000); do printf "data $at" | dd of=sparse bs=1 seek=$at conv=notrunc status=none; done
       echo after >after`,
      directory,
    );
    for (const format of SPARSE) {
      shell(`tar --format=${format} -S -cf a.tar sparse after`, directory);
      const source = new MemorySource(readFileSync(join(directory, 'a.tar')));
      const tree = applyLayers([source]);
      const inode = tree.entries.find((entry) => entry.path === 'sparse')!.inode;
      assert.ok(inode.segments.length > 10, `${format} is stored sparse`);
      const content = readAll(contentSource(tree, inode));
      assert.is(Buffer.compare(content, readFileSync(join(directory, 'sparse'))), 0, format);
      assert.is(tree.entries.length, 3);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test.run();

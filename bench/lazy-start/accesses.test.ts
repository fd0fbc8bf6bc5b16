import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sketchTree } from '../../src/testing/trees.ts';
import { accessesOf, joinRanges } from './accesses.ts';
import { readProgram } from './elf.ts';
import { readStarts } from './starts.ts';
import { firstDescriptor, firstString, parseCalls } from './strace.ts';

const directory = { type: 'directory' } as const;
const link = (target: string) => ({ type: 'symlink', target }) as const;
const tree = sketchTree({
  bin: link('usr/bin'),
  etc: directory,
  'etc/a': { content: 'a'.repeat(5000) },
  'etc/b': link('../usr/bin/run'),
  usr: directory,
  'usr/bin': directory,
  'usr/bin/run': { content: `#!/bin/shell -x\n${'.'.repeat(500)}` },
  'usr/bin/shell': { content: 'no program' },
});

/** What strace 6.1 prints: lines that are no calls, calls that were interrupted, errors. */
const TRACE = [
  '7     execve("/bin/run", ["run"], 0x7ffe /* 2 vars */) = 0',
  '7     openat(AT_FDCWD</root>, "etc/missing/x", O_RDONLY) = -1 ENOENT (No such file or directory)',
  '7     openat(AT_FDCWD</root>, "/etc/a", O_RDONLY|O_CLOEXEC <unfinished ...>',
  '8     read(0</dev/null>, "", 10) = 0',
  '7     <... openat resumed>) = 3</root/etc/a>',
  '7     read(3</root/etc/a>, "a) = 9\\"", 100) = 100',
  '8     read(3</root/etc/a>, "a", 50) = 50',
  '7     lseek(3</root/etc/a>, 1000, SEEK_SET) = 1000',
  '7     read(3</root/etc/a>, ""..., 10) = 10',
  '7     pread64(3</root/etc/a>, ""..., 20, 2000) = 20',
  '7     preadv2(3</root/etc/a>, [{iov_base="", iov_len=30}], 1, 3000, RWF_NOWAIT|RWF_HIPRI) = 30',
  '7     preadv2(3</root/etc/a>, [{iov_base="", iov_len=5}], 1, 3500, 0) = 5',
  '7     preadv2(3</root/etc/a>, [{iov_base="", iov_len=6}], 1, -1, 0) = 6',
  '7     mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, 3</root/etc/a>, 0x1000) = 0x7f1c00000000',
  '7     readlink("/etc/b", "../usr/bin/run", 100) = 14',
  '7     newfstatat(AT_FDCWD</root>, "/etc/b", {st_mode=S_IFREG|0644, ...}, 0) = 0',
  '7     openat(AT_FDCWD</root>, "/proc/self/maps", O_RDONLY) = 4</proc/7/maps>',
  '7     +++ exited with 0 +++',
].join('\n');

test('13 a trace becomes paths in the order of their first access, and the bytes that were asked for', () => {
  assert.equal(accessesOf(parseCalls(TRACE), tree, '/root'), [
    // Looked up on the way, and not there.
    { path: '/bin', ranges: [] },
    { path: '/usr/bin/run', ranges: [[0, 256]] },
    // A script is followed by its interpreter: no ELF file here, so all of it.
    { path: '/usr/bin/shell', ranges: [[0, 10]] },
    { path: '/etc', ranges: [] },
    {
      path: '/etc/a',
      ranges: [
        [0, 150],
        [1000, 16],
        [2000, 20],
        [3000, 30],
        [3500, 5],
        [4096, 904],
      ],
      mapped: true,
    },
    { path: '/etc/b', ranges: [] },
  ]);
});

test('13 words of a call', () => {
  assert.is(firstString('AT_FDCWD</>, "a\\"\\303\\251\\x41\\n", 0'), 'a"\xc3\xa9A\n');
  assert.is(firstString('3</x>, "cut"..., 100'), undefined);
  assert.equal(firstDescriptor('AT_FDCWD</root/a b>, "x"'), {
    number: 'AT_FDCWD',
    path: '/root/a b',
  });
  assert.is(firstDescriptor('0<pipe:[1]>, 3'), undefined);
  // A call that never returned.
  assert.is(parseCalls('5 read(3</a>, <unfinished ...>').length, 0);
});

test('13 ranges that touch are one', () => {
  assert.equal(
    joinRanges([
      [10, 5],
      [0, 4],
      [4, 2],
      [12, 1],
    ]),
    [
      [0, 6],
      [10, 5],
    ],
  );
});

test('13 what the kernel reads of a program is in its headers', () => {
  // Two program headers at 64: the interpreter at 200, and 4096 bytes loaded from 512 (elf(5)).
  const file = Buffer.alloc(8192);
  file.write('\x7fELF\x02\x01', 'latin1');
  file.writeBigUInt64LE(64n, 32);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(2, 56);
  const header = (at: number, type: number, offset: bigint, length: bigint): void => {
    file.writeUInt32LE(type, at);
    file.writeBigUInt64LE(offset, at + 8);
    file.writeBigUInt64LE(length, at + 32);
  };
  header(64, 3, 300n, 7n);
  header(120, 1, 512n, 4096n);
  file.write('/ld.so\0', 300, 'latin1');
  assert.equal(readProgram(file), { interpreter: '/ld.so', mapped: [[512, 4096]], readBytes: 307 });
  assert.is(readProgram(Buffer.from('text')), undefined);
});

test('13 the recordings are of six programs, and name what was read', () => {
  const starts = readStarts();
  assert.equal(
    starts.map(({ program }) => program),
    ['apt', 'bash', 'nginx', 'node', 'perl', 'python3'],
  );
  for (const { program, accesses } of starts) {
    const paths = accesses.map(({ path }) => path);
    assert.is(new Set(paths).size, paths.length, program);
    const libc = accesses.find(({ path }) => path.endsWith('/libc.so.6'));
    assert.ok(libc?.mapped && libc.ranges.length > 0, program);
    for (const { path, ranges, mapped, touched = [] } of accesses) {
      assert.is(mapped === true, touched.length > 0, path);
      const pages = (all: typeof ranges): number =>
        all.reduce(
          (sum, [offset, length]) =>
            sum + Math.ceil((offset + length) / 4096) - Math.floor(offset / 4096),
          0,
        );
      // What was read or mapped is all that can be touched.
      if (mapped) assert.ok(pages(touched) <= pages(ranges), `${program} ${path}`);
    }
  }
});

test.run();

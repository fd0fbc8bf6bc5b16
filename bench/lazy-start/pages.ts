import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { StorageError } from '../../src/errors.ts';
import { makeDirectories } from '../../src/make-directories.ts';
import type { Tree } from '../../src/trees/tree.ts';
import { writeTree } from '../../src/trees/write.ts';

/**
 * Which pages of files a start touches. The image lies on a file system of its own that was just mounted, so that nothing of
 * it is in the page cache, from a device that reads nothing ahead: a page is there afterwards if it was asked for, by a page
 * fault or by the kernel, and no other. mincore(2) says which.
 */

const PAGE = 4096;
/** Beside contents: inodes, journal, the last block of each file. */
const SPARE_BYTES = 256 << 20;
const BLOCK = 4096;

/** Standard input: paths, one a line. Standard output: for each the numbers of its pages in the cache. */
const MINCORE = `
import ctypes, json, os, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
libc.mincore.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p]
for path in sys.stdin.buffer.read().split(b"\\n"):
    descriptor = os.open(path, os.O_RDONLY)
    size = os.fstat(descriptor).st_size
    pages = (ctypes.c_ubyte * ((size + 4095) // 4096))()
    address = libc.mmap(None, size, 1, 1, descriptor, 0)
    if libc.mincore(address, size, pages) != 0:
        sys.exit(os.strerror(ctypes.get_errno()))
    print(json.dumps([number for number, page in enumerate(pages) if page & 1]))
    os.close(descriptor)
`;

type Ranges = readonly (readonly [offset: number, length: number])[];

/**
 * As root, with losetup, mkfs.ext4, mount and python3 on PATH.
 *
 * @param directory empty, for the file system
 * @param paths of mapped files, absolute, symlinks resolved, UTF-8
 * @param start runs the program with this directory as its root, until it has started
 * @returns by path: bytes of touched pages, [offset, length], in order and apart from each other
 */
export function touchedPages(
  tree: Tree,
  directory: string,
  paths: readonly string[],
  prepare: (root: string) => void,
  start: (root: string) => void,
): ReadonlyMap<string, Ranges> {
  const [file, place] = [join(directory, 'file-system'), join(directory, 'mounted')];
  // Beside `lost+found`.
  const root = join(place, 'root');
  mkdirSync(place);
  const contents = tree.entries.reduce(
    (sum, { inode }) => sum + Math.ceil(inode.size / BLOCK) * BLOCK,
    0,
  );
  run('truncate', ['--size', String(Math.ceil(1.1 * contents) + SPARE_BYTES), file]);
  run('mkfs.ext4', ['-q', '-b', String(BLOCK), file]);
  onDevice(file, place, () => {
    writeTree(tree, root);
    prepare(root);
    for (const name of ['proc', 'dev']) makeDirectories(join(root, name));
  });
  const sizes = new Map(tree.entries.map(({ path, inode }) => [path, inode.size]));
  let lines: readonly string[] = [];
  onDevice(file, place, () => {
    start(root);
    const text = run('python3', ['-c', MINCORE], paths.map((path) => root + path).join('\n'));
    lines = text.trim().split('\n');
  });
  rmSync(file);
  return new Map(
    paths.map((path, number) => {
      const latin1 = Buffer.from(path.slice(1), 'utf8').toString('latin1');
      return [path, rangesOf(JSON.parse(lines[number]!) as number[], sizes.get(latin1)!)];
    }),
  );
}

/** Mounts the file as a device that reads nothing ahead, and takes it away whatever happens. */
function onDevice(file: string, place: string, work: () => void): void {
  const device = run('losetup', ['--find', '--show', file]).trim();
  try {
    run('blockdev', ['--setra', '0', device]);
    run('mount', ['-o', 'noatime', device, place]);
    try {
      work();
    } finally {
      run('umount', [place]);
    }
  } finally {
    run('losetup', ['--detach', device]);
  }
}

function run(program: string, words: readonly string[], input = ''): string {
  const options = { encoding: 'utf8', input, maxBuffer: 1 << 28 } as const;
  const { status, stdout, stderr, error } = spawnSync(program, words, options);
  if (status === 0) return stdout;
  throw new StorageError(
    `${program} failed: ${error?.message ?? stderr.trim()}`,
    { file: words.at(-1)! },
    'run as root, with losetup, mkfs.ext4, mount and python3 on PATH',
  );
}

/** Pages that follow each other are one range; the last page ends with the file. @param size of it: bytes */
export function rangesOf(pages: readonly number[], size: number): Ranges {
  const ranges: [number, number][] = [];
  for (const page of pages) {
    const [offset, end] = [page * PAGE, Math.min(size, (page + 1) * PAGE)];
    const last = ranges.at(-1);
    if (last && last[0] + last[1] === offset) last[1] = end - last[0];
    else ranges.push([offset, end - offset]);
  }
  return ranges;
}

import { MemorySource } from '../streams/source.ts';
import type { Entry, EntryType, Inode, Tree } from '../trees/tree.ts';

/** Small trees for tests, by hand. */

export interface Sketch {
  readonly type?: EntryType;
  readonly content?: Uint8Array | string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly userName?: string;
  readonly groupName?: string;
  readonly mtime?: bigint;
  readonly xattrs?: Readonly<Record<string, Uint8Array>>;
  readonly target?: string;
  readonly major?: number;
  readonly minor?: number;
  /** Path of an entry before this one that it is hardlinked to. */
  readonly link?: string;
}

/** Paths in tree order → tree; the root is added. */
export function sketchTree(sketches: Readonly<Record<string, Sketch>>): Tree {
  const sources: MemorySource[] = [];
  const byPath = new Map<string, Inode>();
  const entries: Entry[] = [];
  for (const [path, sketch] of Object.entries({
    '': { type: 'directory' } as Sketch,
    ...sketches,
  })) {
    const inode = sketch.link === undefined ? toInode(sketch, sources) : byPath.get(sketch.link)!;
    byPath.set(path, inode);
    entries.push({ path, inode });
  }
  return { entries, sources };
}

function toInode(sketch: Sketch, sources: MemorySource[]): Inode {
  const { type = 'file', content = '', target = '' } = sketch;
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const segments =
    type === 'file' && bytes.length > 0
      ? [{ source: sources.push(new MemorySource(bytes)) - 1, offset: 0, length: bytes.length }]
      : [];
  return {
    type,
    mode: sketch.mode ?? (type === 'directory' ? 0o755 : 0o644),
    uid: sketch.uid ?? 0,
    gid: sketch.gid ?? 0,
    userName: sketch.userName ?? '',
    groupName: sketch.groupName ?? '',
    mtime: sketch.mtime ?? 0n,
    xattrs: new Map(Object.entries(sketch.xattrs ?? {})),
    target: Uint8Array.from(Buffer.from(target, 'latin1')),
    major: sketch.major ?? 0,
    minor: sketch.minor ?? 0,
    segments,
    size: type === 'file' ? bytes.length : 0,
  };
}

/** A tree with everything that a format may lose. */
export function richTree(): Tree {
  const long = `${'d'.repeat(120)}/${'f'.repeat(150)}`;
  return sketchTree({
    bin: { type: 'directory', mode: 0o755, mtime: 1_700_000_000_123_456_789n },
    'bin/su': { content: 'setuid', mode: 0o4755, userName: 'root', groupName: 'root' },
    'bin/su.link': { link: 'bin/su' },
    'bin-side': { content: 'sorts after bin/… as a walk does' },
    [long.split('/')[0]!]: { type: 'directory' },
    [long]: { content: 'a long name', uid: 4_000_000_000, gid: 3_000_000 },
    dev: { type: 'directory' },
    'dev/null': { type: 'character-device', mode: 0o666, major: 1, minor: 3 },
    'dev/pipe': { type: 'fifo' },
    'dev/sda': { type: 'block-device', major: 8, minor: 256 },
    empty: {},
    'caps\xff': {
      content: 'name is no UTF-8',
      xattrs: {
        'security.capability': Uint8Array.of(1, 0, 0, 2, 0, 0x3d, 0x0a, 0xff),
        'user.a': Uint8Array.of(),
      },
    },
    old: { content: 'before the epoch', mtime: -1_500_000_000n },
    'space name\n': {
      content: new Uint8Array(100_000).map((_, index) => (index * 7) ^ (index >> 8)),
    },
    tmp: { type: 'directory', mode: 0o1777 },
    zlink: { type: 'symlink', mode: 0o777, target: '../some/where\xfe' },
  });
}

/** A tree of three packages and what belongs to none. */
export function ownedTree(): Tree {
  const list = (...paths: readonly string[]): Sketch => ({
    content: paths.map((path) => `/${path}\n`).join(''),
  });
  return sketchTree({
    etc: { type: 'directory' },
    'etc/own.conf': { content: 'nobody' },
    usr: { type: 'directory' },
    'usr/bin': { type: 'directory' },
    'usr/bin/a': { content: 'alpha' },
    'usr/bin/a.link': { link: 'usr/bin/a' },
    'usr/bin/b': { content: 'beta is longer' },
    'usr/bin/c.sh': { content: 'gamma' },
    var: { type: 'directory' },
    'var/lib': { type: 'directory' },
    'var/lib/dpkg': { type: 'directory' },
    'var/lib/dpkg/info': { type: 'directory' },
    'var/lib/dpkg/info/alpha.list': list('.', 'usr', 'usr/bin', 'bin/a'),
    'var/lib/dpkg/info/beta.list': list('bin/a.link', 'usr/bin/b'),
    'var/lib/dpkg/info/beta.md5sums': { content: '…' },
    'var/lib/dpkg/info/gamma:amd64.list': list('usr/bin/c.sh'),
  });
}

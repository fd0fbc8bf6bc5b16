import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TarEntry } from '../../trees/tar.ts';
import { parseMtree } from '../mtree.ts';
import { attributes, type Facts, MOST_CONTENT, withoutSlash } from './facts.ts';

/** Programs that read archives, and what they make of one. */

export interface Reader {
  readonly name: string;
  readonly program: string;
  /** The version that its list of differences was made with. */
  readonly version: RegExp;
  /** Of each archive, the facts it knows of its members, in their order; undefined where it refuses the archive. */
  read(archives: readonly Given[]): readonly (readonly Facts[] | undefined)[];
  /** True where it merges members of one path, and orders them by path. */
  readonly isByPath?: true;
}

export interface Given {
  readonly bytes: Uint8Array;
  /** True where contents are too long to be read. */
  readonly hasHuge: boolean;
}

type Type = TarEntry['type'];

/** Standard output as latin1; undefined where the program fails. Archives are the files `0`, `1`, … beside it. */
function run(
  archives: readonly Uint8Array[],
  program: string,
  words: readonly string[],
): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'ocibench-reader-'));
  try {
    for (const [index, bytes] of archives.entries())
      writeFileSync(join(directory, String(index)), bytes);
    const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' };
    const options = { cwd: directory, encoding: 'latin1', env, maxBuffer: 1 << 27 } as const;
    const { status, stdout } = spawnSync(program, words, options);
    return status === 0 ? stdout : undefined;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const GNU_TYPES: Readonly<Record<string, Type>> = {
  '-': 'file',
  C: 'file',
  h: 'hardlink',
  l: 'symlink',
  d: 'directory',
  p: 'fifo',
  c: 'character-device',
  b: 'block-device',
};

const GNU_ARROWS: Readonly<Record<string, string>> = { hardlink: ' link to ', symlink: ' -> ' };
const GNU_LINE = /^(.)(.{9})[*.+]? +(\d+\/\d+) +(\S+) +(\S+ \S+) (.*)$/;

export const gnuTar: Reader = {
  name: 'GNU tar',
  program: 'tar',
  version: /\(GNU tar\) 1\.34\b/,
  read: (archives) => archives.map(readByGnuTar),
};

function readByGnuTar({ bytes, hasHuge }: Given): readonly Facts[] | undefined {
  const listing = ['--numeric-owner', '--full-time', '--xattrs', '--quoting-style=escape'];
  const list = run([bytes], 'tar', [...listing, '-tvvf', '0']);
  if (list === undefined) return undefined;
  const digests = hasHuge ? undefined : run([bytes], 'tar', ['-xf', '0', '--to-command=sha256sum']);
  const contents = digests?.split('\n').map((line) => line.slice(0, 64));
  const members: { facts: Record<string, string>; attributes: string[] }[] = [];
  for (const line of list.split('\n').slice(0, -1)) {
    const [, length, name] = /^ +x: +(\d+) (.*)$/.exec(line) ?? [];
    if (name === undefined) members.push({ facts: gnuFacts(line), attributes: [] });
    else members.at(-1)!.attributes.push(`${name}:${length}`);
  }
  for (const { facts, attributes: own } of members) {
    facts['attributeLengths'] = own.sort().join(' ');
    if (facts['type'] === 'file' && contents) facts['content'] = contents.shift()!;
  }
  return members.map(({ facts }) => facts);
}

function gnuFacts(line: string): Record<string, string> {
  const [, letter = '', bits = '', owner = '', extent = '', time = '', rest = ''] =
    GNU_LINE.exec(line) ?? [];
  const type = GNU_TYPES[letter] ?? `letter ${letter}`;
  const arrow = GNU_ARROWS[type] ?? '\0';
  const [name = '', target = ''] = rest.split(arrow);
  return {
    path: withoutSlash(unescaped(name)),
    type,
    mode: octalMode(bits).toString(8),
    owner: owner.replace('/', ':'),
    mtime: nanoseconds(time),
    link: unescaped(target),
    device: type.endsWith('-device') ? extent : '',
    size: type === 'file' ? extent : '',
  };
}

function octalMode(bits: string): number {
  let mode = 0;
  for (const [index, letter] of [...bits].entries()) {
    if (letter !== '-' && letter !== 'S' && letter !== 'T') mode |= 0o400 >> index;
    if (/[sStT]/.test(letter)) mode |= 0o4000 >> Math.floor(index / 3);
  }
  return mode;
}

/** `2001-02-03 04:05:06.789` in UTC. */
function nanoseconds(time: string): string {
  const [whole = '', fraction = ''] = time.split('.');
  const seconds = BigInt(Date.parse(`${whole.replace(' ', 'T')}Z`) / 1000);
  return String(seconds * 1_000_000_000n + BigInt(fraction.padEnd(9, '0')));
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\x07',
};

function unescaped(name: string): string {
  return name.replace(/\\([0-7]{3}|.)/g, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (ESCAPES[code] ?? code),
  );
}

const MTREE_KINDS: Readonly<Record<string, string>> = {
  file: 'file',
  dir: 'directory',
  link: 'symlink',
  fifo: 'fifo',
  char: 'character-device',
  block: 'block-device',
};

export const bsdtar: Reader = {
  name: 'bsdtar',
  program: 'bsdtar',
  version: /libarchive 3\.6\.2\b/,
  isByPath: true,
  read: (archives) => archives.map(readByBsdtar),
};

function readByBsdtar({ bytes, hasHuge }: Given): readonly Facts[] | undefined {
  const keywords = ['mode', 'uid', 'gid', 'size', 'time', 'type', 'link', 'device'];
  if (!hasHuge) keywords.push('sha256');
  const options = ['!all', ...keywords].map((word) => `mtree:${word}`).join(',');
  const words = ['-cf', '-', '--format=mtree', `--options=${options}`, '@0'];
  const text = run([bytes], 'bsdtar', words);
  if (text === undefined) return undefined;
  return [...parseMtree(text)].map(([path, words]) => {
    const word = (name: string): string => words.get(name) ?? '';
    const kind = MTREE_KINDS[word('type')] ?? word('type');
    const digest = word('sha256digest');
    return {
      path,
      kind,
      mode: word('mode').replace(/^0+(?=.)/, ''),
      owner: `${word('uid')}:${word('gid')}`,
      mtime: word('time'),
      symlink: word('link'),
      device: word('device').replace('native,', ''),
      // A hardlink is a file of 0 bytes, without a digest.
      ...(digest === '' ? {} : { size: word('size'), data: digest }),
    };
  });
}

/** One row of JSON an archive, null where it is refused. */
const PYTHON = `
import hashlib, json, sys, tarfile
latin1 = lambda text: text.encode('utf-8', 'surrogateescape').decode('latin-1')
def read(name, with_content):
    with tarfile.open(name, encoding='utf-8', errors='surrogateescape') as archive:
        for m in archive:
            content = ''
            if m.isreg() and with_content:
                content = hashlib.sha256(archive.extractfile(m).read()).hexdigest()
            xattrs = {latin1(k[13:]): latin1(v) for k, v in m.pax_headers.items() if k.startswith('SCHILY.xattr.')}
            yield [latin1(m.name), m.type.decode('latin-1'), m.mode & 0o7777, m.uid, m.gid, latin1(m.uname),
                latin1(m.gname), str(int(m.mtime * 1000)), latin1(m.linkname), m.devmajor, m.devminor, m.size,
                xattrs, content]
for number, choice in enumerate(sys.argv[1:]):
    try:
        print(json.dumps(list(read(str(number), choice == 'content'))))
    except (tarfile.TarError, EOFError):
        print('null')
`;

const PYTHON_TYPES: Readonly<Record<string, Type>> = {
  '\0': 'file',
  '0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
  '7': 'file',
  S: 'file',
};

type PythonRow = readonly [
  ...[path: string, flag: string, mode: number, uid: number, gid: number, user: string],
  ...[group: string, milliseconds: string, link: string, major: number, minor: number],
  ...[size: number, xattrs: Readonly<Record<string, string>>, content: string],
];

export const python: Reader = {
  name: "Python's tarfile",
  program: 'python3',
  version: /Python 3\.11\./,
  read(archives) {
    const choices = archives.map(({ hasHuge }) => (hasHuge ? 'facts' : 'content'));
    const bytes = archives.map((archive) => archive.bytes);
    const text = run(bytes, 'python3', ['-c', PYTHON, ...choices]);
    if (text === undefined) throw new Error('Python ends with an error of its own');
    const lines = text.split('\n').slice(0, -1);
    return lines.map((line) => (JSON.parse(line) as readonly PythonRow[] | null)?.map(pythonFacts));
  },
};

function pythonFacts(row: PythonRow): Facts {
  const [path, flag, mode, uid, gid, user, group, milliseconds, link, major, minor, size] = row;
  const [xattrs, content] = row.slice(-2) as [Readonly<Record<string, string>>, string];
  const type = PYTHON_TYPES[flag] ?? `flag ${flag}`;
  const isFile = type === 'file';
  return {
    path: withoutSlash(path),
    type,
    mode: mode.toString(8),
    owner: `${uid}:${gid}`,
    ownerNames: `${user}:${group}`,
    // A time is a floating-point number there.
    milliseconds,
    link: type === 'hardlink' || type === 'symlink' ? link : '',
    device: type.endsWith('-device') ? `${major},${minor}` : '',
    size: isFile ? String(size) : '',
    xattrs: attributes(
      Object.entries(xattrs).map(([name, value]) => [name, Buffer.from(value, 'latin1')]),
    ),
    ...(isFile && content !== '' && size <= MOST_CONTENT ? { content } : {}),
  };
}

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MemorySource, readAll } from '../streams/source.ts';
import { wellFormed } from '../testing/archive-generator.ts';
import { archive } from '../testing/evil.ts';
import { parseMtree } from '../testing/mtree.ts';
import { has } from '../testing/needs.ts';
import { contentSource } from './content.ts';
import { readTar, type TarEntry } from './tar.ts';
import { HOLE } from './tree.ts';

/** Generated archives, as two programs that nobody here wrote understand them. */

const SEED = 20_261_124;
const archives = fc
  .sample(wellFormed, { seed: SEED, numRuns: 100 })
  .map((parts) => archive(...parts));

function run(program: string, words: readonly string[], input: Uint8Array): string {
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' };
  const result = spawnSync(program, words, { input, encoding: 'latin1', env });
  assert.is(result.status, 0, result.stderr);
  return result.stdout;
}

const LETTERS: Readonly<Record<TarEntry['type'], string>> = {
  file: '-',
  hardlink: 'h',
  symlink: 'l',
  directory: 'd',
  fifo: 'p',
  'character-device': 'c',
  'block-device': 'b',
};

/** rwx and what replaces the x: s, S, t, T. */
function permissions(mode: number): string {
  const letters = [...'rwxrwxrwx'].map((one, index) => ((mode >> (8 - index)) & 1 ? one : '-'));
  for (const [bit, place, letter] of [
    [0o4000, 2, 's'],
    [0o2000, 5, 's'],
    [0o1000, 8, 't'],
  ] as const) {
    if (mode & bit) letters[place] = letters[place] === 'x' ? letter : letter.toUpperCase();
  }
  return letters.join('');
}

const escaped = (name: string): string =>
  name.replace(/[\\\n\x7f-\xff]/g, (byte) => {
    if (byte === '\\') return '\\\\';
    return byte === '\n' ? '\\n' : `\\${byte.charCodeAt(0).toString(8)}`;
  });

function time(mtime: bigint): string {
  const seconds = new Date(Number(mtime / 1_000_000_000n) * 1000);
  const fraction = String(mtime % 1_000_000_000n)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${seconds.toISOString().slice(0, 19).replace('T', ' ')}${fraction && `.${fraction}`}`;
}

/** As GNU tar lists an entry, and its attributes below. */
function listed(entry: TarEntry): readonly string[] {
  const { type, mode, uid, gid, size, major, minor, mtime, path, linkTarget, xattrs } = entry;
  const extent = type.endsWith('-device') ? `${major},${minor}` : size;
  const links = {
    hardlink: ` link to ${escaped(linkTarget)}`,
    symlink: ` -> ${escaped(linkTarget)}`,
  };
  const link = type === 'hardlink' || type === 'symlink' ? links[type] : '';
  return [
    `${LETTERS[type]}${permissions(mode)} ${uid}/${gid} ${extent} ${time(mtime)} ${escaped(path)}${link}`,
    ...[...xattrs].map(([name, value]) => ` x: ${value.length} ${name}`),
  ];
}

test('GNU tar lists generated archives as they are read', () => {
  if (!has('tar')) return;
  const words = [
    '--numeric-owner',
    '--full-time',
    '--xattrs',
    '--quoting-style=escape',
    '-tvvf',
    '-',
  ];
  for (const bytes of archives) {
    const list = run('tar', words, bytes);
    const lines = list.split('\n').slice(0, -1);
    const theirs = lines.map((line) =>
      line
        .replace(/^(\S{10})[*.+]? +(\S+) +(\S+) +(\S+ \S+) +/, '$1 $2 $3 $4 ')
        .replace(/^ +x: +/, ' x: '),
    );
    const { entries } = readTar(new MemorySource(bytes));
    assert.equal(entries.flatMap(listed), theirs);
  }
});

const TYPES: Readonly<Record<TarEntry['type'], string>> = {
  file: 'file',
  hardlink: 'file',
  symlink: 'link',
  directory: 'dir',
  fifo: 'fifo',
  'character-device': 'char',
  'block-device': 'block',
};

function facts(entry: TarEntry, source: MemorySource): Record<string, string> {
  const { type, mode, uid, gid, mtime, linkTarget, major, minor, size } = entry;
  const common = {
    type: TYPES[type],
    mode: mode.toString(8),
    uid: String(uid),
    gid: String(gid),
    time: String(mtime),
  };
  if (type === 'symlink') return { ...common, link: linkTarget };
  if (type.endsWith('-device')) return { ...common, device: `native,${major},${minor}` };
  if (type === 'hardlink') return { ...common, size: '0' };
  if (type !== 'file') return common;
  // bsdtar writes no hole at the end of a file into the stream that it digests; extracted, it is there.
  const listed = [...entry.segments];
  const data = listed.findLastIndex((segment) => segment.source !== HOLE);
  const segments = listed.slice(0, data + 1);
  const content = readAll(contentSource({ sources: [source] }, { segments }));
  const sha256digest = createHash('sha256').update(content).digest('hex');
  return { ...common, size: String(size), sha256digest };
}

test('libarchive reads generated archives, contents too, as they are read', () => {
  if (!has('bsdtar')) return;
  const keywords = ['mode', 'uid', 'gid', 'size', 'time', 'type', 'link', 'device', 'sha256'];
  const options = ['!all', ...keywords].map((word) => `mtree:${word}`).join(',');
  const words = ['-cf', '-', '--format=mtree', `--options=${options}`, '@-'];
  for (const bytes of archives) {
    const text = run('bsdtar', words, bytes);
    const theirs = parseMtree(text);
    const source = new MemorySource(bytes);
    const { entries } = readTar(source);
    assert.is(entries.length, theirs.size);
    for (const entry of entries) {
      const path = entry.path.replace(/\/$/, '');
      assert.equal(facts(entry, source), Object.fromEntries(theirs.get(path) ?? []), path);
    }
  }
});

test('generated archives have every type, every dialect and every way to say a number', () => {
  const all = archives.map((bytes) => Buffer.from(bytes).toString('latin1')).join('');
  const types = new Set(
    archives.flatMap((bytes) => readTar(new MemorySource(bytes)).entries.map(({ type }) => type)),
  );
  assert.is(types.size, Object.keys(TYPES).length);
  for (const word of [
    'ustar  \0',
    'pre/fix',
    '@LongLink',
    'sparse.major',
    'sparse.map',
    'SCHILY',
  ]) {
    assert.ok(all.includes(word), word);
  }
  assert.match(all, /\x80\0\0\0[^\0]/, 'base 256');
});

test.run();

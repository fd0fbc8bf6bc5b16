import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { limits } from '../limits.ts';
import type { ByteSource } from '../streams/source.ts';
import { mergeLayers, pathsOf, readParts, refuses, withLimits } from '../testing/archives.ts';
import { archive, part, pax } from '../testing/evil.ts';
import { has } from '../testing/needs.ts';
import { readTar } from './tar.ts';

/** Archives whose structure is unusual, ambiguous, or too much. */

const gnuLong = (type: 'K' | 'L', name: string): string =>
  part({ name: '././@LongLink', type, content: `${name}\0` });
const pathsIn = (...parts: readonly string[]): readonly string[] =>
  readParts(...parts).entries.map(({ path }) => path);

test('5 a second archive after the end is counted, not read', () => {
  const [first, second] = [archive(part({ name: 'a' })), archive(part({ name: 'b' }))];
  const tree = mergeLayers(new Uint8Array([...first, ...second]));
  assert.equal(pathsOf(tree), ['a']);
  assert.match(tree.warnings[0]!, /1536 bytes after the end of the archive are ignored/);
});

test('11 an extended header is as long as the limit, and not one byte longer', () => {
  const comment = (length: number): string => pax({ comment: 'x'.repeat(length) });
  const overhead = '1048576 comment=\n'.length;
  const { paxBytes } = limits;
  assert.equal(pathsIn(comment(paxBytes - overhead), part()), ['file']);
  refuses(() => readParts(comment(paxBytes - overhead + 1), part()), /extended header has 1048577/);
});

test('11 extended headers in a row are as many as the limit, and not one more', () => {
  const chain = (count: number): readonly string[] =>
    Array.from({ length: count }, () => pax({ path: 'a' }));
  const { extendedHeaders } = limits;
  for (const count of [extendedHeaders - 1, extendedHeaders]) {
    assert.equal(pathsIn(...chain(count), part()), ['a']);
  }
  refuses(() => readParts(...chain(extendedHeaders + 1), part()), /too many extended headers/);
});

const LONG_NAME = 'n'.repeat(150);
const SIZE_BEFORE_NAME = [
  pax({ size: '5' }),
  gnuLong('L', LONG_NAME),
  part({ size: 0, content: 'hello' }),
  part({ name: 'after' }),
];

test('12 GHSA-vmf3-w455-68vh: a size in PAX is the size of the entry, not of a long name before it', () => {
  const { entries } = readParts(...SIZE_BEFORE_NAME);
  assert.equal(
    entries.map(({ path, size }) => [path, size]),
    [
      [LONG_NAME, 5],
      ['after', 0],
    ],
  );
});

for (const program of ['tar', 'bsdtar']) {
  test(`12 ${program} reads that size so too`, () => {
    if (!has(program)) return;
    const input = archive(...SIZE_BEFORE_NAME);
    const { stdout } = spawnSync(program, ['-tf', '-'], { input, encoding: 'latin1' });
    assert.equal(stdout.trimEnd().split('\n'), [LONG_NAME, 'after']);
  });
}

test('14 a GNU long name is as long as the limit, and not one byte longer', () => {
  const { pathBytes } = limits;
  for (const length of [pathBytes - 1, pathBytes]) {
    assert.is(pathsIn(gnuLong('L', 'n'.repeat(length)), part())[0]!.length, length);
  }
  refuses(() => readParts(gnuLong('L', 'n'.repeat(pathBytes + 1)), part()), /header has 65538/);
  refuses(() => readParts(gnuLong('K', 'n'.repeat(pathBytes + 1)), part()), /header has 65538/);
});

test('17 an empty path, the root in three spellings, and slashes at the end are what they can be', () => {
  for (const name of ['', '/', './', '.', '//', './/.']) {
    // A slash at the end says directory, as v7 archives had no other way to.
    const file = (): unknown => mergeLayers(archive(part({ name })));
    if (!name.endsWith('/')) refuses(file, /the root is a file/);
    const tree = mergeLayers(archive(part({ name, type: '5', mode: 0o700 })));
    assert.equal([tree.entries.length, tree.entries[0]!.inode.mode], [1, 0o700], name);
  }
  const slashes = mergeLayers(
    archive(part({ name: 'd/' }), part({ name: 'l/', type: '2', link: 'd' })),
  );
  assert.equal(
    slashes.entries.slice(1).map(({ path, inode }) => [path, inode.type]),
    [
      ['d', 'directory'],
      ['l', 'symlink'],
    ],
  );
  const full = readParts(part({ name: 'd/', content: 'x' }), part());
  assert.match(full.warnings[0]!, /a directory with 1 bytes of content, skipped/);
  assert.equal(
    full.entries.map(({ size }) => size),
    [0, 0],
  );
});

/** As many headers of empty files as asked for, made while they are read; the name counts. */
function endless(count: number): ByteSource {
  const length = (count + 2) * 512;
  return {
    length,
    read(offset, into) {
      for (let at = 0; at < into.length; at += 512) {
        const number = (offset + at) / 512;
        const block =
          number < count ? part({ name: String(number).padStart(8, '0') }) : '\0'.repeat(512);
        into.set(Buffer.from(block, 'latin1').subarray(0, into.length - at), at);
      }
    },
  };
}

test('19 entries are as many as the limit, and not one more, in one layer and in all', async () => {
  await withLimits({ entries: 1000 }, () => {
    for (const count of [999, 1000]) assert.is(readTar(endless(count)).entries.length, count);
    refuses(() => readTar(endless(1001)), /more than 1000 entries/);
    // What lies behind the limit is never read.
    refuses(() => readTar(endless(10_000_000)), /more than 1000 entries/);
    const half = archive(...Array.from({ length: 501 }, (_, n) => part({ name: `f${n}` })));
    refuses(() => mergeLayers(half, half), /more than 1000 entries/);
    const labels = (count: number): string => part({ name: 'v', type: 'V' }).repeat(count);
    for (const count of [998, 999]) assert.is(readParts(labels(count), part()).entries.length, 1);
    refuses(() => readParts(labels(1000), part()), /more than 1000 entries/);
    refuses(() => readParts(part(), labels(1000)), /more than 1000 entries/);
  });
});

test('20 names are as long and as deep as the limits, and no more', () => {
  const { pathBytes, pathDepth } = limits;
  const named = (path: string): Uint8Array => archive(pax({ path }), part());
  for (const length of [pathBytes - 1, pathBytes]) {
    assert.is(pathsOf(mergeLayers(named('n'.repeat(length))))[0]!.length, length);
  }
  refuses(() => mergeLayers(named('n'.repeat(pathBytes + 1))), /path has 65537 bytes/);
  for (const depth of [pathDepth - 1, pathDepth]) {
    assert.is(pathsOf(mergeLayers(named(`${'a/'.repeat(depth - 1)}x`))).length, depth);
  }
  refuses(() => mergeLayers(named(`${'a/'.repeat(pathDepth)}x`)), /1025 deep/);
  refuses(() => mergeLayers(named(`${'a/'.repeat(10_000)}x`)), /10001 deep/);
});

test.run();

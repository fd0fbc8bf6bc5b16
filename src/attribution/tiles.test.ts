import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AttributedBytes } from './account.ts';
import { directoryOf, type Tile, tilesOf } from './tiles.ts';

function part(path: string, bytes: number, more: Partial<AttributedBytes> = {}): AttributedBytes {
  return { path, cause: 'new file', bytes, uncompressedBytes: 2 * bytes, ...more };
}

function sumOf(tiles: readonly Pick<Tile, 'bytes'>[]): number {
  return tiles.reduce((sum, { bytes }) => sum + bytes, 0);
}

test('13 paths keep package and cause, and no byte is left out', () => {
  const libc = { package: 'libc6', sourcePackage: 'glibc' };
  const parts = [
    part('usr/lib/libc.so.6', 100, libc),
    part('usr/lib/libc.so.6', 30, { ...libc, cause: 'metadata' }),
    part('etc/own.conf', 20),
    { part: 'manifest', cause: 'index or manifest', bytes: 7, uncompressedBytes: 7 } as const,
  ];
  const { groupedBy, bytes, count, tiles } = tilesOf({ bytes: 157, parts });
  assert.equal([groupedBy, bytes, count], ['source package', 157, 4]);
  assert.equal(
    tiles.map((tile) => [tile.group, tile.package, tile.path ?? tile.part, tile.cause, tile.bytes]),
    [
      ['glibc', 'libc6', 'usr/lib/libc.so.6', 'new file', 100],
      ['glibc', 'libc6', 'usr/lib/libc.so.6', 'metadata', 30],
      ['(of no package)', undefined, 'etc/own.conf', 'new file', 20],
      ['(of no path)', undefined, 'manifest', 'index or manifest', 7],
    ],
  );
});

test('13 the same path of several images or layers is one tile', () => {
  const parts = [part('a', 5, { layer: 0 }), part('a', 3, { layer: 1 })];
  const { count, tiles } = tilesOf({ bytes: 8, parts });
  assert.equal([count, tiles.length, tiles[0]?.bytes, tiles[0]?.count], [1, 1, 8, 1]);
});

test('13 beyond the greatest, paths are one tile a group and cause, small groups one a cause', () => {
  const parts = Array.from({ length: 30 }, (_, group) =>
    Array.from({ length: 10 }, (__, file) =>
      part(`d${group}/f${file}`, 1000 - 10 * group - file, {
        package: `p${group}`,
        cause: file % 2 === 0 ? 'new file' : 'neighbour',
      }),
    ),
  ).flat();
  const bytes = sumOf(parts);
  const { count, tiles } = tilesOf({ bytes, parts });
  assert.is(count, 300);
  assert.is(sumOf(tiles), bytes);
  assert.is(
    tiles.reduce((sum, tile) => sum + tile.count, 0),
    300,
  );
  assert.is(tiles.filter(({ path }) => path !== undefined).length, 60);
  const last = tiles.slice(-2);
  assert.equal(
    last.map(({ group, count: several, cause }) => [group, several, cause]),
    [
      ['(16 other source packages)', 80, 'new file'],
      ['(16 other source packages)', 80, 'neighbour'],
    ],
  );
  assert.equal(
    tiles.filter(({ group }) => group === 'p13').map(({ count: several }) => several),
    [5, 5],
  );
});

test('13 without packages, directories are groups', () => {
  const parts = [part('usr/lib/x/y', 3), part('usr/bin/z', 2), part('top', 1)];
  const { groupedBy, tiles } = tilesOf({ bytes: 6, parts });
  assert.is(groupedBy, 'directory');
  assert.equal(
    tiles.map(({ group }) => group),
    ['/usr/lib', '/usr/bin', '/'],
  );
  assert.is(directoryOf('usr/lib/x/y'), '/usr/lib/x');
  assert.is(directoryOf('top'), '/');
});

test('13 names of methods of objects are names like others', () => {
  const parts = [part('__proto__/constructor', 1, { package: '__proto__' })];
  assert.is(tilesOf({ bytes: 1, parts }).tiles[0]?.group, '__proto__');
  assert.equal(tilesOf({ bytes: 0, parts: [] }).tiles, []);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolve } from '../ids.ts';
import { layers } from '../serialisers/layers.ts';
import { serialiserMembers } from '../serialisers/mod.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { readAll } from '../streams/source.ts';
import { PackedTrees } from '../testing/explained.ts';
import { imageOfTars } from '../testing/images.ts';
import { inDirectory } from '../testing/shell.ts';
import { ownedTree, type Sketch, sketchTree } from '../testing/trees.ts';
import type { Tree } from '../trees/tree.ts';
import type { AttributedBytes } from './account.ts';
import { Owners } from './owners.ts';
import { describeStreams } from './streams.ts';

/** Bytes by path or part and cause, of what a client with the first of two images transfers to get the second. */
async function update(
  chain: string,
  [from, to]: readonly [Tree, Tree],
): Promise<Readonly<Record<string, number>>> {
  let causes: Readonly<Record<string, number>> = {};
  await inDirectory(async (directory) => {
    const packed = await PackedTrees.of(chain, [from, to], directory);
    causes = byCause((await packed.explain('i1', ['i0'])).transferred.parts);
  });
  return causes;
}

function byCause(parts: readonly AttributedBytes[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    parts.map(({ path, part, cause, bytes }) => [`${path ?? part}: ${cause}`, bytes]),
  );
}

const text = (letter: string, length: number): Sketch => ({ content: letter.repeat(length) });

test('13 files: new and changed ones by name, and of the root what says so', async () => {
  const before = sketchTree({ a: text('a', 100), b: text('b', 200), c: text('c', 300) });
  const after = sketchTree({ a: text('a', 100), b: text('B', 250), d: text('d', 70) });
  const causes = await update('files|whole|none|objects|get', [before, after]);
  assert.is(causes['b: changed content'], 250);
  assert.is(causes['d: new file'], 70);
  assert.is(causes['a: changed content'], undefined);
  // The root repeats what it says of a; magic and manifest say nothing of paths.
  assert.ok(causes['a: neighbour']! > 32);
  assert.ok(causes['b: metadata']! > 32);
  assert.ok(causes['d: metadata']! > 32);
  assert.is(causes['index: index or manifest'], 8);
});

test('13 a moved file is a neighbour in a layer, and nothing where files are objects', async () => {
  const before = sketchTree({ a: text('a', 5000), b: text('b', 100) });
  const after = sketchTree({ b: text('b', 100), z: text('a', 5000) });
  const layer = await update('tar|whole|none|layers|get', [before, after]);
  assert.is(layer['z: neighbour'], 5000);
  // Header and padding of a new path.
  assert.is(layer['z: metadata'], 512 + 120);
  assert.is(layer['b: neighbour'], 100 + 512 + 412);
  assert.is(layer[': neighbour'], 512);
  assert.is(layer['archive: index or manifest'], 1024);
  const files = await update('files|whole|none|objects|get', [before, after]);
  assert.is(files['z: neighbour'], undefined);
});

test('13 chmod moves no content: the header is metadata, its chunk carries neighbours', async () => {
  const before = sketchTree({ a: text('a', 4000), b: text('b', 100) });
  const after = sketchTree({ a: { ...text('a', 4000), mode: 0o600 }, b: text('b', 100) });
  const causes = await update('tar|fixed:size=1KiB|none|blob|range:gap=0', [before, after]);
  // The first chunk holds the header of the root and that of a.
  assert.is(causes[': neighbour'], 512);
  assert.is(causes['a: metadata'], 512);
  assert.is(causes['a: neighbour'], undefined);
  assert.is(causes['b: neighbour'], undefined);
});

test('13 what lies between two ranges that are fetched as one is a gap, by the path it is of', async () => {
  const before = sketchTree({ a: text('a', 100), b: text('b', 200), c: text('c', 300) });
  const after = sketchTree({ a: text('A', 100), b: text('b', 200), c: text('C', 300) });
  const merged = await update('files|whole|none|blob|range:gap=200', [before, after]);
  assert.is(merged['b: range gap'], 200);
  const apart = await update('files|whole|none|blob|range:gap=199', [before, after]);
  assert.is(apart['b: range gap'], undefined);
  for (const causes of [merged, apart]) {
    assert.is(causes['a: changed content'], 100);
    assert.is(causes['c: changed content'], 300);
  }
});

test('13 a directory of a divided root is metadata of that directory', async () => {
  const of = (letter: string): Tree =>
    sketchTree({ d: { type: 'directory' }, 'd/a': text(letter, 10), e: { type: 'directory' } });
  const causes = await update('merkle-files|whole|none|objects|get', [of('a'), of('b')]);
  assert.is(causes['d/a: changed content'], 10);
  assert.ok(causes['d: metadata']! > 32);
  assert.ok(causes[': metadata']! > 32);
  assert.is(causes['e: metadata'], undefined);
});

test('13 paths have the package, its source and the layer that brought them', () => {
  const tar = (tree: Tree): Uint8Array => readAll(treeToTar(tree));
  const status = ['Package: alpha\nSource: greek (1.0)', 'Package: gamma\nArchitecture: amd64'];
  const upper = sketchTree({
    usr: { type: 'directory' },
    'usr/bin': { type: 'directory' },
    'usr/bin/a': { content: 'alpha 2' },
    var: { type: 'directory' },
    'var/lib': { type: 'directory' },
    'var/lib/dpkg': { type: 'directory' },
    'var/lib/dpkg/status': { content: status.join('\n\n') },
  });
  const image = imageOfTars(tar(ownedTree()), tar(upper));
  const owners = new Owners(image);
  const facts = (path: string): readonly unknown[] => {
    const owner = owners.at(path);
    return [owner.package, owner.sourcePackage, owner.layer];
  };
  assert.equal(facts('usr/bin/a'), ['alpha', 'greek', 1]);
  assert.equal(facts('usr/bin/c.sh'), ['gamma:amd64', 'gamma', 0]);
  assert.equal(facts('usr/bin/b'), ['beta', undefined, 0]);
  assert.equal(facts('etc/own.conf'), [undefined, undefined, 0]);
  // Content that a later layer hides still lies in its own layer, under its path.
  const serialiser = resolve('serialiser', serialiserMembers, layers.id);
  const { streams } = layers.serialise(image);
  const [lower] = describeStreams(image, serialiser, streams, owners);
  const { spans } = lower!;
  const hidden = spans
    .within(0, spans.length)
    .find(
      ({ of, kind }) => typeof of !== 'string' && of.path === 'usr/bin/a' && kind === 'content',
    );
  assert.is(hidden?.length, 'alpha'.length);
  assert.is(typeof hidden?.of === 'string' ? undefined : hidden?.of.layer, 0);
});

test('13 apk names packages and their origins as well', () => {
  const installed = ['P:one', 'V:1', 'o:origin', 'F:', 'R:top', 'F:bin', 'R:one', '', 'P:two'];
  const tree = sketchTree({
    bin: { type: 'directory' },
    'bin/one': { content: '1' },
    lib: { type: 'directory' },
    'lib/apk': { type: 'directory' },
    'lib/apk/db': { type: 'directory' },
    'lib/apk/db/installed': { content: [...installed, 'F:bin', 'R:two', ''].join('\n') },
    top: { content: 'top' },
  });
  const owners = new Owners(imageOfTars(readAll(treeToTar(tree))));
  assert.equal(
    [owners.at('bin/one').package, owners.at('bin/one').sourcePackage],
    ['one', 'origin'],
  );
  assert.equal([owners.at('top').package, owners.at('bin').package], ['one', undefined]);
});

test.run();

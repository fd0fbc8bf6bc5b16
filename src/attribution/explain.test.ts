import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SkippedError } from '../errors.ts';
import { resolve } from '../ids.ts';
import { digestsOf } from '../measures/contents.ts';
import { createModel, presets } from '../models/mod.ts';
import { packerMembers } from '../packers/mod.ts';
import { serialiserMembers } from '../serialisers/mod.ts';
import { PackedTrees } from '../testing/explained.ts';
import { imageIn } from '../testing/images.ts';
import { lackOfTime, unless } from '../testing/needs.ts';
import { noise } from '../testing/noise.ts';
import { inDirectory } from '../testing/shell.ts';
import { ownedTree, richTree, type Sketch, sketchTree } from '../testing/trees.ts';
import type { Tree } from '../trees/tree.ts';
import type { Attribution } from './account.ts';
import { explainImage } from './explain.ts';
import { Owners } from './owners.ts';
import { describeStreams } from './streams.ts';

/** What no preset has: root and table in every kind of blob, gaps of any length, packs that are fetched whole. */
const MORE = [
  'layers|fixed:size=4KiB|none|objects|get',
  'layers|rabin:min=512,avg=1KiB,max=8KiB|gzip:1|blob|range:gap=1MiB,ranges=16',
  'files|whole|none|blob|get',
  'catar|whole|zstd:1|layers|get',
  'files|fastcdc:avg=1KiB|zstd:1|packs:size=4KiB,chunks=3|get',
  'catar|fixed:size=1KiB|none|packs:size=4KiB|range:gap=64KiB',
  'packages:layers=2|whole|gzip:1|layers|get',
  'stream:order=package|fixed:size=100|zstd:1|blob|range',
  'files|whole|zstd-dictionary|packs:size=4KiB,chunks=3|range',
  'layer-files|fixed:size=1KiB|gzip:1|estargz|get',
  'tar-files:least=1|fastcdc:avg=1KiB|zstd:1|zstd-chunked|range:gap=0,ranges=16',
  'layers|whole|none|ztoc:span=32KiB,least=0|range',
];

function version(more: Readonly<Record<string, Sketch>>, lines: number): Tree {
  return sketchTree({
    a: { type: 'directory' },
    'a/big': { content: noise(60_000, 1) },
    'a/hole': { content: new Uint8Array(50_000) },
    'a/same': { content: noise(20_000, 2) },
    'a/text': { content: 'line of a text\n'.repeat(lines) },
    ...more,
  });
}

const states: readonly Tree[] = [
  richTree(),
  version({ 'b-old': { content: 'old' }, empty: {}, none: { type: 'directory' } }, 4000),
  version({ 'b-new': { content: noise(5000, 4) }, 'b-same': { content: noise(20_000, 2) } }, 4001),
  ownedTree(),
];

function checkWhole({ bytes, contentBytes, metadataBytes, parts }: Attribution): void {
  assert.is(
    parts.reduce((sum, part) => sum + part.bytes, 0),
    bytes,
  );
  assert.is(contentBytes + metadataBytes, bytes);
  assert.ok(parts.every((part) => Number.isSafeInteger(part.bytes) && part.bytes >= 0));
  assert.ok(parts.every(({ path, part }) => (path === undefined) !== (part === undefined)));
}

async function checkAll(chain: string, trees: readonly Tree[]): Promise<void> {
  await inDirectory(async (directory) => {
    const packed = await PackedTrees.of(chain, trees, directory);
    const ids = trees.map((_, number) => `i${number}`);
    for (const [number, image] of ids.entries()) {
      const before = ids.slice(0, number);
      const held = number > 0 ? [[], before.slice(-1), before] : [[]];
      for (const [index, holds] of held.entries()) {
        const client = ['none', 'previous', 'all-previous'][index]!;
        const { transferred, stored } = await packed.explain(image, holds);
        for (const one of [transferred, ...stored]) checkWhole(one);
        const value = (measure: string): unknown => packed.value(image, measure, client);
        assert.is(transferred.bytes, value('transfer.bytes'), client);
        assert.is(transferred.contentBytes, value('transfer.content_bytes'), client);
        assert.is(transferred.metadataBytes, value('transfer.metadata_bytes'), client);
        const sum = (key: 'bytes' | 'contentBytes' | 'metadataBytes'): number =>
          stored.reduce((all, one) => all + one[key], 0);
        const stores = (measure: string): unknown => packed.value(image, measure, '-');
        assert.is(sum('bytes'), stores('stored.bytes'));
        assert.is(sum('contentBytes'), stores('stored.content_bytes'));
        assert.is(sum('metadataBytes'), stores('stored.metadata_bytes'));
        // What nobody had before is no neighbour of anything, and lies in no gap.
        if (number === 0) {
          const causes = new Set(
            [...transferred.parts, ...stored[0]!.parts].map(({ cause }) => cause),
          );
          assert.not.ok(causes.has('neighbour') || causes.has('changed content'), chain);
        }
      }
    }
  });
}

for (const { alias } of presets) {
  test(`13 every byte of ${alias} is divided, and the sums are those of the measures`, () =>
    checkAll(alias, states));
}

const slow = unless(test, lackOfTime());

for (const chain of MORE) {
  slow(`13 every byte of ${chain} is divided, and the sums are those of the measures`, () =>
    checkAll(chain, states),
  );
}

test('13 every serialiser and packer of this tree is in a chain here', () => {
  const chains = [...presets.map(({ chain }) => chain), ...MORE];
  const used = new Set(chains.flatMap((chain) => chain.split('|').map((id) => id.split(':')[0]!)));
  for (const members of [serialiserMembers, packerMembers]) {
    assert.equal(
      members.map(({ name }) => name).filter((name) => !used.has(name)),
      [],
    );
  }
});

test('13 digests that a run took are used, and lead to the same parts', async () => {
  await inDirectory(async (directory) => {
    const packed = await PackedTrees.of('catar', states, directory);
    const asked = ['i2', ['i1']] as const;
    const taken = await packed.explain(...asked, ({ tree }) => digestsOf(tree));
    assert.equal(taken, await packed.explain(...asked));
    // Were they not used, it would not matter that all files look alike.
    const alike = await packed.explain(...asked, ({ tree }) => {
      const { paths } = digestsOf(tree);
      return { paths, digests: new Uint8Array(32 * paths.length) };
    });
    assert.not.equal(alike.transferred.parts, taken.transferred.parts);
    assert.is(alike.transferred.bytes, taken.transferred.bytes);
    try {
      await packed.explain(...asked, () => ({ paths: ['other'], digests: new Uint8Array(32) }));
      assert.unreachable();
    } catch (error) {
      assert.instance(error, RangeError);
    }
  });
});

test('13 what cannot be divided is a typed error that says so', async () => {
  await inDirectory(async (directory) => {
    const image = imageIn(directory, 'one', states[0]!);
    const { descriptor } = image;
    try {
      await explainImage({
        model: await createModel('squashfs'),
        images: [descriptor],
        image: descriptor.id,
        held: { holds: [] },
        inventory: () => assert.unreachable() as never,
        busy() {},
      });
      assert.unreachable();
    } catch (error) {
      assert.instance(error, SkippedError);
      assert.match(String(error), /'squashfs.*explain divides chains of five choices/);
    }
    const known = resolve('serialiser', serialiserMembers, 'files');
    const plugin = { name: 'mine.ts', digest: `sha256:${'0'.repeat(64)}` };
    const foreign = { ...known, member: { ...known.member, plugin } };
    assert.throws(
      () => describeStreams(image, foreign, [], new Owners(image)),
      (error: unknown) =>
        error instanceof SkippedError && /explain knows the serialisers/.test(String(error)),
    );
  });
});

test.run();

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Edit } from './datasets/edits/mod.ts';
import { run } from './pipeline.ts';
import type { ResultRecord } from './results/record.ts';
import { lackOfTime, unless } from './testing/needs.ts';
import { noise } from './testing/noise.ts';
import { contextOf, planRun, silent, writeDataset } from './testing/tiny-run.ts';
import { sketchTree } from './testing/trees.ts';

const test = unless(suite<{ directory: string }>('edits of a series'), lackOfTime());
test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-edits-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

const BIG = 100_000;
/** Of files, of a Merkle tree, of one stream: none of them has modes beside contents. */
const APART = [
  'files|whole|none|objects|get',
  'merkle-files|whole|none|objects|get',
  'stream:order=lexicographic|fastcdc:avg=4KiB|none|manifest|get',
];
const MODELS = ['oci-gzip', ...APART, 'catar|fastcdc:avg=4KiB|none|objects|get'];

const EDITS: Readonly<Record<string, readonly Edit[]>> = {
  none: [],
  flip: [{ flip: { path: 'usr/big', at: 50_000 } }],
  'chmod-all': [{ chmod: { path: 'usr', mode: '0700', recursive: true } }],
  remove: [{ remove: 'usr/other' }],
  unlink: [{ remove: 'usr/big' }],
};

/** Base, edit, base, edit …: each edit made anew and as a layer. */
function writeManifest(directory: string): void {
  const tree = sketchTree({
    usr: { type: 'directory' },
    'usr/big': { content: noise(BIG) },
    'usr/big.too': { link: 'usr/big' },
    'usr/other': { content: noise(5000, 2) },
    'usr/small': { content: 'small' },
  });
  writeDataset(directory, [tree]);
  const path = join(directory, 'tiny.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  const of = { type: 'rootfs', path: 'v0.tar' };
  const made = Object.entries(EDITS).flatMap(([kind, edits]) => {
    const step = edits.length === 0 ? 'rebuild' : 'edit';
    const edited = { type: 'edited', of, edits };
    return [
      { id: `${kind}-base`, title: 'base', source: of, step: 'return' },
      { id: kind, title: kind, source: edited, step },
      { id: `${kind}-again`, title: 'base', source: of, step: 'return' },
      { id: `${kind}-layer`, title: kind, source: { ...edited, as: 'layer' }, step },
    ];
  });
  writeFileSync(path, JSON.stringify({ ...manifest, images: [...manifest.images, ...made] }));
}

test('what each edit moves is recorded, for images made anew and for layers', async ({
  directory,
}) => {
  writeManifest(directory);
  const plan = await planRun(directory, MODELS);
  assert.is(await run(plan, contextOf(directory), silent), 0);
  const records: readonly ResultRecord[] = readFileSync(
    join(directory, 'out', 'records.jsonl'),
    'utf8',
  )
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const find = (image: string, model: string, measure: string, client = 'previous'): number => {
    const found = records.find(
      (one) =>
        one.image === image &&
        one.model === model &&
        one.measure === measure &&
        one.client === client,
    );
    return found && 'value' in found ? Number(found.value) : Number.NaN;
  };
  const fact = (image: string, measure: string): number => find(image, '*', measure, '-');

  for (const form of ['', '-layer']) {
    assert.is(fact(`none${form}`, 'step.changed_content_bytes'), 0);
    assert.is(fact(`flip${form}`, 'step.changed_content_bytes'), 1);
    assert.is(fact(`chmod-all${form}`, 'step.changed_metadata_bytes'), 4 * 2);
    assert.is(fact(`unlink${form}`, 'step.changed_content_bytes'), 0);
    assert.is(fact(`unlink${form}`, 'step.changed_metadata_bytes'), 'big'.length);
    for (const model of plan.models) {
      assert.is(find(`none${form}`, model, 'transfer.content_bytes'), 0, model);
      assert.is(
        find(`flip${form}`, model, 'avalanche.factor'),
        find(`flip${form}`, model, 'transfer.bytes'),
      );
      assert.is(
        Math.round(8 * find(`chmod-all${form}`, model, 'avalanche.factor')),
        find(`chmod-all${form}`, model, 'transfer.bytes'),
      );
      assert.ok(Number.isNaN(find(`chmod-all${form}`, model, 'avalanche.content_factor')));
      assert.ok(Number.isNaN(find(`none${form}-base`, model, 'avalanche.factor')));
    }
    for (const model of plan.models.slice(1, 1 + APART.length)) {
      assert.is(find(`chmod-all${form}`, model, 'transfer.content_bytes'), 0, model);
      assert.is(find(`unlink${form}`, model, 'transfer.content_bytes'), 0, model);
    }
  }
  const [layers] = plan.models as [string];
  const contentOf = (image: string): number => find(image, layers, 'transfer.content_bytes');
  assert.ok(contentOf('chmod-all') > BIG);
  assert.ok(contentOf('chmod-all-layer') > BIG);
  // What is removed by a layer is still below it, and a whiteout comes on top.
  assert.ok(contentOf('remove-layer') > 0 && contentOf('remove-layer') < 1000);
  const stored = (image: string): number => find(image, layers, 'stored.content_bytes', '-');
  assert.is(stored('remove-layer') - stored('remove-again'), contentOf('remove-layer'));
  // The other name of the file brings it again.
  assert.ok(contentOf('unlink-layer') > BIG);
});

test.run();

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DRAWN_KINDS } from './datasets/edits/mod.ts';
import { fetchImage } from './datasets/mod.ts';
import { closeImage, openImage } from './images/open.ts';
import { run } from './pipeline.ts';
import { readRun } from './results/read.ts';
import { DrawnEdits, drawsOf } from './runs/drawn-edits.ts';
import { lackOfTime, unless } from './testing/needs.ts';
import { noise } from './testing/noise.ts';
import { contextOf, planRun, silent, writeDataset } from './testing/tiny-run.ts';
import { sketchTree } from './testing/trees.ts';

const test = unless(suite<{ directory: string }>('drawn edits'), lackOfTime());
test.before.each((context) => {
  context.directory = mkdtempSync(join(tmpdir(), 'ocibench-drawn-'));
});
test.after.each(({ directory }) => rmSync(directory, { recursive: true }));

/** Per file, divided root, one stream, one blob, one frame, layers in frames, packs of a series. */
const MODELS = [
  'per-file',
  'ostree',
  'catar|fastcdc:avg=4KiB|zstd:3|objects|get',
  'catar|fastcdc:avg=4KiB|zstd:3|blob|range',
  'tar-zstd',
  'oci-zstd',
  'zstd-chunked',
  'restic',
];
const DRAWS = 1;
const FORMS = ['rebuild', 'layer'] as const;

test('draws have the figures that a run of these images records', async ({ directory }) => {
  const tree = sketchTree({
    etc: { type: 'directory' },
    'etc/conf': { content: 'some text\n'.repeat(2000) },
    usr: { type: 'directory', mtime: 5n },
    'usr/big': { content: noise(40_000), mode: 0o755 },
    'usr/big.too': { link: 'usr/big' },
    'usr/lib': { type: 'directory' },
    'usr/lib/one': { content: noise(9000, 2), uid: 3, userName: 'sys' },
    'usr/lib/two': { content: '2' },
    'usr/link': { type: 'symlink', target: 'big' },
  });
  writeDataset(directory, [tree]);
  const path = join(directory, 'tiny.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  const of = { type: 'rootfs', path: 'v0.tar' };
  const draws = DRAWN_KINDS.flatMap((kind, place) => drawsOf(kind, place, DRAWS));
  const images = FORMS.flatMap((form) =>
    draws.flatMap((draw, number) => [
      { id: `base${number}-${form}`, title: 'base', source: of, step: 'return' },
      {
        id: `drawn${number}-${form}`,
        title: draw.kind,
        source: { type: 'edited', of, edits: [{ draw }], as: form },
        step: 'edit',
      },
    ]),
  );
  images[0]!.step = undefined as never;
  writeFileSync(path, JSON.stringify({ ...manifest, images }));
  const plan = await planRun(directory, MODELS);
  const context = contextOf(directory);
  assert.is(await run(plan, context, silent), 0);
  const { records } = await readRun(plan.directory);
  const recorded = new Map(
    records.map((one) => [
      `${one.image} ${one.model} ${one.client} ${one.measure}`,
      'value' in one ? one.value : undefined,
    ]),
  );

  const image = openImage(await fetchImage(plan.dataset, 'base0-rebuild', context));
  for (const form of FORMS) {
    const edits = await DrawnEdits.of(image, plan.models, form);
    for (const [number, draw] of draws.entries()) {
      const drawn = (await edits.measure(draw, plan.models))!;
      const find = (model: string, client: string, measure: string): unknown =>
        recorded.get(`drawn${number}-${form} ${model} ${client} ${measure}`);
      const { contentBytes, metadataBytes } = drawn.changes;
      assert.is(contentBytes, find('*', '-', 'step.changed_content_bytes'), draw.kind);
      assert.is(metadataBytes, find('*', '-', 'step.changed_metadata_bytes'), draw.kind);
      for (const model of plan.models) {
        const pulled = drawn.pulled.get(model)!;
        const at = `${draw.kind} as ${form} by ${model}`;
        assert.is(pulled.contentBytes, find(model, 'previous', 'transfer.content_bytes'), at);
        assert.is(pulled.metadataBytes, find(model, 'previous', 'transfer.metadata_bytes'), at);
      }
    }
  }
  closeImage(image);
});

test.run();

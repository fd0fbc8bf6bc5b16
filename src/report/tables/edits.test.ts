import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { StepKind } from '../../measures/steps.ts';
import { sampleInfo, sampleRecord, sampleSeries, sampleSteps } from '../../testing/sample-run.ts';
import { dataOf, find } from '../../testing/sample-view.ts';
import { summaryMarkdown } from '../markdown.ts';
import { createView, type View } from '../view.ts';
import { editTable } from './edits.ts';

const images = ['base', 'flip', 'base-again', 'chmod', 'base-thrice', 'touch-all'];

/** Base, edit, base, edit, base, rebuild; models are called `m0`, `m1`, …, the last one without a name. */
function viewOf(count: number, kinds: readonly StepKind[]): View {
  const models = Array.from({ length: count }, (_, n) =>
    n === count - 1 ? { id: `m${n}` } : { id: `id${n}`, alias: `m${n}` },
  );
  const info = sampleInfo(models.toReversed(), images);
  const changed = (
    image: string,
    content: number,
    metadata: number,
  ): Parameters<typeof createView>[1] => [
    sampleRecord('*', 'step.changed_content_bytes', content, { image }),
    sampleRecord('*', 'step.changed_metadata_bytes', metadata, { image }),
  ];
  return createView(info, [
    ...sampleSteps(info, kinds),
    ...changed('flip', 1, 0),
    ...changed('chmod', 0, 2),
    ...changed('touch-all', 0, 8000),
    ...models.flatMap(({ id }, n) =>
      sampleSeries(info, id, [30, 2e-3, 0, 0.25 + n, 0, 8], [1, 2, 0, 2, 0, 2]),
    ),
  ]);
}

const KINDS: readonly StepKind[] = ['edit', 'return', 'edit', 'return', 'rebuild'];

test('each edit has a row: what changed in meaning, and what each model pulls for it', () => {
  const { columns, rows } = editTable(viewOf(3, KINDS));
  assert.equal(
    columns.map(({ title }) => title),
    ['Edit', 'What it is', 'Step', 'Changed content', 'Changed metadata', 'm1', 'm0', 'm2'],
  );
  assert.equal(
    rows.map((cells) => cells.map(({ text }) => text)),
    [
      ['flip', 'image flip', 'edit', '1 B', '0 B', '2.0 kB', '2.0 kB', '2.0 kB'],
      ['chmod', 'image chmod', 'edit', '0 B', '2 B', '1.25 MB', '250.0 kB', '2.25 MB'],
      ['touch-all', 'image touch-all', 'rebuild', '0 B', '8.0 kB', '8.00 MB', '8.00 MB', '8.00 MB'],
    ],
  );
});

test('a series without edits has no such table', () => {
  assert.equal(editTable(viewOf(2, ['update', 'update', 'rebuild', 'update', 'update'])).rows, []);
});

test('the summary has as many models as fit, and says so', () => {
  const markdown = summaryMarkdown(viewOf(10, KINDS), []);
  assert.match(markdown, 'Shown: the first 8 of 10 models; report.html has all.');
  assert.match(markdown, /\| flip \| image flip \| edit \| 1 B \| 0 B \|(?: 2\.0 kB \|){8}\n/);
});

test('the chart has all edits, with figures that can be read beside greater ones', () => {
  const many = ['base', ...Array.from({ length: 33 }, (_, n) => `edit-${n}`)];
  const info = sampleInfo([{ id: 'm' }], many);
  const sizes = many.map((_, n) => (n === 1 ? 12 : 600e-6));
  const view = createView(info, [
    ...sampleSteps(
      info,
      many.slice(1).map(() => 'edit'),
    ),
    ...sampleSeries(
      info,
      'm',
      sizes,
      sizes.map(() => 1),
    ),
  ]);
  const chart = find(view, 'transfer-per-update')!;
  const amounts = dataOf(chart).map(({ amount }) => amount);
  assert.equal(amounts, ['12.00 MB', ...Array.from({ length: 32 }, () => '600 B')]);
  assert.match(JSON.stringify(chart.spec), '"type":"log"');
  assert.match(chart.caption, 'that of edits logarithmic');
});

test.run();

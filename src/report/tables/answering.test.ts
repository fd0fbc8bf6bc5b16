import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { VerdictFile } from '../../results/verdict.ts';
import { sampleInfo, sampleRecord } from '../../testing/sample-run.ts';
import { explorerData } from '../explorer/data.ts';
import { summaryMarkdown } from '../markdown.ts';
import { makePage } from '../page.ts';
import { createView, type View } from '../view.ts';

const value = { step: 'one', parameters: { of: 'digests' }, value: 2, unit: 'count' } as const;
const verdict: VerdictFile = {
  experiment: 'producers',
  title: 'Do programs write the same bytes?',
  dataset: 'made-up',
  method: 1,
  findings: [
    {
      cases: [{ ...value, side: 'at least', bar: 2, resolution: 0 }],
      figures: [value],
      text: 'They do not.',
    },
  ],
  observed: [],
};

/** Two archives of one tree. */
function viewOf(more: Parameters<typeof createView>[1] = []): View {
  const info = sampleInfo([{ id: 'tar' }, { id: 'tar|gzip' }], ['one']);
  const own = info.models.flatMap(({ id }, n) => [
    sampleRecord(id, 'reproducibility.archive_digest', `sha256:${String(n).repeat(64)}`),
    sampleRecord(id, 'reproducibility.archive_bytes', 36e6 - n),
    sampleRecord(id, 'reproducibility.archive_fixpoint', n),
  ]);
  return createView(info, [...own, ...more], verdict);
}

test('the table that an experiment measures for stands right after its findings, before cases', () => {
  const places = (text: string, marks: readonly string[]): readonly number[] =>
    marks.map((mark) => text.indexOf(mark));
  const rises = (found: readonly number[]): boolean =>
    found.every((place, index) => place > (found[index - 1] ?? 0));
  const page = makePage(viewOf(), [], []);
  assert.ok(
    rises(places(page, ['They do not.</li>', 'id="producers"', 'id="cases"', 'id="figures"'])),
  );
  assert.is(page.split('id="producers"').length, 2);
  const markdown = summaryMarkdown(viewOf(), []);
  assert.ok(
    rises(
      places(markdown, ['1. They do not.', '## Archives of one tree', '## Cases', '## Figures']),
    ),
  );
  assert.is(markdown.split('## Archives of one tree').length, 2);
});

test('nothing is compared where no measure makes a model better: lengths of archives, yes and no', () => {
  assert.is(explorerData(viewOf()).columns.value.length, 0);
  assert.not.match(makePage(viewOf(), [], []), 'id="explore"');
  const compared = viewOf([sampleRecord('tar', 'stored.bytes', 5)]);
  assert.match(makePage(compared, [], []), 'id="explore"');
});

test.run();

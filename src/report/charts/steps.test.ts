import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sampleInfo, sampleRecord, sampleSeries, sampleSteps } from '../../testing/sample-run.ts';
import { dataOf, find } from '../../testing/sample-view.ts';
import { renderSvg } from '../render.ts';
import { createView } from '../view.ts';

test('each kind of step has panels, a scale and a mean of its own', async () => {
  const info = sampleInfo(
    [
      { id: 'g', alias: 'oci-gzip' },
      { id: 'c', alias: 'catar' },
    ],
    ['one', 'two', 'three', 'four'],
  );
  const view = createView(info, [
    ...sampleSteps(info, ['update', 'update', 'release']),
    ...sampleSeries(info, 'g', [30, 30, 40, 50], [3, 3, 3, 3]),
    ...sampleSeries(info, 'c', [40, 10, 5, 90], [900, 200, 100, 800]),
    sampleRecord('c', 'stored.delta_bytes', 3e6, { image: 'four' }),
  ]);
  const ofCatar = (name: string, field: string): readonly unknown[] =>
    dataOf(find(view, name)!)
      .filter(({ model }) => model === 'catar')
      .map((datum) => [datum['kind'], datum[field]]);
  assert.equal(ofCatar('transfer-per-update', 'step'), [
    ['update', 'update → two'],
    ['update', 'update → three'],
    ['release', 'release → four'],
    ['update', 'mean of 2 updates'],
  ]);
  assert.equal(ofCatar('transfer-per-update', 'pulled').at(-1), ['update', 7.5]);
  const means = { 'sent-and-stored': ['sent', 7.5, 90], pareto: ['requests', 150, 800] } as const;
  for (const [name, [field, update, release]] of Object.entries(means)) {
    assert.equal(ofCatar(name, field), [
      ['update', update],
      ['release', release],
    ]);
  }
  for (const name of ['transfer-per-update', 'pareto', 'sent-and-stored']) {
    const { caption, spec } = find(view, name)!;
    assert.is((spec as unknown as { concat: readonly object[] }).concat.length, 2, name);
    assert.match(caption, '2 updates and 1 release');
  }
  const svg = await renderSvg(find(view, 'pareto')!);
  for (const title of ['requests per update (mean of 2)', 'requests in the one release']) {
    assert.match(svg, title);
  }
});

test.run();

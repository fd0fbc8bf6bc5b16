import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { links } from '../../links/mod.ts';
import { sampleInfo, sampleRecord, sampleSeries, sampleSteps } from '../../testing/sample-run.ts';
import { renderSvg } from '../render.ts';
import { createView } from '../view.ts';
import { fastest } from './fastest.ts';

const info = sampleInfo([
  { id: 'g', alias: 'oci-gzip' },
  { id: 'c', alias: 'catar' },
]);

/** catar wins where a round trip is short. */
const records = [
  ...sampleSteps(info),
  ...sampleSeries(info, 'g', [30, 30, 40], [3, 3, 3]),
  ...sampleSeries(info, 'c', [40, 10, 5], [900, 200, 100]),
  ...links.flatMap(({ name, roundTripMs }) => {
    const key = { image: 'two', client: 'previous', link: name };
    return [
      sampleRecord('g', 'transfer.network_ms', 1000, key),
      sampleRecord('c', 'transfer.network_ms', 100 * roundTripMs + 1, key),
    ];
  }),
];
const grid = links.map(({ name, ...link }) => ({ id: name, ...link }));

test('each link of a grid has its fastest model and its time', async () => {
  const chart = fastest(createView({ ...info, links: grid }, records))!;
  const { values } = (chart.spec as unknown as { data: { values: Record<string, unknown>[] } })
    .data;
  assert.is(values.length, links.length);
  for (const { model, roundTrip } of values) {
    assert.is(model, Number(roundTrip) < 10 ? 'catar' : 'oci-gzip');
  }
  assert.is(
    values[0]!['description'],
    'update to two, 3G, 1.6 Mb/s, 1 ms: catar 0.10 s; next oci-gzip 1.00 s',
  );
  assert.match(await renderSvg(chart), '10,000');
});

test('links that make no grid are not drawn', () => {
  assert.is(fastest(createView(info, records)), undefined);
  assert.is(fastest(createView({ ...info, links: grid.slice(1) }, records)), undefined);
  const twice = { ...grid[1]!, id: 'fewer', connections: 1 };
  assert.is(fastest(createView({ ...info, links: [...grid.slice(1), twice] }, records)), undefined);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sampleInfo, sampleRecord } from '../testing/sample-run.ts';
import { chunkerSpeed } from './charts/chunker-speed.ts';
import { renderSvg } from './render.ts';
import { speedTable } from './tables/speed.ts';
import { createView } from './view.ts';

test('of a rate without spread, rounds and size of the input none is shown', async () => {
  const id = 'fastcdc:avg=8KiB';
  const view = createView(sampleInfo([{ id }]), [
    sampleRecord(id, 'speed.rate', 2000),
    sampleRecord(id, 'speed.chunks', 7),
  ]);
  const { note, rows } = speedTable(view);
  assert.match(note, /^Median of rounds .* The start of /);
  const [, , rate, ...others] = rows[0]!.map(({ text }) => text);
  assert.equal([rate, ...others], ['2,000', '–', '–', '–', '7', '–']);
  const chart = chunkerSpeed(view)!;
  const svg = await renderSvg(chart as Parameters<typeof renderSvg>[0]);
  assert.match(svg, `${id}: 2,000 MB/s"`);
  assert.match(svg, 'over the same input in memory, one thread, median;');
  assert.not.match(svg, /±|NaN|undefined/);
});

test.run();

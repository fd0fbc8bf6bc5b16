import * as assert from 'uvu/assert';
import { presets } from '../src/models/mod.ts';
import { transparencyTable } from '../src/report/tables/transparency.ts';
import { createView } from '../src/report/view.ts';
import { readRun } from '../src/results/read.ts';
import { askingSuite, planOf } from '../src/testing/asking.ts';
import { has } from '../src/testing/needs.ts';
import { silent } from '../src/testing/tiny-run.ts';
import { measureExperiment, writeVerdict } from './experiment.ts';
import { transparency } from './transparency.ts';

const test = askingSuite('transparency of made images');

test('13 every image that is named is asked of every model, and the table says what is not walked', async (place) => {
  if (!has('tar2sqfs', 'mkfs.erofs', 'fsck.erofs')) return;
  const images = ['v0', 'v2'];
  assert.equal(transparency.timed!.images(['v0', 'v1', 'v2'], { dataset: 'x', areNamed: false }), [
    'v0',
  ]);
  assert.equal(transparency.timed!.images(images, { dataset: 'x', areNamed: true }), images);
  const plan = planOf(place, 'asked', { experiment: transparency.name, images });
  const { observed } = await measureExperiment(transparency, plan, place.context, silent);
  const verdict = await writeVerdict(transparency, plan, place.context, observed);
  for (const image of images) {
    assert.match(verdict, `proves that it is in ${image} (n = 1 file) with the fewest bytes by`);
    assert.match(verdict, `${image} has no packages whose files could be compared`);
  }
  const { info, records } = await readRun(plan.directory);
  const { rows, columns } = transparencyTable(createView(info, records));
  assert.is(rows.length, images.length * (presets.length + 2));
  const [image, model, way] = columns.map(({ title }) => title);
  assert.equal([image, model, way], ['Image', 'Model', 'Paths by']);
  const wayOf = (start: string): readonly string[] =>
    rows.filter(([, name]) => name!.text.startsWith(start)).map(([, , one]) => one!.text);
  assert.equal(wayOf('erofs'), Array(2).fill('not walked: counts whole'));
  assert.equal(wayOf('squashfs'), Array(2).fill('tables of the file system'));
  assert.equal(wayOf('oci-gzip'), Array(2).fill('all of it'));
  assert.equal(wayOf('nydus'), Array(2).fill("index, ocibench's"));
  assert.equal(wayOf('estargz'), Array(2).fill('index'));
  assert.equal(
    rows.map(([one]) => one!.text),
    rows.map(([one]) => one!.text).toSorted(),
  );
});

test.run();

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createModel } from '../models/mod.ts';
import { projectDirectory } from '../project.ts';
import { type Manifest, parseManifest } from './manifest.ts';
import { listDatasets } from './mod.ts';
import { publishedBytes, publishedSchema } from './published.ts';

const linuxPath = join(projectDirectory, 'datasets', 'linux', 'linux.json');
const linux = (): Manifest => parseManifest(readFileSync(linuxPath, 'utf8'), linuxPath);

/** The number that a text begins with, as its author wrote it. */
function leading(text: string): number {
  return Number(/^[\d,.]+/.exec(text)![0].replaceAll(',', ''));
}

test('sizes are read in the units they were published in', () => {
  assert.is(publishedBytes('46.4 MiB'), 48_653_926);
  assert.is(publishedBytes('353.05 MB'), 353_050_000);
  assert.is(publishedBytes('3872754501 B'), 3_872_754_501);
  const wrong = ['46.4', '46.4MiB', '4,6 MB', '46.4 MIB', '-1 B', ''];
  const figure = { what: 'w', value: 'v', source: 's' };
  for (const size of wrong) {
    const comparison = { quantity: 'tars', size };
    assert.not.ok(publishedSchema.safeParse({ ...figure, comparison }).success, size);
  }
});

test('what is compared is the number that was published', async () => {
  const manifests = [...(await listDatasets()), linux()];
  const figures = manifests.flatMap(({ published = [] }) => published);
  const compared = figures.flatMap(({ what, value, comparison }) =>
    comparison ? [{ what, value, comparison }] : [],
  );
  assert.ok(compared.length >= 14);
  for (const { what, value, comparison } of compared) {
    const number = comparison.quantity === 'chunks' ? comparison.count : leading(comparison.size);
    assert.is(number, leading(value), what);
    if (comparison.quantity !== 'store' || comparison.saved === undefined) continue;
    assert.match(value, new RegExp(`\\(${comparison.saved * 100} %\\)$`), what);
  }
});

test('chunkers of published figures are named by their canonical ids', async () => {
  for (const { what, comparison } of linux().published!) {
    if (!comparison || !('model' in comparison)) continue;
    const id = `${comparison.model}|none|objects|get`;
    assert.is((await createModel(id)).id, id, what);
  }
  assert.is(linux().images.length, 80);
});

test.run();

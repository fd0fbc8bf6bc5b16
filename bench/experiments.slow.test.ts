import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { resolveLinks } from '../src/links/mod.ts';
import { readRun } from '../src/results/read.ts';
import { ask, askingSuite, checkPackings, pageOf } from '../src/testing/asking.ts';
import { has } from '../src/testing/needs.ts';
import { breakEven } from './break-even.ts';
import { canonicalTar } from './canonical-tar.ts';
import { chunkBlobs } from './chunk-blobs.ts';
import { chunkSize } from './chunk-size.ts';
import { layers } from './layers.ts';
import { metadataRoot } from './metadata-root.ts';
import { metadataShare } from './metadata-share.ts';
import { experiments } from './mod.ts';
import { order } from './order.ts';
import { packs } from './packs.ts';
import { range } from './range.ts';
import { seriesDedup } from './series-dedup.ts';
import { stream } from './stream.ts';
import { wireAndDisk } from './wire-and-disk.ts';

const test = askingSuite('verdicts of experiments');

for (const experiment of [
  chunkSize,
  seriesDedup,
  breakEven,
  wireAndDisk,
  chunkBlobs,
  metadataShare,
  layers,
  stream,
  order,
  range,
  metadataRoot,
  packs,
  canonicalTar,
]) {
  test(`${experiment.name} comes to a verdict`, async (place) => {
    const verdict = await ask(place, experiment);
    // Its series has two updates: the engine decides nothing from fewer than three.
    assert.match(
      verdict,
      /C\d\d .*: (\*\*(confirmed|refuted|depends on .+?|too close)\*\*|undecided: n = \d (steps?|series),)/,
    );
    const directory = join(place.directory, experiment.name);
    const page = await pageOf(directory);
    for (const text of [verdict, readFileSync(join(directory, 'verdict.md'), 'utf8'), page]) {
      assert.not.match(text, /NaN|undefined|Infinity/);
    }
    if (experiment.chart === undefined) return;
    assert.match(page, `<figure id="chart-${experiment.chart}">`);
  });
}

test('a verdict is never of records that were cut: they are measured again', async (place) => {
  const verdict = await ask(place, seriesDedup);
  const path = join(place.directory, 'series-dedup', 'records.jsonl');
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.slice(0, text.indexOf('\n', text.length / 2) + 1));
  assert.is(await ask(place, seriesDedup), verdict);
  assert.is(readFileSync(path, 'utf8'), text);
});

test('the answer is first in verdict.md, in the summary and in the page, with its cases', async (place) => {
  await ask(place, range);
  const directory = join(place.directory, 'range');
  const page = await pageOf(directory);
  const [answer, summary] = ['answer', 'summary'].map((id) => page.indexOf(`<h2 id="${id}">`));
  assert.ok(answer! > 0 && answer! < summary!);
  const section = page.slice(answer, summary);
  assert.match(section, '<li>C16 One blob with an index at its tail');
  assert.match(section, '<figure id="chart-fastest">');
  assert.match(section, 'a case within the resolution of its bar is too close');
  for (const name of ['verdict.md', 'summary.md']) {
    const text = readFileSync(join(directory, name), 'utf8');
    assert.match(
      text,
      /# Does one blob .*\n\nClaims: C16 one blob .*\n\n1\. C16 One blob with an index/,
      name,
    );
    assert.match(
      text,
      /## Cases\n.*\n\| 1 C16 One blob [^|]* \| 1 \| v1 \| [^|]* \| .* \| at most 1\.05 × \|/s,
      name,
    );
    assert.match(text, /Left out here: \d+ rows/, name);
  }
});

test('run.json of an experiment names it, its links and what was modelled on them', async (place) => {
  const links = resolveLinks(['100m-20ms', 'dsl-20ms']);
  const directory = join(place.directory, 'kept');
  await ask(place, breakEven, { links, directory });
  const { info, records } = await readRun(directory);
  assert.equal(
    info.links.map(({ id }) => id),
    ['100m-20ms', 'dsl-20ms'],
  );
  assert.is(info.experiment, 'break-even');
  assert.ok(records.some(({ measure, link }) => measure === 'transfer.network_ms' && link));
});

test('experiments that these images do not suit share cells as well', async (place) => {
  if (!has('xdelta3', 'bsdiff', 'zstd', 'tar-split')) return;
  const others = experiments.filter(({ name, timed }) => !timed && !place.asked.has(name));
  assert.ok(others.length > 2, `${others.length}`);
  for (const experiment of others) await ask(place, experiment);
  const untimed = experiments.filter(({ timed }) => !timed);
  assert.is(place.asked.size, untimed.length, 'all but those that measure by themselves');
});

test('each image was packed once by each model, whichever experiments asked', checkPackings);

test.run();

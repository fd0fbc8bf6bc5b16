import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Dataset, loadDataset } from '../src/datasets/mod.ts';
import type { FetchContext } from '../src/datasets/provider.ts';
import { Cache } from '../src/images/cache.ts';
import { resolveLinks } from '../src/links/mod.ts';
import { resolveModels } from '../src/models/mod.ts';
import { run } from '../src/pipeline.ts';
import type { Plan } from '../src/plan.ts';
import type { Progress } from '../src/progress.ts';
import { writeReport } from '../src/report/mod.ts';
import { readRun } from '../src/results/read.ts';
import type { ResultRecord, ValueRecord } from '../src/results/record.ts';
import { readVerdict } from '../src/results/verdict.ts';
import { treeToTar } from '../src/serialisers/tar.ts';
import { readAll } from '../src/streams/source.ts';
import { COMMON_BYTES, makeLayered } from '../src/testing/layered-images.ts';
import { lackOfTime, unless } from '../src/testing/needs.ts';
import { noise } from '../src/testing/noise.ts';
import { sketchTree } from '../src/testing/trees.ts';
import { breakEven } from './break-even.ts';
import { canonicalTar } from './canonical-tar.ts';
import { chunkBlobs } from './chunk-blobs.ts';
import { chunkSize } from './chunk-size.ts';
import { chunkerChoice } from './chunker-choice.ts';
import { crossDistro } from './cross-distro.ts';
import { type Experiment, measureExperiment, writeVerdict } from './experiment.ts';
import { fileLevel } from './file-level.ts';
import { layers } from './layers.ts';
import { metadataRoot } from './metadata-root.ts';
import { metadataShare } from './metadata-share.ts';
import { order } from './order.ts';
import { packs } from './packs.ts';
import { range } from './range.ts';
import { seriesDedup } from './series-dedup.ts';
import { stream } from './stream.ts';
import { wireAndDisk } from './wire-and-disk.ts';

/** Counts what is packed, by cell: a cell that is packed is kept. */
class CountingCache extends Cache {
  readonly packings = new Map<string, number>();

  override keep(key: string, bytes: Uint8Array): void {
    this.packings.set(key, (this.packings.get(key) ?? 0) + 1);
    super.keep(key, bytes);
  }
}

interface Place {
  cache: CountingCache;
  directory: string;
  dataset: Dataset;
  context: FetchContext;
}

const test = unless(suite<Place>('experiments'), lackOfTime());
const quiet: Progress = { start() {}, more() {}, step() {}, note() {}, busy() {}, end() {} };

test.before(async (place) => {
  place.directory = mkdtempSync(join(tmpdir(), 'ocibench-experiments-'));
  place.dataset = await makeLayered(place.directory);
  place.cache = new CountingCache(join(place.directory, 'cache'));
  place.context = {
    cache: place.cache,
    fetch: () => Promise.reject(new Error('no network in this test')),
    baseDirectory: place.directory,
    progress() {},
  };
});
test.after(({ directory }) => rmSync(directory, { recursive: true }));

function planOf({ dataset, directory }: Place, out: string, more: Partial<Plan>): Plan {
  return {
    dataset,
    images: dataset.images.map(({ id }) => id),
    models: [],
    swept: [],
    links: [],
    workers: 2,
    timed: [],
    reproduced: [],
    rounds: { least: 0, most: 0 },
    fresh: false,
    extend: false,
    directory: join(directory, out),
    ...more,
  };
}

async function pack(
  place: Place,
  out: string,
  models: readonly string[],
): Promise<readonly ResultRecord[]> {
  const plan = planOf(place, out, { models: resolveModels(models) });
  assert.is(await run(plan, place.context, quiet), 0);
  return (await readRun(plan.directory)).records;
}

async function ask(
  place: Place,
  experiment: Experiment,
  more: Partial<Plan> = {},
): Promise<string> {
  const { name, packed, swept, links = [] } = experiment;
  const plan = planOf(place, name, {
    experiment: name,
    models: resolveModels(packed),
    swept: resolveModels(swept),
    links: resolveLinks(links),
    ...more,
  });
  const { failures } = await measureExperiment(experiment, plan, place.context, quiet);
  assert.is(failures, 0);
  return writeVerdict(experiment, plan, place.context);
}

/** Without its script. */
async function pageOf(directory: string): Promise<string> {
  await writeReport(directory);
  const page = readFileSync(join(directory, 'report.html'), 'utf8');
  return page.replace(/<script>.*<\/script>/s, '');
}

test('the base is the common layers, and spares them in every format', async (place) => {
  const records = await pack(place, 'clients', ['oci-gzip', 'per-file', 'tar-zstd']);
  const bytes = (model: string, image: string, client: string): number => {
    const own = records as readonly ValueRecord[];
    const found = own.find(
      (one) =>
        one.measure === 'transfer.content_bytes' &&
        one.model.startsWith(model) &&
        one.image === image &&
        one.client === client,
    );
    return Number(found!.value);
  };
  for (const image of ['v0', 'v1', 'v2']) {
    for (const model of ['layers', 'files']) {
      const spared = bytes(model, image, 'none') - bytes(model, image, 'base');
      assert.ok(
        spared > 0.9 * COMMON_BYTES && spared < 1.2 * COMMON_BYTES,
        `${model} ${image}: ${spared}`,
      );
    }
    assert.is(bytes('tar', image, 'base'), bytes('tar', image, 'none'));
  }
  // The other distribution has the base as well, and nothing else.
  assert.is(bytes('layers', 'v0', 'other-distribution'), bytes('layers', 'v0', 'base'));
  const distributions = (records as readonly ValueRecord[])
    .filter(({ measure }) => measure === 'image.distribution')
    .map(({ value }) => value);
  assert.equal(distributions, ['debian', 'debian', 'other']);
});

test('file-level names the file whose parts stay, and charges it with all of the gap', async (place) => {
  const verdict = await ask(place, fileLevel);
  assert.match(verdict, /C10 .*\*\*/);
  assert.match(verdict, /the series .* is \d+\.\d kB; the 1 file .* 100\.0 %/);
  const { findings } = readVerdict(join(place.directory, 'file-level'))!;
  assert.equal(findings[1]!.figures, [
    {
      step: 'series',
      parameters: { of: 'share of the gap', file: 'app' },
      value: 1,
      unit: 'share',
    },
  ]);
});

test('cross-distro compares pairs of different distributions apart from the others', async (place) => {
  const verdict = await ask(place, crossDistro);
  assert.match(
    verdict,
    /C06 images of different distributions \(debian, other\) .*\*\*confirmed\*\*/,
  );
  assert.match(
    verdict,
    /one distribution, for comparison\. .*1 pair, 3 chains\)\. Shared as whole files: 3\d\.\d %/,
  );
});

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
    assert.match(verdict, /C\d\d .*: \*\*(confirmed|refuted|depends on .+?)\*\*/);
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
  assert.match(section, '<li>C16 one blob by ranges transfers as little');
  assert.match(section, '<figure id="chart-fastest">');
  assert.match(section, 'Rows with one number are one case');
  for (const name of ['verdict.md', 'summary.md']) {
    const text = readFileSync(join(directory, name), 'utf8');
    assert.match(
      text,
      /# Does one blob .*\n\nClaims: C16 one blob .*\n\n1\. C16 one blob by ranges/,
      name,
    );
    assert.match(
      text,
      /## Cases\n.*\n\| 1 C16 one blob by ranges [^|]* \| 1 \| v1 \| bytes ÷ .* \| at most 1\.02 × \|/s,
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

test('unrelated images, and one and the same twice, have nothing to win', async (place) => {
  const { directory } = place;
  const files = { a: noise(40_000, 21), b: noise(40_000, 22) };
  const tars = Object.entries(files).map(([name, content]) => {
    const path = join(directory, `${name}.tar`);
    writeFileSync(path, readAll(treeToTar(sketchTree({ [name]: { content } }))));
    return path;
  });
  writeFileSync(join(directory, 'again.tar'), readFileSync(tars[0]!));
  writeFileSync(join(directory, 'empty.tar'), new Uint8Array(1024));
  const askOf = async (experiment: Experiment, ...names: readonly string[]): Promise<string> => {
    const id = `made-${names.join('-')}`;
    const manifest = JSON.parse(readFileSync(join(directory, 'layered.json'), 'utf8'));
    const images = names.map((name, number) => ({
      id: `v${number}`,
      title: name,
      source: { type: 'rootfs', path: `${name}.tar` },
    }));
    const path = join(directory, `${id}.json`);
    writeFileSync(path, JSON.stringify({ ...manifest, id, images }));
    const own = { ...place, dataset: await loadDataset(path), directory: join(directory, id) };
    return ask(own, experiment);
  };
  const unrelated = await askOf(fileLevel, 'a', 'b');
  assert.match(unrelated, 'C10 whole files win most (at least 80.0 %)');
  assert.match(unrelated, '**undecided: nothing to win**');
  for (const text of [
    unrelated,
    await askOf(chunkerChoice, 'a', 'b'),
    await askOf(fileLevel, 'a', 'again'),
    await askOf(seriesDedup, 'a', 'again'),
    await askOf(fileLevel, 'a', 'empty'),
    await askOf(seriesDedup, 'empty', 'empty'),
  ]) {
    assert.match(text, 'undecided');
    assert.not.match(text.replace(/C30.*/g, ''), /NaN|undefined|Infinity|\*\*(confirmed|refuted)/);
  }
});

test('a series of one image is no ground for a verdict', async (place) => {
  const directory = join(place.directory, 'one');
  assert.match(
    await ask(place, fileLevel, { images: ['v0'], directory }),
    'C10 dedup of whole files is enough: undecided',
  );
});

test('each image was packed once by each model, whichever experiments asked', ({ cache }) => {
  const counts = [...cache.packings.values()];
  assert.ok(counts.length > 100, `${counts.length} cells`);
  assert.equal(
    [...cache.packings].filter(([, count]) => count !== 1),
    [],
  );
});

test.run();

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type Test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Experiment, measureExperiment, writeVerdict } from '../../bench/experiment.ts';
import type { Dataset } from '../datasets/mod.ts';
import type { FetchContext } from '../datasets/provider.ts';
import { Cache } from '../images/cache.ts';
import { resolveLinks } from '../links/mod.ts';
import { resolveModels } from '../models/mod.ts';
import { run } from '../pipeline.ts';
import type { Plan } from '../plan.ts';
import { writeReport } from '../report/mod.ts';
import { readRun } from '../results/read.ts';
import type { ResultRecord } from '../results/record.ts';
import { makeLayered } from './layered-images.ts';
import { lackOfTime, unless } from './needs.ts';
import { contextOf, silent } from './tiny-run.ts';

/** Experiments on a few small images, for tests. */

/** Counts what is packed, by cell: a cell that is packed is kept. */
class CountingCache extends Cache {
  readonly packings: string[] = [];

  override keep(key: string, bytes: Uint8Array): void {
    this.packings.push(key);
    super.keep(key, bytes);
  }
}

export interface Place {
  directory: string;
  dataset: Dataset;
  context: FetchContext;
  cache: CountingCache;
  /** Image and model of each cell that runs have needed, whichever they were. */
  needed: Set<string>;
  /** Names of experiments. */
  asked: Set<string>;
}

/** Tests that share a cache, a dataset of layered images and what was measured of it. */
export function askingSuite(name: string): Test<Place> {
  const test = unless(suite<Place>(name), lackOfTime());
  test.before(async (place) => {
    place.directory = mkdtempSync(join(tmpdir(), 'ocibench-experiments-'));
    place.dataset = await makeLayered(place.directory);
    place.cache = new CountingCache(join(place.directory, 'cache'));
    place.context = contextOf(place.directory, { cache: place.cache });
    place.needed = new Set();
    place.asked = new Set();
  });
  test.after(({ directory }) => rmSync(directory, { recursive: true }));
  return test;
}

export function planOf(
  { dataset, directory }: Pick<Place, 'dataset' | 'directory'>,
  out: string,
  more: Partial<Plan>,
): Plan {
  return {
    dataset,
    images: dataset.images.map(({ id }) => id),
    models: [],
    swept: [],
    links: [],
    workers: 1,
    timed: [],
    reproduced: [],
    rounds: { least: 0, most: 0 },
    fresh: false,
    extend: false,
    directory: join(directory, out),
    ...more,
  };
}

async function noteNeeded({ needed }: Place, { directory, models }: Plan): Promise<void> {
  const { info } = await readRun(directory);
  // What an image holds is a cell too, of no model.
  const all = [...models, '*'];
  for (const { digest } of info.images) for (const model of all) needed.add(`${digest} ${model}`);
}

export async function pack(
  place: Place,
  out: string,
  models: readonly string[],
): Promise<readonly ResultRecord[]> {
  const plan = planOf(place, out, { models: resolveModels(models) });
  assert.is(await run(plan, place.context, silent), 0);
  await noteNeeded(place, plan);
  return (await readRun(plan.directory)).records;
}

/** Measures what the experiment asks for, and returns what it answers. */
export async function ask(
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
  place.asked.add(name);
  const { failures } = await measureExperiment(experiment, plan, place.context, silent);
  assert.is(failures, 0);
  await noteNeeded(place, plan);
  return writeVerdict(experiment, plan, place.context);
}

/** Without its script. */
export async function pageOf(directory: string): Promise<string> {
  await writeReport(directory);
  const page = readFileSync(join(directory, 'report.html'), 'utf8');
  return page.replace(/<script>.*<\/script>/s, '');
}

/** The last test of a suite: each image was packed once by each model, whichever experiments asked, and nothing was left out. */
export function checkPackings({ cache, needed }: Place): void {
  // Not the keys themselves, which are told apart by more: a cell that a second run does not find again may have another.
  const packed = cache.packings.map((key) => {
    const [, model, , [[[digest]]]] = JSON.parse(key) as [string, string, object, [[[string]]]];
    return `${digest} ${model}`;
  });
  const once = new Set(packed);
  assert.equal(packed, [...once]);
  assert.equal(
    [...needed].filter((cell) => !once.has(cell)),
    [],
  );
}

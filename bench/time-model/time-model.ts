import { fetchImage } from '../../src/datasets/mod.ts';
import { UsageError } from '../../src/errors.ts';
import type { Request } from '../../src/fetchers/fetcher.ts';
import type { ImageDescriptor } from '../../src/images/image.ts';
import { openLatest } from '../../src/images/open.ts';
import { type Link, resolveLinks } from '../../src/links/mod.ts';
import { serverOf } from '../../src/links/time.ts';
import { takeContents } from '../../src/measures/contents.ts';
import { SeriesFold } from '../../src/measures/fold.ts';
import { Holdings } from '../../src/measures/holdings.ts';
import type { Measurement } from '../../src/measures/measurement.ts';
import { measureCell } from '../../src/models/cell.ts';
import { createModel, resolveModels } from '../../src/models/mod.ts';
import { inline } from '../../src/objects/executor.ts';
import { describeModels } from '../../src/plan.ts';
import { runLinks } from '../../src/results/run.ts';
import { CellStore } from '../../src/runs/cell-store.ts';
import { recordSteps } from '../../src/runs/steps.ts';
import { rangesAreUnreliable } from '../claims/c17-ranges.ts';
import { timeIsPredicted } from '../claims/c36-time-model.ts';
import { createTimed, type Experiment, type TimedInput } from '../experiment.ts';
import type { Finding } from '../verdict.ts';
import { pathOf } from './laboratory/client.ts';
import { takePrecedence } from './laboratory/priority.ts';
import { askRanges, type RangeAnswer } from './laboratory/ranges.ts';
import { type ServedImages, serveImages } from './laboratory/served.ts';
import { dockerRegistry, lacking, nginx } from './laboratory/servers.ts';
import { type Cell, checkMeasures, timeCells, type Update } from './measure.ts';
import { BLOBS, rangeSentences, STORE, timeSentences } from './verdict.ts';

/**
 * Does the modelled time of a transfer hold? Claims C36 (error), C16 (ranges of one blob against a chunk store) and C17
 * (what servers answer to ranges).
 *
 * Real packs lie on docker-registry and nginx; a client pulls the last image of the series, holding the one before,
 * through links that are shaped on this machine.
 */

/** The presets, and ranges that share requests. */
const MODELS = ['oci-gzip', 'tar-zstd', 'per-file', STORE, ...BLOBS];
/** Both sides of the balance of bandwidth and round trip; beyond 100 Mb/s this machine would be measured, not the link. */
const LINKS = ['dsl-20ms', 'lte-50ms', '100m-20ms', '100m-50ms'];
/** On one of the links, formats of many requests with other numbers of connections. */
const CONNECTIONS = [1, 16];
const REPETITIONS = 3;

const models = resolveModels(MODELS);

export const timeModel: Experiment = createTimed({
  name: 'time-model',
  title: 'Does the modelled time of a transfer hold?',
  dataset: 'ci-slice',
  chart: 'time-model',
  decides: [timeIsPredicted, rangesAreUnreliable],
  timed: {
    images(planned) {
      if (planned.length >= 2) return planned.slice(-2);
      throw new UsageError('one image is no update', {}, 'choose a dataset of two images or more');
    },
    wanted: models.map((model) => [model, 'transfer.measured_ms']),
    verdict: timeSentences,
    measure: measureTimes,
  },
});

async function measureTimes({
  plan,
  run,
  context,
  progress,
}: TimedInput): Promise<readonly Finding[]> {
  const cells = chooseCells(models);
  const links = [...new Set(cells.map(({ link }) => link))];
  const ids = plan.images;
  const note = (text: string): void => progress.note(text);
  const store = new CellStore(context.cache, { isFresh: plan.fresh, note });
  progress.start(models.length + LINKS.length + REPETITIONS * cells.length);
  run.describeModels(await describeModels(models), runLinks(links));
  const images: ImageDescriptor[] = [];
  for (const id of ids) {
    const image = await fetchImage(plan.dataset, id, context);
    run.enter(image);
    images.push(image);
  }
  await recordSteps(plan, run, (image) => takeContents(openLatest(image)));
  const updates: Update[] = [];
  for (const model of models) {
    const own = cells.filter((cell) => cell.model === model).map(({ link }) => link);
    const { update, measurements } = await packUpdate(model, images, store, own);
    updates.push(update);
    run.record(model, measurements);
    run.settle(model, ids[1]!, 'transfer.measured_ms');
    progress.step(`pack ${model}`);
  }
  const missing = lacking([dockerRegistry, nginx]);
  if (missing !== undefined) {
    progress.note(missing);
    for (const model of models) run.skip(model, ids[1]!, 'transfer.measured_ms', missing);
    return [];
  }
  return onServers(updates, async (served) => {
    const asked = await askBoth(served, updates);
    run.record('*', await checkMeasures(resolveLinks(LINKS), progress));
    const { signal } = context;
    const timed = await timeCells(
      cells,
      updates,
      served,
      REPETITIONS,
      run.machine,
      progress,
      signal,
    );
    for (const [model, values] of timed) run.record(model, values);
    return rangeSentences(asked);
  });
}

/** What is measured runs before other work on the machine, as far as that is allowed. */
async function onServers<Result>(
  updates: readonly Update[],
  work: (served: ServedImages) => Promise<Result>,
): Promise<Result> {
  const release = takePrecedence();
  try {
    const served = await serveImages(updates.map(({ packed }) => packed));
    try {
      return await work(served);
    } finally {
      await served.stop();
    }
  } finally {
    release();
  }
}

function chooseCells(models: readonly string[]): readonly Cell[] {
  const [link] = resolveLinks(['100m-20ms']);
  const variants = CONNECTIONS.map((connections) => ({
    ...link!,
    name: `${link!.name}-${connections}c`,
    title: `${link!.title}, ${connections} connections`,
    connections,
  }));
  const chunked = resolveModels([STORE, ...BLOBS]);
  return [
    ...resolveLinks(LINKS).flatMap((one) => models.map((model) => ({ model, link: one }))),
    ...variants.flatMap((one) => chunked.map((model) => ({ model, link: one }))),
  ];
}

/** Packs both images, checks that they are restored, and keeps the second for the servers. */
async function packUpdate(
  id: string,
  images: readonly ImageDescriptor[],
  store: CellStore,
  links: readonly Link[],
): Promise<{ readonly update: Update; readonly measurements: readonly Measurement[] }> {
  const model = await createModel(id);
  const fold = new SeriesFold(model, links);
  const [older, newer] = images as readonly [ImageDescriptor, ImageDescriptor];
  const before = await store.packed(model, older, images, measureCell);
  const inventory = await store.packed(model, newer, images, measureCell);
  const measurements = [before, inventory].flatMap((one) => fold.add(one).measurements);
  const transfer = model.transfer(inventory, Holdings.of(before));
  const packed = await model.pack(openLatest(newer), inline);
  return { update: { model: id, image: inventory.image, packed, transfer }, measurements };
}

/** The largest blob of the registry and the largest file of the store, asked for ranges. */
async function askBoth(
  served: ServedImages,
  updates: readonly Update[],
): Promise<readonly (readonly [string, readonly RangeAnswer[]])[]> {
  const requests = updates.flatMap(({ transfer }, number) =>
    transfer.plan.flat().map((request) => ({ number, request })),
  );
  const largest = async (kind: Request['kind']): Promise<readonly RangeAnswer[]> => {
    const { number, request } = requests
      .filter((one) => one.request.kind === kind && one.request.ranges === undefined)
      .reduce((a, b) => (b.request.bytes > a.request.bytes ? b : a));
    const { port, path } = served.endpoints(number, served.ports)[serverOf(request)];
    return askRanges(port, path + pathOf(request), request.bytes);
  };
  return [
    [dockerRegistry.name, await largest('blob')],
    [nginx.name, await largest('object')],
  ];
}

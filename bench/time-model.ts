import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchImage } from '../src/datasets/mod.ts';
import { UsageError } from '../src/errors.ts';
import type { Request } from '../src/fetchers/fetcher.ts';
import type { ImageDescriptor } from '../src/images/image.ts';
import { openLatest } from '../src/images/open.ts';
import { pathOf } from '../src/links/client.ts';
import { type Link, resolveLinks } from '../src/links/mod.ts';
import { takePrecedence } from '../src/links/priority.ts';
import { askRanges, type RangeAnswer } from '../src/links/ranges.ts';
import { type ServedImages, serveImages } from '../src/links/served.ts';
import { dockerRegistry, lacking, nginx } from '../src/links/servers.ts';
import { serverOf } from '../src/links/time.ts';
import { Holdings, type Measurement, SeriesAccount } from '../src/measures/series.ts';
import { measure } from '../src/models/cell.ts';
import { createModel, resolveModels } from '../src/models/mod.ts';
import { inline } from '../src/objects/executor.ts';
import { createView } from '../src/report/view.ts';
import { RecordLog } from '../src/results/log.ts';
import { readRun } from '../src/results/read.ts';
import { planOrder, skip, toRecord } from '../src/results/recorder.ts';
import { RunMachine } from '../src/results/run-machine.ts';
import { writeWhole } from '../src/write-whole.ts';
import { describeModels, runInfo, type Timing } from './experiment.ts';
import { type Cell, checkMeasures, timeCells, type Update } from './time-model/measure.ts';
import { rangeSentences, timeSentences } from './time-model/verdict.ts';

/**
 * Does the modelled time of a transfer hold? Claims C36 (error), C16 (ranges of one blob against a chunk store) and C17
 * (what servers answer to ranges).
 *
 * Real packs lie on docker-registry and nginx; a client pulls the last image of the series, holding the one before,
 * through links that are shaped on this machine.
 */

/** The presets, and ranges that share requests. */
const MODELS = [
  'oci-gzip',
  'tar-zstd',
  'per-file',
  'catar',
  'catar-blob',
  'catar|fastcdc:avg=64KiB|zstd:3|blob|range:ranges=16',
];
/** Both sides of the balance of bandwidth and round trip; beyond 100 Mb/s this machine would be measured, not the link. */
const LINKS = ['dsl-20ms', 'lte-50ms', '100m-20ms', '100m-50ms'];
/** On one of the links, formats of many requests with other numbers of connections. */
const CONNECTIONS = [1, 16];
const REPETITIONS = 3;

export const timeModel: Timing = {
  name: 'time-model',
  title: 'Does the modelled time of a transfer hold?',
  packed: [],
  dataset: 'ci-slice',
  async timeInto(plan, context, progress) {
    const ids = plan.images.slice(-2);
    if (ids.length < 2) {
      throw new UsageError('one image is no update', {}, 'choose a dataset of two images or more');
    }
    const verdict = join(plan.directory, 'verdict.md');
    if (existsSync(verdict) && (await isMeasured(plan.directory))) {
      progress.note('this run is complete: it is drawn again; --fresh measures anew');
      return readFileSync(verdict, 'utf8');
    }
    const startedAt = new Date().toISOString();
    const log = RecordLog.open(plan.directory);
    const machine = new RunMachine(plan, log.records, (text) => progress.note(text));
    const start = { startedAt, environment: machine.environment() };
    const models = resolveModels(MODELS);
    const cells = chooseCells(models);
    const dataset = `${plan.dataset.id}@${plan.dataset.digest}`;
    const record = (model: string, values: readonly Measurement[]): void =>
      log.append(values.map((one) => toRecord(dataset, model, one)));
    let answers: readonly string[] = [];
    try {
      progress.start(models.length + LINKS.length + REPETITIONS * cells.length);
      const images: ImageDescriptor[] = [];
      for (const id of ids) images.push(await fetchImage(plan.dataset, id, context));
      const single = { ...plan, images: ids };
      const info = runInfo(timeModel.name, single, images, await describeModels(models), start);
      const { finishedAt: _, ...unfinished } = { ...info, links: linksOf(cells) };
      log.writeInfo(unfinished);
      const updates: Update[] = [];
      for (const model of models) {
        const links = cells.filter((cell) => cell.model === model).map(({ link }) => link);
        const { update, measurements } = await packUpdate(model, images, links);
        updates.push(update);
        record(model, measurements);
        log.settle(dataset, model, ids[1]!, 'transfer.measured_ms');
        progress.step(`pack ${model}`);
      }
      const missing = lacking([dockerRegistry, nginx]);
      if (missing === undefined) {
        answers = await onServers(updates, async (served) => {
          const asked = await askBoth(served, updates);
          record('*', await checkMeasures(resolveLinks(LINKS), progress));
          const timed = await timeCells(
            cells,
            updates,
            served,
            REPETITIONS,
            machine,
            progress,
            context.signal,
          );
          for (const [model, values] of timed) record(model, values);
          return rangeSentences(asked);
        });
      } else {
        progress.note(missing);
        log.append(
          models.map((model) => skip(dataset, model, ids[1]!, 'transfer.measured_ms', missing)),
        );
      }
      log.arrange(planOrder(['*', ...ids], ['*', ...models]));
      log.writeInfo({
        ...unfinished,
        environment: machine.environment(),
        finishedAt: new Date().toISOString(),
      });
    } finally {
      progress.end();
      log.close();
    }
    const { info, records } = await readRun(plan.directory);
    const lines = [...timeSentences(createView(info, records)), ...answers];
    const text = `# ${timeModel.title}\n\n${lines.map((line) => `- ${line}\n`).join('')}`;
    writeWhole(verdict, text);
    return text;
  },
};

/** True for a run that ended and had its servers. */
async function isMeasured(directory: string): Promise<boolean> {
  const { info, records } = await readRun(directory);
  return info.finishedAt !== undefined && records.every((record) => !('skipped' in record));
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
  const chunked = models.filter((model) => model.startsWith('catar|'));
  return [
    ...resolveLinks(LINKS).flatMap((one) => models.map((model) => ({ model, link: one }))),
    ...variants.flatMap((one) => chunked.map((model) => ({ model, link: one }))),
  ];
}

function linksOf(cells: readonly Cell[]): Parameters<RecordLog['writeInfo']>[0]['links'] {
  return [...new Set(cells.map(({ link }) => link))].map(({ name, ...link }) => ({
    id: name,
    ...link,
  }));
}

/** Packs both images, checks that they are restored, and keeps the second for the servers. */
async function packUpdate(
  id: string,
  images: readonly ImageDescriptor[],
  links: readonly Link[],
): Promise<{ readonly update: Update; readonly measurements: readonly Measurement[] }> {
  const model = await createModel(id);
  const account = new SeriesAccount(model, links);
  const [older, newer] = images.map(openLatest);
  const before = await measure(older!, model);
  const inventory = await measure(newer!, model);
  const measurements = [...account.add(before), ...account.add(inventory)];
  const held = new Holdings();
  held.pull(before);
  const transfer = model.transfer(inventory, held);
  const packed = await model.pack(newer!, inline);
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

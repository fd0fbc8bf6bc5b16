import { dirname } from 'node:path';
import {
  type ExplainOptions,
  type Explanation,
  explainSubject,
  readSubject,
} from './attribution/mod.ts';
import { openAhead } from './datasets/ahead.ts';
import { type Dataset, fetchImage, openDataset, pinDataset } from './datasets/mod.ts';
import type { FetchContext } from './datasets/provider.ts';
import { UsageError } from './errors.ts';
import { describePlan, type PlannedRun } from './estimate.ts';
import { plural } from './format.ts';
import { Cache } from './images/cache.ts';
import type { Image } from './images/image.ts';
import { LocalFiles } from './images/local-files.ts';
import { closeImage, openImage } from './images/open.ts';
import { openArtefact, packArtefact } from './models/artefact.ts';
import { createModel } from './models/mod.ts';
import type { Model } from './models/model.ts';
import type { Executor } from './objects/executor.ts';
import { takeInventory } from './packers/inventory.ts';
import { readManifest } from './packers/manifest.ts';
import * as pipeline from './pipeline.ts';
import { createPlan, outlineOf, type Plan, type PlanOptions, threadCount } from './plan.ts';
import { type Progress, shownPath, wholeProgress } from './progress.ts';
import { createPartialReports, writeReport } from './report/mod.ts';
import type { ResultRecord } from './results/record.ts';
import { isComplete } from './results/run-directory.ts';
import { treeToTar } from './serialisers/tar.ts';
import { pieces } from './streams/source.ts';
import { checkNewDirectory, checkNewFile } from './targets.ts';
import { writeTree } from './trees/write.ts';
import { withExecutor } from './workers/pooled.ts';
import { writeNew } from './write-whole.ts';

/** What the verbs of the command line do, as functions: words and output are left to them. */

/** What work uses beside what it is asked for. */
export interface Surroundings {
  /** Directory of the cache; default `ocibench` in the XDG cache directory. */
  readonly cache?: string | undefined;
  /** What blobs of the cache may take after each fetch, bytes, unless runs that go on need more; no bound where absent. */
  readonly cacheBytes?: number | undefined;
  /** URL of a Debian mirror; default `DEBIAN_MIRROR` of the environment, then what apt is configured with. */
  readonly mirror?: string | undefined;
  /** Folder whose files are looked at, by their digests, before the network. */
  readonly from?: string | undefined;
  /** Registries, `HOST` or `HOST:PORT`, that plain HTTP may be spoken with; loopback needs no leave. */
  readonly insecureRegistries?: readonly string[];
  /** Ends the work; what a run has measured is kept. */
  readonly signal?: AbortSignal;
  /** Told how far the work is and what is odd; nobody is where absent. */
  readonly progress?: Partial<Progress>;
}

/** What became of a run. */
export interface RunOutcome {
  /** Absolute path of the run directory. */
  readonly directory: string;
  /** Cells that failed; the same call tries them again. */
  readonly failures: number;
  /** Paths of the report, its charts and summaries. */
  readonly files: readonly string[];
}

/** What {@link pack} takes. */
export interface PackOptions {
  /** A directory, a tar, an OCI layout or an archive of `docker save`; `PATH#NAME` where it holds several images. */
  readonly input: string;
  /** A preset such as `catar`, or a chain. */
  readonly model: string;
  /** Path of a new directory: an OCI image layout, with a chunk store beside it where the model keeps one. */
  readonly out: string;
  /** `os/architecture[/variant]`, where the input is there for several. */
  readonly platform?: string | undefined;
  /** Threads; default one a processor. */
  readonly workers?: number;
}

/** What was packed. */
export interface PackedImage {
  /** Canonical id. */
  readonly model: string;
  /** `sha256:…` of the manifest. */
  readonly digest: string;
  /** Bytes before they were cut and compressed. */
  readonly streamBytes: number;
  /** Objects stored: chunks, files or layers, as the model has them. */
  readonly objects: number;
  /** Bytes of the objects as they are stored. */
  readonly storedBytes: number;
}

/** What {@link unpack} takes. */
export interface UnpackOptions {
  /** Path of a directory that {@link pack} wrote. */
  readonly input: string;
  /** Path of a new directory, or of a new tar where it ends in `.tar`: that loses nothing. */
  readonly out: string;
  /** Threads; default one a processor. */
  readonly workers?: number;
}

/** What was restored. */
export interface UnpackedImage {
  /** Canonical id. */
  readonly model: string;
  /** Files, directories and all others. */
  readonly entries: number;
  /** What could not be written into a directory. */
  readonly warnings: readonly string[];
}

/**
 * What {@link run} would measure with the same options; nothing is fetched.
 *
 * @throws UsageError, InputError or StorageError that says what is wrong with the options
 */
export async function plan(
  options: PlanOptions,
  surroundings: Surroundings = {},
): Promise<PlannedRun> {
  const made = await createPlan(options, undefined, wholeProgress(surroundings.progress).note);
  const isNamed = options.directory !== undefined;
  return describePlan(made, { cache: surroundings.cache, isNamed });
}

/**
 * Measures models on a dataset and writes records, charts and a report. A run that is there already goes on where it ended.
 *
 * @param report writes it, of the directory of a run, after images and at the end; returns the paths of what it wrote
 * @throws UsageError, InputError or StorageError before anything is measured; what fails later costs its own cells
 */
export async function run(
  options: PlanOptions,
  surroundings: Surroundings = {},
  report: (directory: string) => Promise<readonly string[]> = writeReport,
): Promise<RunOutcome> {
  const prepare = (dataset: Dataset): Promise<Dataset> => pin(dataset, surroundings);
  const made = await createPlan(options, prepare, wholeProgress(surroundings.progress).note);
  return runPlan(made, surroundings, report);
}

/** As {@link run}, of a plan that is made. @param report writes what is told of the run; returns the paths */
export async function runPlan(
  made: Plan,
  surroundings: Surroundings,
  report: (directory: string) => Promise<readonly string[]> = writeReport,
): Promise<RunOutcome> {
  const progress = wholeProgress(surroundings.progress);
  const { dataset, directory, images, models } = made;
  const size = `${plural(images.length, 'image')} × ${plural(models.length, 'model')}`;
  progress.note(`${dataset.id}: ${size} → ${shownPath(directory)}`);
  let failures = 0;
  if (await isComplete(await outlineOf(made))) {
    progress.note('this run is complete: re-rendering; --fresh measures anew');
  } else {
    const partly = createPartialReports(() => report(directory));
    const context = contextOf(dataset, surroundings);
    const told = { ...progress, reached: () => partly(), exact: () => partly(true) };
    failures = await pipeline.run(made, context, told);
  }
  return { directory, failures, files: await report(directory) };
}

/**
 * Packs one image as a model would store it.
 *
 * @throws UsageError where an option is wrong or `out` is there, InputError, VerificationError or StorageError
 */
export async function pack(
  { input, model: name, out, platform, workers }: PackOptions,
  surroundings: Surroundings = {},
): Promise<PackedImage> {
  checkNewDirectory(out);
  const model = await createModel(name);
  const progress = wholeProgress(surroundings.progress);
  const reading = { command: 'bench pack', isSingle: true, note: progress.note, platform };
  // Threads start while the input is read.
  return withExecutor(threadCount(workers), async (executor) => {
    const ahead = await openAhead(input, executor);
    try {
      const named = await openDataset([input], reading);
      if (named.images.length > 1) {
        throw new UsageError(
          `'${input}' holds ${plural(named.images.length, 'image')}`,
          {},
          'name one of them: pack takes one image',
        );
      }
      const dataset = await pin(named, surroundings);
      const context = contextOf(dataset, surroundings);
      const descriptor = await fetchImage(dataset, dataset.images[0]!.id, context);
      for (const text of descriptor.warnings ?? []) progress.note(`${descriptor.id}: ${text}`);
      return await packInto(out, openImage(descriptor, ahead), model, executor);
    } finally {
      ahead?.tar.close();
      progress.end();
    }
  });
}

async function packInto(
  out: string,
  image: Image,
  model: Model,
  executor: Executor,
): Promise<PackedImage> {
  try {
    const packed = await packArtefact(model, image, out, executor);
    const { digest, streamBytes, objects } = takeInventory(image.descriptor.id, model.id, packed);
    return {
      model: model.id,
      digest: `sha256:${digest}`,
      streamBytes,
      objects: objects.count,
      storedBytes: objects.stored.reduce((sum, bytes) => sum + bytes, 0),
    };
  } finally {
    closeImage(image);
  }
}

/**
 * Restores the tree that {@link pack} stored; every object is checked against its digest.
 *
 * @throws UsageError where `out` is there, InputError, VerificationError or StorageError
 */
export async function unpack({ input, out, workers }: UnpackOptions): Promise<UnpackedImage> {
  const isTar = out.endsWith('.tar');
  if (isTar) checkNewFile(out);
  else checkNewDirectory(out);
  const { manifest, store } = openArtefact(input);
  const model = await createModel(readManifest(manifest).model);
  return withExecutor(threadCount(workers), async (executor) => {
    const tree = await model.unpack(manifest, store, executor);
    if (isTar) writeNew(out, pieces(treeToTar(tree)));
    const warnings = isTar ? [] : writeTree(tree, out);
    return { model: model.id, entries: tree.entries.length, warnings };
  });
}

/**
 * Says for every byte that a client transfers, and that a registry keeps, to which path, package and layer it goes and why.
 * The sums are those of the records.
 *
 * @throws UsageError, InputError or StorageError where options or inputs are wrong, SkippedError for a model that cannot be
 * divided, VerificationError where a sum is not that of the record
 */
export async function explain(
  options: ExplainOptions,
  surroundings: Surroundings = {},
): Promise<Explanation> {
  const subject = await readSubject(options);
  const dataset = await pin(subject.dataset, surroundings);
  const context = contextOf(dataset, surroundings);
  try {
    const workers = threadCount(options.workers);
    if (subject.missing !== undefined && options.image === undefined) {
      const lack = `the run lacks ${subject.missing}, where sums over the series end`;
      surroundings.progress?.note?.(`${lack}: ${subject.images.at(-1)} is explained`);
    }
    const explained = await explainSubject({ ...subject, dataset }, options, workers, context);
    if (subject.models !== undefined && !isRecorded(subject.records, explained)) {
      surroundings.progress?.note?.('the run has no record that these sums could be held against');
    }
    return explained;
  } finally {
    surroundings.progress?.end?.();
  }
}

function isRecorded(
  records: readonly ResultRecord[],
  { image, model, client }: Explanation,
): boolean {
  return records.some(
    (one) =>
      'value' in one &&
      one.measure === 'transfer.bytes' &&
      one.image === image &&
      one.model === model &&
      one.client === client,
  );
}

/** Pins what is not pinned yet, as the first run of a dataset does. */
export async function pin(dataset: Dataset, surroundings: Surroundings): Promise<Dataset> {
  const pinned = await pinDataset(dataset, contextOf(dataset, surroundings));
  const more = pinned.pins.size - dataset.pins.size;
  if (more > 0)
    surroundings.progress?.note?.(`${dataset.id}: pinned ${plural(more, 'image')} in its lock`);
  return pinned;
}

/** What providers need. */
export function contextOf(dataset: Dataset, surroundings: Surroundings): FetchContext {
  const {
    cache,
    cacheBytes,
    mirror,
    from,
    insecureRegistries = [],
    signal,
    progress,
  } = surroundings;
  return {
    cache: new Cache(cache),
    ...(mirror === undefined ? {} : { mirror }),
    ...(from === undefined ? {} : { local: new LocalFiles(from) }),
    ...(cacheBytes === undefined ? {} : { cacheBytes }),
    ...(signal === undefined ? {} : { signal }),
    insecureRegistries,
    fetch: globalThis.fetch,
    baseDirectory: dirname(dataset.path),
    progress: (message, done, total) =>
      progress?.busy?.(total === undefined ? message : `${message} ${done}/${total}`),
  };
}

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { BenchError, locate, UsageError } from '../errors.ts';
import { nearest } from '../ids.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { inParallel } from '../images/parallel.ts';
import { keepWithin } from '../images/upkeep.ts';
import { listed } from '../listed.ts';
import { writeWhole } from '../write-whole.ts';
import {
  type AddOptions,
  distinct,
  extendManifest,
  newManifest,
  toDatasetId,
  toImageId,
  toImages,
} from './add.ts';
import { expandImages } from './expand.ts';
import { type InputOptions, isThere, readInputs } from './inputs.ts';
import { kindOfPath } from './kind.ts';
import {
  beginChange,
  changing,
  existingLock,
  extendLock,
  lockPath,
  readLock,
  writeLock,
} from './lock.ts';
import { type Manifest, type ManifestImage, parseManifest } from './manifest.ts';
import { parsePlace, sourceOf, splitName, titleOf } from './place.ts';
import type { FetchContext } from './provider.ts';
import { providerOf } from './providers.ts';
import { datasetNames, findManifestFile, manifestPath, readManifest } from './shipped.ts';

export { datasetNames, listDatasets } from './shipped.ts';

export interface Dataset extends Pick<Manifest, 'id' | 'title' | 'description' | 'images'> {
  readonly manifest: Manifest;
  /** `sha256:…` over the manifest and what its images are pinned to: another digest is other data. */
  readonly digest: string;
  /** Of the manifest file; of the image itself where there is none. */
  readonly path: string;
  /** What each image is pinned to, by image id. */
  readonly pins: ReadonlyMap<string, unknown>;
  /** What the lock holds, by ids of the manifest: of a series, all its images under one. */
  readonly locked: ReadonlyMap<string, unknown>;
  /** How it was named on the command line, where its id does not say so: paths, and the platform. */
  readonly named?: { readonly inputs: readonly string[]; readonly platform?: string };
  /** Why images could not be pinned or identified, by image id. */
  readonly failures?: ReadonlyMap<string, unknown>;
}

/** References asked for at once. */
const PARALLEL = 6;

/**
 * A shipped dataset by name, a manifest file, or an image on disk as a dataset of one.
 * @param platform of an image on disk that is there for several; manifests say their own
 */
export function loadDataset(name: string, platform?: string): Promise<Dataset> {
  return openDataset([name], { platform });
}

export interface OpenOptions extends Partial<Pick<InputOptions, 'note' | 'command' | 'isSingle'>> {
  /** Of images on disk that are there for several; manifests say their own. */
  readonly platform?: string | undefined;
}

/**
 * What words name: a shipped dataset, a manifest file, an image on disk, or several as a series in that order. Throws a
 * UsageError, InputError or StorageError before anything is fetched.
 */
export async function openDataset(
  words: readonly string[],
  { platform, ...options }: OpenOptions = {},
): Promise<Dataset> {
  const [only = ''] = words;
  // A name; what looks like a path is told as one.
  const isName = words.length === 1 && !/[./#]/.test(only);
  if (isName && findManifestFile(only) === undefined && !isThere(only)) {
    const suggestion = nearest(only, datasetNames());
    throw new UsageError(
      `unknown dataset '${only}'`,
      {},
      suggestion
        ? `did you mean '${suggestion}'?`
        : `known: ${listed(datasetNames())}; or give a manifest, a tar, or a directory`,
    );
  }
  const inputs = await readInputs(words, {
    note() {},
    command: 'bench run',
    ...options,
    manifestOf: findManifestFile,
  });
  const named = { inputs: words, ...(platform !== undefined && { platform }) };
  if ('images' in inputs) {
    return { ...(await adHocDataset(inputs.images, platform, inputs.name)), named };
  }
  if (platform === undefined) {
    const dataset = await openManifest(inputs.manifest);
    return dataset.id === only ? dataset : { ...dataset, named };
  }
  throw new UsageError(
    `dataset ${only} says itself for which platform its images are`,
    {},
    'leave out --platform, or write another dataset with `bench dataset add NAME REF… --platform`',
  );
}

/** Images on disk (see place.ts for how they are named) as a dataset, in this order. */
export async function adHocDataset(
  words: string | readonly string[],
  platform?: string,
  name?: string,
): Promise<Dataset> {
  const places = await Promise.all(
    [words].flat().map(async (word) => {
      const { path, reference, kind } = parsePlace(word) ?? splitName(word);
      return { path: resolve(path), reference, kind: kind ?? (await kindOfPath(path)) };
    }),
  );
  const ids = distinct(
    places.map((place) => toImageId(titleOf(place))),
    (id, number) => `${id}-${number}`,
  );
  const titles = distinct(places.map(titleOf), (title, number) => `${title} (${number})`);
  const images = places.map((place, index) => {
    const source = sourceOf(place, platform);
    if (source.type === 'rootfs' && platform !== undefined) {
      throw new UsageError(
        `${place.path} is a root file system, and for no platform`,
        {},
        'leave out --platform: it chooses from a layout or an archive',
      );
    }
    return { id: ids[index]!, title: titles[index]!, source };
  });
  const manifest = newManifest(toDatasetId(name ?? titles[0]!), images);
  return makeDataset(manifest, places[0]!.path, new Map());
}

/** The image in the cache, verified. Throws typed errors that name the image. */
export async function fetchImage(
  dataset: Dataset,
  id: string,
  context: FetchContext,
): Promise<ImageDescriptor> {
  const image = dataset.images.find((candidate) => candidate.id === id);
  if (!image) throw new UsageError(`dataset ${dataset.id} has no image '${id}'`);
  const fetched = await fetchFrom(dataset, image, context).catch((error: unknown) => {
    throw locate(error, { image: id });
  });
  if (context.cacheBytes !== undefined) keepWithin(context.cache, context.cacheBytes);
  return fetched;
}

async function fetchFrom(
  { failures, pins }: Dataset,
  image: ManifestImage,
  context: FetchContext,
): Promise<ImageDescriptor> {
  const { id, source } = image;
  if (failures?.has(id)) throw failures.get(id);
  return providerOf(image).fetch(source as never, image, pins.get(id), context);
}

/** Images that are still to be pinned: what moves is known of them only then, and so is the digest of the dataset. */
export function unpinnedImages({ images, pins }: Dataset): readonly ManifestImage[] {
  return images.filter((image) => providerOf(image).pin && !pins.has(image.id));
}

/**
 * The dataset with every image pinned that can be; what is new is written into the lock beside the manifest. An image that
 * cannot be pinned now fails when it is fetched, with the reason.
 */
export async function pinDataset(dataset: Dataset, context: FetchContext): Promise<Dataset> {
  const { manifest, path } = dataset;
  const pins = new Map(dataset.locked);
  const failures = new Map<string, unknown>();
  const waiting = unpinnedImages(dataset);
  if (waiting.length === 0) return dataset;
  let done = 0;
  await inParallel(waiting, PARALLEL, context.signal, async (image, signal) => {
    try {
      pins.set(image.id, await pinImage(image, { ...context, signal }));
      context.progress('pinning', ++done, waiting.length);
    } catch (error) {
      signal.throwIfAborted();
      failures.set(image.id, error);
    }
  });
  const known = pins.size > dataset.locked.size ? extendLock(lockPath(path), manifest, pins) : pins;
  const made = await makeDataset(manifest, path, known);
  const all = new Map([...(made.failures ?? []), ...failures]);
  return { ...made, ...(dataset.named && { named: dataset.named }), failures: all };
}

/** Pins all images anew and writes the lock beside the manifest. Returns its path. */
export async function relock(dataset: Dataset, context: FetchContext): Promise<string> {
  const pins = new Map<string, unknown>();
  for (const image of dataset.manifest.images) {
    if (providerOf(image).pin) pins.set(image.id, await pinImage(image, context));
  }
  if (pins.size === 0) {
    throw new UsageError(
      `nothing in dataset ${dataset.id} can be pinned`,
      {},
      'its images are files on disk',
    );
  }
  const path = lockPath(dataset.path);
  changing(path, () => writeLock(path, dataset.manifest, pins));
  return path;
}

/** Writes images into a manifest, which is begun where there is none. Throws an UsageError for an illegal name. */
export async function addImages(
  name: string,
  words: readonly string[],
  options: AddOptions = {},
): Promise<{ readonly dataset: Dataset; readonly added: readonly ManifestImage[] }> {
  const path = manifestPath(name);
  const lock = beginChange(path);
  try {
    const added = await extend(path, words, options);
    return { dataset: await openManifest(path), added };
  } finally {
    lock.release();
  }
}

async function extend(
  path: string,
  words: readonly string[],
  options: AddOptions,
): Promise<readonly ManifestImage[]> {
  const old = existsSync(path) ? readManifest(path) : undefined;
  const taken = old?.images.map(({ id }) => id) ?? [];
  const added = await toImages(words, options, dirname(path), taken);
  const manifest = old
    ? extendManifest(old, added)
    : newManifest(basename(path, '.json').toLowerCase(), added);
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
  // What is written must be readable: an illegal name or platform is found here.
  parseManifest(text, path);
  writeWhole(path, text);
  return added;
}

async function openManifest(path: string): Promise<Dataset> {
  const manifest = readManifest(path);
  return makeDataset(manifest, path, readLock(existingLock(path), manifest));
}

async function makeDataset(
  manifest: Manifest,
  path: string,
  locked: ReadonlyMap<string, unknown>,
): Promise<Dataset> {
  const { images, pins } = expandImages(manifest, locked);
  const hash = createHash('sha256');
  const failures = new Map<string, unknown>();
  for (const image of images) {
    const provider = providerOf(image);
    const own = pins.get(image.id);
    let identity = 'unreadable';
    try {
      identity = await provider.identity(image.source as never, dirname(path), own);
    } catch (error) {
      // One bad image costs its own cells; a dataset of nothing else is none.
      if (!(error instanceof BenchError)) throw error;
      failures.set(image.id, error);
      if (failures.size === images.length) throw failures.values().next().value;
    }
    // A declared kind decides what figures are averaged: another one is other data.
    const { step = [] } = image;
    hash.update(`${JSON.stringify([image.id, identity].concat(step))}\n`);
  }
  const { id, title, description } = manifest;
  const digest = `sha256:${hash.digest('hex')}`;
  return { id, title, description, images, manifest, digest, path, pins, locked, failures };
}

async function pinImage(image: ManifestImage, context: FetchContext): Promise<unknown> {
  try {
    return await providerOf(image).pin!(image.source as never, image, context);
  } catch (error) {
    throw locate(error, { image: image.id });
  }
}

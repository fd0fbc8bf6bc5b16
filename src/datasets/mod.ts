import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { locate, UsageError } from '../errors.ts';
import { nearest } from '../ids.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { inParallel } from '../images/parallel.ts';
import { keepWithin } from '../images/upkeep.ts';
import { listed } from '../listed.ts';
import { projectDirectory } from '../project.ts';
import { writeWhole } from '../write-whole.ts';
import {
  distinct,
  extendManifest,
  newManifest,
  sourceOfPath,
  toDatasetId,
  toImageId,
  toImages,
} from './add.ts';
import { type InputOptions, isThere, readInputs } from './inputs.ts';
import { lockPath, readLock, readText, writeLock } from './lock.ts';
import { type Manifest, type ManifestImage, parseManifest } from './manifest.ts';
import type { FetchContext } from './provider.ts';
import { providerOf } from './providers.ts';

export interface Dataset extends Pick<Manifest, 'id' | 'title' | 'description' | 'images'> {
  readonly manifest: Manifest;
  /** `sha256:…` over the manifest and what its images are pinned to: another digest is other data. */
  readonly digest: string;
  /** Of the manifest file; of the image itself where there is none. */
  readonly path: string;
  /** What each image is pinned to, by image id. */
  readonly pins: ReadonlyMap<string, unknown>;
  /** Why images could not be pinned, by image id. */
  readonly failures?: ReadonlyMap<string, unknown>;
}

/** References asked for at once. */
const PARALLEL = 6;

const shippedDirectory = join(projectDirectory, 'datasets');

/** The shipped manifests. */
export async function listDatasets(): Promise<readonly Manifest[]> {
  return datasetNames().map((name) => readManifest(join(shippedDirectory, `${name}.json`)));
}

/** A shipped dataset by name, a manifest file, or images on disk as a dataset. */
export function loadDataset(name: string): Promise<Dataset> {
  return openDataset([name]);
}

/**
 * What words name: a shipped dataset, a manifest file, an image on disk, or several as a series in that order. Throws a
 * UsageError, InputError or StorageError before anything is fetched.
 */
export async function openDataset(
  words: readonly string[],
  options: Partial<Pick<InputOptions, 'note' | 'command' | 'isSingle'>> = {},
): Promise<Dataset> {
  const [only = ''] = words;
  // A name; what looks like a path is told as one.
  const isName = words.length === 1 && !/[./#]/.test(only);
  if (isName && shippedManifest(only) === undefined && !isThere(only)) {
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
    manifestOf: shippedManifest,
  });
  if ('manifest' in inputs) return openManifest(inputs.manifest);
  return adHocDataset(inputs.images, inputs.name);
}

/** Directories, tars, layouts or archives of one image each as a dataset, in this order. */
export async function adHocDataset(
  paths: string | readonly string[],
  name?: string,
): Promise<Dataset> {
  const places = [paths].flat().map((path) => resolve(path));
  const first = places[0] ?? '';
  const titles = places.map((place) => basename(place) || 'root');
  const ids = distinct(titles.map(toImageId), (id, number) => `${id}-${number}`);
  const images = distinct(titles, (title, number) => `${title} (${number})`).map(
    (title, index) => ({ id: ids[index]!, title, source: sourceOfPath(places[index]!) }),
  );
  return makeDataset(newManifest(toDatasetId(name ?? titles[0] ?? ''), images), first, new Map());
}

/** The image in the cache, verified. Throws typed errors that name the image. */
export async function fetchImage(
  dataset: Dataset,
  id: string,
  context: FetchContext,
): Promise<ImageDescriptor> {
  const image = dataset.images.find((candidate) => candidate.id === id);
  if (!image) throw new UsageError(`dataset ${dataset.id} has no image '${id}'`);
  if (dataset.failures?.has(id)) throw dataset.failures.get(id);
  const pins = dataset.pins.get(id);
  const fetched = await providerOf(image).fetch(image.source as never, image, pins, context);
  if (context.cacheBytes !== undefined) keepWithin(context.cache, context.cacheBytes);
  return fetched;
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
  const pins = new Map(dataset.pins);
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
  if (pins.size > dataset.pins.size) writeLock(lockPath(path), manifest, pins);
  return { ...(await makeDataset(manifest, path, pins)), failures };
}

/** Pins all images anew and writes the lock beside the manifest. Returns its path. */
export async function relock(dataset: Dataset, context: FetchContext): Promise<string> {
  const pins = new Map<string, unknown>();
  for (const image of dataset.images) {
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
  writeLock(path, dataset.manifest, pins);
  return path;
}

/** What a dataset is, for people. */
export function describeDataset({ id, title, description, manifest, digest }: Dataset): string {
  const published = (manifest.published ?? []).map(
    ({ what, value, source }) => `Published: ${what}: ${value} (${source})`,
  );
  const lines = [
    `${id} ${manifest.version}: ${title}`,
    digest,
    '',
    description,
    `Why: ${manifest.why}`,
    `Licence: manifest ${manifest.license.manifest}, content ${manifest.license.content}`,
    ...(manifest.expectedSize ? [`Expected size: ${manifest.expectedSize}`] : []),
    ...published,
    `Cite: ${manifest.citeAs}`,
    '',
  ];
  return `${lines.join('\n')}\n`;
}

/** One image of a dataset and what it is pinned to, for people. */
export function describeImage(dataset: Dataset, image: ManifestImage): string {
  const pins = dataset.pins.get(image.id);
  const { pin, describePins } = providerOf(image);
  const state = pins === undefined ? pin && 'not pinned yet' : describePins?.(pins);
  return `${image.id}  ${image.title} (${image.source.type})${state ? `: ${state}` : ''}`;
}

/** Where a dataset of that name lies or would lie: the project's own, or a manifest file by its path. */
export function manifestPath(name: string): string {
  return name.endsWith('.json') ? resolve(name) : join(shippedDirectory, `${name}.json`);
}

/** Writes images into a manifest, which is begun where there is none. Throws an UsageError for an illegal name. */
export async function addImages(
  name: string,
  words: readonly string[],
  platform: string,
): Promise<Dataset> {
  const path = manifestPath(name);
  const old = existsSync(path) ? readManifest(path) : undefined;
  const taken = old?.images.map(({ id }) => id) ?? [];
  const images = toImages(words, platform, dirname(path), taken);
  const manifest = old
    ? extendManifest(old, images)
    : newManifest(basename(path, '.json').toLowerCase(), images);
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
  // What is written must be readable: an illegal name or platform is found here.
  parseManifest(text, path);
  writeWhole(path, text);
  return openManifest(path);
}

async function openManifest(path: string): Promise<Dataset> {
  const manifest = readManifest(path);
  return makeDataset(manifest, path, readLock(lockPath(path), manifest));
}

async function makeDataset(
  manifest: Manifest,
  path: string,
  pins: ReadonlyMap<string, unknown>,
): Promise<Dataset> {
  const hash = createHash('sha256');
  for (const image of manifest.images) {
    const provider = providerOf(image);
    const own = pins.get(image.id);
    const identity = await provider.identity(image.source as never, dirname(path), own);
    hash.update(`${JSON.stringify([image.id, identity])}\n`);
  }
  const { id, title, description, images } = manifest;
  const digest = `sha256:${hash.digest('hex')}`;
  return { id, title, description, images, manifest, digest, path, pins };
}

async function pinImage(image: ManifestImage, context: FetchContext): Promise<unknown> {
  try {
    return await providerOf(image).pin!(image.source as never, image, context);
  } catch (error) {
    throw locate(error, { image: image.id });
  }
}

function shippedManifest(name: string): string | undefined {
  return datasetNames().includes(name) ? join(shippedDirectory, `${name}.json`) : undefined;
}

/** Names of the shipped datasets. */
export function datasetNames(): readonly string[] {
  return readdirSync(shippedDirectory)
    .filter(
      (name) => name.endsWith('.json') && !name.endsWith('.lock.json') && name !== 'schema.json',
    )
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
}

function readManifest(path: string): Manifest {
  return parseManifest(readText(path), path);
}

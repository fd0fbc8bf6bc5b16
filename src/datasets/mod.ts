import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { InputError, storageError, UsageError } from '../errors.ts';
import { nearest } from '../ids.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { projectDirectory } from '../results/environment.ts';
import { writeWhole } from '../results/log.ts';
import { parseChecked } from './json.ts';
import { type Manifest, type ManifestImage, parseManifest } from './manifest.ts';
import type { FetchContext } from './provider.ts';
import { type AnyProvider, providers } from './providers.ts';

export interface Dataset extends Pick<Manifest, 'id' | 'title' | 'description' | 'images'> {
  readonly manifest: Manifest;
  /** `sha256:…` over the manifest and what its images are pinned to: another digest is other data. */
  readonly digest: string;
  /** Of the manifest file; of the image itself where there is none. */
  readonly path: string;
  /** What each image is pinned to, by image id. */
  readonly pins: ReadonlyMap<string, unknown>;
}

const lockSchema = z.strictObject({
  schemaVersion: z.literal(1),
  images: z.record(z.string(), z.unknown()),
});

const shippedDirectory = join(projectDirectory, 'datasets');

/** The shipped manifests. */
export async function listDatasets(): Promise<readonly Manifest[]> {
  return shippedNames().map((name) => readManifest(join(shippedDirectory, `${name}.json`)));
}

/** A shipped dataset by name, a manifest file, or an image on disk as a dataset of one. */
export async function loadDataset(name: string): Promise<Dataset> {
  if (shippedNames().includes(name)) return openManifest(join(shippedDirectory, `${name}.json`));
  if (name.endsWith('.json') && existsSync(name)) return openManifest(resolve(name));
  if (existsSync(name)) return adHocDataset(name);
  const suggestion = nearest(name, shippedNames());
  throw new UsageError(
    `unknown dataset '${name}'`,
    {},
    suggestion
      ? `did you mean '${suggestion}'?`
      : `known: ${shippedNames().join(', ')}; or give a manifest, a tar, or a directory`,
  );
}

/** A directory, tar or OCI layout as a dataset of one image. */
export async function adHocDataset(path: string): Promise<Dataset> {
  const place = resolve(path);
  let isLayout = false;
  try {
    isLayout = statSync(place).isDirectory() && existsSync(join(place, 'oci-layout'));
  } catch (error) {
    throw storageError(error, path);
  }
  const id =
    basename(place)
      .replace(/[^A-Za-z0-9._-]/g, '_')
      .replace(/^[^A-Za-z0-9]+/, '') || 'image';
  const source = isLayout
    ? { type: 'oci-layout', path: place, platform: 'linux/amd64' }
    : { type: 'rootfs', path: place };
  const manifest: Manifest = {
    schemaVersion: 1,
    id: id.toLowerCase().replaceAll('_', '-'),
    version: '0.0.0',
    title: id,
    description: 'One image from disk.',
    why: 'Named on the command line.',
    license: { manifest: 'CC0-1.0', content: 'unknown' },
    citeAs: id,
    images: [{ id, title: id, source }],
  };
  return makeDataset(manifest, place, new Map());
}

/** The image in the cache, verified. Throws typed errors that name the image. */
export async function fetchImage(
  dataset: Dataset,
  id: string,
  context: FetchContext,
): Promise<ImageDescriptor> {
  const image = dataset.images.find((candidate) => candidate.id === id);
  if (!image) throw new UsageError(`dataset ${dataset.id} has no image '${id}'`);
  return providerOf(image).fetch(image.source as never, image, dataset.pins.get(id), context);
}

/** Pins all images anew and writes the lock beside the manifest. Returns its path. */
export async function relock(dataset: Dataset, context: FetchContext): Promise<string> {
  const pins: Record<string, unknown> = {};
  for (const image of dataset.images) {
    const provider = providerOf(image);
    if (provider.pin) pins[image.id] = await provider.pin(image.source as never, image, context);
  }
  if (Object.keys(pins).length === 0) {
    throw new UsageError(
      `nothing in dataset ${dataset.id} can be pinned`,
      {},
      'its images are files on disk',
    );
  }
  const path = lockPath(dataset.path);
  writeWhole(path, `${JSON.stringify({ schemaVersion: 1, images: pins }, undefined, 1)}\n`);
  return path;
}

/** What a dataset is, for people. */
export async function describeDataset(dataset: Dataset): Promise<string> {
  const { id, title, description, manifest, digest } = dataset;
  const images = dataset.images.map((image) => {
    const pins = dataset.pins.get(image.id);
    const { pin, describePins } = providerOf(image);
    const state = pins === undefined ? pin && 'not pinned yet' : describePins?.(pins);
    return `  ${image.id}  ${image.title} (${image.source.type})${state ? `: ${state}` : ''}`;
  });
  const lines = [
    `${id} ${manifest.version}: ${title}`,
    digest,
    '',
    description,
    `Why: ${manifest.why}`,
    `Licence: manifest ${manifest.license.manifest}, content ${manifest.license.content}`,
    `Cite: ${manifest.citeAs}`,
    '',
    ...images,
  ];
  return `${lines.join('\n')}\n`;
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

function providerOf({ source }: ManifestImage): AnyProvider {
  const provider = providers.find(({ type }) => type === source.type);
  if (provider) return provider;
  throw new InputError(`no provider for images of type '${source.type}'`);
}

function shippedNames(): readonly string[] {
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

function lockPath(manifest: string): string {
  return manifest.replace(/\.json$/, '.lock.json');
}

/** What the lock says of images that are no longer in the manifest is of no account. */
function readLock(path: string, manifest: Manifest): ReadonlyMap<string, unknown> {
  if (!existsSync(path)) return new Map();
  const remedy = 'remove it and write it anew with `bench dataset relock`';
  const { value, fault } = parseChecked(readText(path), path, lockSchema, remedy);
  const locked = new Map(Object.entries(value.images));
  const pins = new Map<string, unknown>();
  for (const image of manifest.images) {
    if (!locked.has(image.id)) continue;
    const { pinsSchema = z.unknown() } = providerOf(image);
    const result = pinsSchema.safeParse(locked.get(image.id));
    if (!result.success) {
      const issue = result.error.issues[0]!;
      throw fault(['images', image.id, ...issue.path], issue.message);
    }
    pins.set(image.id, result.data);
  }
  return pins;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw storageError(error, path);
  }
}

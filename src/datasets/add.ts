import { existsSync, statSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { detectCompression } from '../codecs/read.ts';
import { InputError, storageError, UsageError } from '../errors.ts';
import { openFiles } from '../images/files.ts';
import { parseReference, printReference } from '../images/registry/reference.ts';
import { FileSource, readRange } from '../streams/source.ts';
import { type DockerArchiveSource, isDockerArchive } from './docker-archive.ts';
import type { Manifest, ManifestImage } from './manifest.ts';
import type { OciLayoutSource } from './oci-layout.ts';
import { DEFAULT_PLATFORM } from './platform.ts';
import type { RegistrySource } from './registry.ts';
import type { RootfsSource } from './rootfs.ts';

/** Words of the command line → images of a manifest. */

type Source = RootfsSource | OciLayoutSource | DockerArchiveSource | RegistrySource;

/** A manifest whose words are still to be written. */
export function newManifest(id: string, images: readonly ManifestImage[]): Manifest {
  return {
    schemaVersion: 1,
    id,
    version: '0.0.0',
    title: id,
    description: images.length === 1 ? 'One image from disk.' : `${images.length} images.`,
    why: 'Named on the command line.',
    license: { manifest: 'CC0-1.0', content: 'unknown' },
    citeAs: id,
    images,
  };
}

/** The manifest with more images. They are added, so the version is a minor one further. */
export function extendManifest(manifest: Manifest, images: readonly ManifestImage[]): Manifest {
  const [major = '0', minor = '0'] = manifest.version.split('.');
  return {
    ...manifest,
    version: `${major}.${Number(minor) + 1}.0`,
    images: [...manifest.images, ...images],
  };
}

/**
 * Images of references, each under an id that none of `taken` has; paths as a manifest in `directory` names them. A word is a path where it starts with `.` or `/` or
 * ends as a tar does; `oci:PATH[:REFERENCE]` and `docker-archive:PATH[:REFERENCE]`
 * choose one of several images there, as skopeo writes them; anything else is a registry's.
 */
export function toImages(
  words: readonly string[],
  platform: string,
  directory: string,
  taken: readonly string[],
): readonly ManifestImage[] {
  const ids = new Set(taken);
  return words.map((word) => {
    const { source, title, name } = readWord(word, platform, directory);
    const id = uniqueId(toImageId(name), ids);
    ids.add(id);
    return { id, title, source };
  });
}

/** What lies there, by its content: layout, archive of docker save, root file system. */
export function sourceOfPath(path: string, platform: string = DEFAULT_PLATFORM): Source {
  if (!mayHoldFiles(path)) return { type: 'rootfs', path };
  let files: ReturnType<typeof openFiles>;
  try {
    files = openFiles(path);
  } catch (error) {
    // What cannot be read is told when it is fetched.
    if (error instanceof InputError) return { type: 'rootfs', path };
    throw error;
  }
  try {
    if (isDockerArchive(files)) return { type: 'docker-archive', path };
    if (files.has('oci-layout')) return { type: 'oci-layout', path, platform };
    return { type: 'rootfs', path };
  } finally {
    files.close();
  }
}

export function toImageId(name: string): string {
  const id = name.replace(/[^A-Za-z0-9._-]+/g, '_').replace(/^[^A-Za-z0-9]+/, '');
  return id.slice(0, 90) || 'image';
}

/** An id of a manifest, of any name. */
export function toDatasetId(name: string): string {
  const id = name
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '');
  return id.slice(0, 64) || 'images';
}

/** The same names, those that were there before with a number from 2. */
export function distinct(
  names: readonly string[],
  numbered: (name: string, number: number) => string,
): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let candidate = name;
    for (let number = 2; taken.has(candidate); number++) candidate = numbered(name, number);
    taken.add(candidate);
    return candidate;
  });
}

interface Word {
  readonly source: Source;
  readonly title: string;
  readonly name: string;
}

function readWord(word: string, platform: string, directory: string): Word {
  const transport = /^(oci|oci-archive|docker-archive):([^:]+)(?::(.+))?$/.exec(word);
  if (transport) {
    const [, kind, place = '', reference] = transport;
    const chosen = { path: pathFrom(directory, place), ...(reference && { reference }) };
    const source: Source =
      kind === 'docker-archive'
        ? { type: kind, ...chosen }
        : { type: 'oci-layout', ...chosen, platform };
    return { source, title: word, name: reference ?? basename(place) };
  }
  if (/^[./]/.test(word) || /\.(tar|tgz|tar\.\w+)$/.test(word)) {
    const path = pathFrom(directory, word);
    const source = { ...sourceOfPath(word, platform), path };
    return { source, title: word, name: basename(resolve(word)) };
  }
  const text = word.replace(/^docker:\/\//, '');
  const reference = parseReference(text);
  const { repository, tag, digest } = reference;
  return {
    source: { type: 'registry', reference: printReference(reference), platform },
    title: text,
    name: `${basename(repository)}-${tag ?? digest!.slice('sha256:'.length, 19)}`,
  };
}

/** As a manifest in a directory names it. Throws a UsageError where nothing is there. */
function pathFrom(directory: string, path: string): string {
  if (!existsSync(path)) {
    throw new UsageError(`nothing is at '${path}'`, {}, 'check the path, or name a reference');
  }
  const inside = relative(directory, resolve(path));
  return inside === '' || inside.startsWith('..') ? resolve(path) : inside;
}

function uniqueId(id: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? id : `${id}-${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}

function mayHoldFiles(path: string): boolean {
  try {
    if (statSync(path).isDirectory()) return existsSync(join(path, 'oci-layout'));
  } catch (error) {
    throw storageError(error, path);
  }
  const file = new FileSource(path);
  try {
    const first = readRange(file, 0, Math.min(8, file.length));
    return file.length > 0 && detectCompression(first) === 'none';
  } finally {
    file.close();
  }
}

import { existsSync, statSync } from 'node:fs';
import { basename, relative, resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import { machinePlatform } from '../images/platform.ts';
import { parseReference, printReference } from '../images/registry/reference.ts';
import { kindOfPath } from './kind.ts';
import type { Manifest, ManifestImage } from './manifest.ts';
import type { Source } from './place.ts';
import { parsePlace, platformAt, referencesAt, sourceOf, titleOf } from './place.ts';
import { checkTarFile } from './tar-file.ts';

/** Words of the command line → images of a manifest. */

/** A manifest whose words are still to be written. */
export function newManifest(id: string, images: readonly ManifestImage[]): Manifest {
  return {
    schemaVersion: 1,
    id,
    version: '0.0.0',
    title: id,
    description: describe(images),
    why: 'Named on the command line.',
    license: { manifest: 'CC0-1.0', content: 'unknown' },
    citeAs: id,
    images,
  };
}

function describe(images: readonly ManifestImage[]): string {
  if (images.length !== 1) return `${images.length} images.`;
  return images[0]!.source.type === 'registry' ? 'One image.' : 'One image from disk.';
}

/** What {@link describe} gives: somebody else's words stay. */
const OWN_WORDS = /^(One image\.|One image from disk\.|\d+ images\.)$/;

/** The manifest with more images. They are added, so the version is a minor one further. */
export function extendManifest(manifest: Manifest, images: readonly ManifestImage[]): Manifest {
  const [major = '0', minor = '0'] = manifest.version.split('.');
  const all = [...manifest.images, ...images];
  return {
    ...manifest,
    version: `${major}.${Number(minor) + 1}.0`,
    description: OWN_WORDS.test(manifest.description) ? describe(all) : manifest.description,
    images: all,
  };
}

export interface AddOptions {
  /** `os/architecture[/variant]`; this machine's where it is left out and there is a choice. */
  readonly platform?: string | undefined;
  /** Every image of a layout or an archive, where a word names none. */
  readonly isAll?: boolean;
}

/**
 * Images of references, each under an id that none of `taken` has; paths as a manifest in `directory` names them. See
 * place.ts for what a reference is.
 */
export async function toImages(
  words: readonly string[],
  options: AddOptions,
  directory: string,
  taken: readonly string[],
): Promise<readonly ManifestImage[]> {
  const ids = new Set(taken);
  const images: ManifestImage[] = [];
  for (const word of words) {
    for (const { source, title, name } of await readWord(word, options, directory)) {
      const id = uniqueId(toImageId(name), ids);
      ids.add(id);
      images.push({ id, title, source });
    }
  }
  return images;
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

interface Added {
  readonly source: Source;
  readonly title: string;
  readonly name: string;
}

async function readWord(
  word: string,
  { platform, isAll = false }: AddOptions,
  directory: string,
): Promise<readonly Added[]> {
  const place = parsePlace(word);
  if (!place) return [ofRegistry(word, platform ?? machinePlatform())];
  const { path } = place;
  if (!existsSync(path)) {
    throw new UsageError(`nothing is at '${path}'`, {}, 'check the path, or name a reference');
  }
  // Whatever is in a file, it is a tar: what `run` refuses is not written into a manifest.
  if (!statSync(path).isDirectory()) await checkTarFile(path);
  const kind = place.kind ?? (await kindOfPath(path));
  const references =
    isAll && place.reference === undefined ? await referencesAt(path, kind) : [place.reference];
  const added: Added[] = [];
  for (const reference of references) {
    const one = { ...place, kind, reference };
    const chosen = await platformAt(one, platform);
    const source = { ...sourceOf(one, chosen), path: pathFrom(directory, path) };
    added.push({ source, title: titleOf(one), name: reference ?? basename(resolve(path)) });
  }
  return added;
}

function ofRegistry(word: string, platform: string): Added {
  const text = word.replace(/^docker:\/\//, '');
  const reference = parseReference(text);
  const { repository, tag, digest } = reference;
  return {
    source: { type: 'registry', reference: printReference(reference), platform },
    title: text,
    name: `${basename(repository)}-${tag ?? digest!.slice('sha256:'.length, 19)}`,
  };
}

/** As a manifest in a directory names it. */
function pathFrom(directory: string, path: string): string {
  const inside = relative(directory, resolve(path));
  return inside === '' || inside.startsWith('..') ? resolve(path) : inside;
}

function uniqueId(id: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? id : `${id}-${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}

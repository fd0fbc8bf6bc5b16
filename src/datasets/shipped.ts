import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import { projectDirectory } from '../project.ts';
import { readText } from './lock.ts';
import { type Manifest, parseManifest } from './manifest.ts';

const shippedDirectory = join(projectDirectory, 'datasets');

/** The shipped manifests. */
export async function listDatasets(): Promise<readonly Manifest[]> {
  return datasetNames().map((name) => readManifest(join(shippedDirectory, `${name}.json`)));
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

/** The shipped ones come first; a name alone may also mean what `dataset add` wrote in the current directory. */
export function findManifestFile(name: string): string | undefined {
  if (datasetNames().includes(name)) return join(shippedDirectory, `${name}.json`);
  const isAlone = /^[^/#:]+$/.test(name) && !existsSync(name);
  return isAlone && existsSync(`${name}.json`) ? resolve(`${name}.json`) : undefined;
}

/** Where a dataset of that name is written: a manifest file by its path, a name alone in the current directory. */
export function manifestPath(name: string): string {
  if (!datasetNames().includes(name))
    return resolve(name.endsWith('.json') ? name : `${name}.json`);
  throw new UsageError(
    `${name} is a dataset of ocibench`,
    {},
    'give another name, or the path of a manifest of yours',
  );
}

export function readManifest(path: string): Manifest {
  return parseManifest(readText(path), path);
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDataset } from '../datasets/mod.ts';
import type { FetchContext } from '../datasets/provider.ts';
import { Cache } from '../images/cache.ts';
import { resolveLinks } from '../links/mod.ts';
import { resolveModels } from '../models/mod.ts';
import type { Plan } from '../plan.ts';
import type { Progress } from '../progress.ts';
import { treeToTar } from '../serialisers/tar.ts';
import { readAll } from '../streams/source.ts';
import type { Tree } from '../trees/tree.ts';

/** A whole run on a few small trees, in a directory of the test's. */

/** Writes `tiny.json` and an archive `v0.tar`, `v1.tar`, … for each image. */
export function writeDataset(directory: string, trees: readonly Tree[]): void {
  const images = trees.map((tree, index) => {
    writeFileSync(join(directory, `v${index}.tar`), readAll(treeToTar(tree)));
    return {
      id: `v${index}`,
      title: `version ${index}`,
      source: { type: 'rootfs', path: `v${index}.tar` },
    };
  });
  const manifest = {
    schemaVersion: 1,
    id: 'tiny',
    version: '1.0.0',
    title: 'Tiny',
    description: 'A few small images.',
    why: 'For this test.',
    license: { manifest: 'CC0-1.0', content: 'CC0-1.0' },
    citeAs: 'none',
    images,
  };
  writeFileSync(join(directory, 'tiny.json'), JSON.stringify(manifest));
}

/** The exact records of all images of that dataset; nothing is timed. */
export async function planRun(
  directory: string,
  models: readonly string[],
  more: Partial<Plan> = {},
): Promise<Plan> {
  const dataset = await loadDataset(join(directory, 'tiny.json'));
  return {
    dataset,
    images: dataset.images.map((image) => image.id),
    models: resolveModels(models),
    swept: [],
    fresh: false,
    extend: false,
    links: resolveLinks(['dsl-20ms']),
    workers: 1,
    timed: [],
    reproduced: [],
    rounds: { least: 0, most: 0 },
    directory: join(directory, 'out'),
    ...more,
  };
}

export function contextOf(directory: string, more: Partial<FetchContext> = {}): FetchContext {
  return {
    cache: new Cache(join(directory, 'cache')),
    fetch: () => Promise.reject(new Error('no network in this test')),
    baseDirectory: directory,
    progress() {},
    ...more,
  };
}

export const silent: Progress = {
  start() {},
  more() {},
  step() {},
  note() {},
  busy() {},
  end() {},
};

import type { Cache } from '../../images/cache.ts';
import type { ImageDescriptor } from '../../images/image.ts';
import { limits } from '../../limits.ts';
import { checkLayerNames } from '../../serialisers/check.ts';
import { changeset } from '../../trees/changeset.ts';
import type { Tree } from '../../trees/tree.ts';
import { compressLayers, storeLayers } from '../layer.ts';
import type { FetchContext } from '../provider.ts';
import { type Deb, readDeb } from './deb.ts';
import { allPackages, type Pin, type Pins } from './lock.ts';
import type { DebianSource } from './provider.ts';
import { RootBuilder } from './root.ts';

/**
 * Packages → image. Every layer is what lies between the root file system without it and with it, so that the lowest is the
 * same bytes in every image that pins the same packages.
 *
 * @param debs paths by sha256
 */
export async function buildImage(
  { architecture, configure }: Pick<DebianSource, 'architecture' | 'configure'>,
  pins: Pins,
  debs: ReadonlyMap<string, string>,
  id: string,
  context: FetchContext,
): Promise<ImageDescriptor> {
  const packages = allPackages(pins);
  const contents = await readDebs(packages, debs, id, context);
  let installed = pins.packages;
  let root = rootOf(installed, pins, contents, configure);
  const layers = [root];
  for (const { packages: added, removed } of pins.layers ?? []) {
    installed = changed(installed, removed, added);
    const below = root;
    root = rootOf(installed, pins, contents, configure);
    layers.push(changeset(below, root));
  }

  const image = await storeLayers(id, layers, context.cache, {
    created: timeOf(pins),
    architecture,
    os: 'linux',
    config: { Cmd: ['/bin/bash'] },
  });
  context.progress(`${id}: compressing`);
  return compressLayers(image, context.cache);
}

/** Packages of the image that was built last, by cache: the next one of a series has most of them. */
const lastRead = new WeakMap<Cache, ReadonlyMap<string, Deb>>();

/** Contents of packages by their sha256. @param debs paths by sha256 */
export async function readDebs(
  packages: readonly Pin[],
  debs: ReadonlyMap<string, string>,
  id: string,
  { signal, progress, cache }: Pick<FetchContext, 'signal' | 'progress' | 'cache'>,
): Promise<ReadonlyMap<string, Deb>> {
  const contents = new Map<string, Deb>();
  const known = lastRead.get(cache);
  for (const { name, sha256 } of packages) {
    signal?.throwIfAborted();
    const read = known?.get(sha256) ?? readDeb(debs.get(sha256)!, { image: id, entry: name });
    contents.set(sha256, await read);
    progress(`${id}: unpacking`, contents.size, packages.length);
  }
  lastRead.set(cache, firstWithin(contents, limits.packageBytes));
  return contents;
}

/** The first of them that are so many bytes together at most. */
function firstWithin(contents: ReadonlyMap<string, Deb>, bytes: number): ReadonlyMap<string, Deb> {
  let left = bytes;
  const isWithin = ({ control, data }: Deb): boolean => {
    left -= control.length + data.length;
    return left >= 0;
  };
  return new Map([...contents].filter(([, deb]) => isWithin(deb)));
}

/** The root file system of these packages, in this order. */
export function rootOf(
  installed: readonly Pin[],
  pins: Pick<Pins, 'date'>,
  contents: ReadonlyMap<string, Deb>,
  configure: DebianSource['configure'],
): Tree {
  const root = new RootBuilder(Date.parse(timeOf(pins)) / 1000, configure === 'copies');
  for (const { sha256 } of installed) root.add(contents.get(sha256)!);
  const tree = root.finish();
  checkLayerNames(tree);
  return tree;
}

/** That generated files carry. */
function timeOf({ date }: Pick<Pins, 'date'>): string {
  return `${date}T00:00:00Z`;
}

/** What is removed and added in another version stays in its place: dpkg's database keeps its order. */
export function changed(
  installed: readonly Pin[],
  removed: readonly string[],
  added: readonly Pin[],
): readonly Pin[] {
  const kept = installed.flatMap((one) => {
    if (!removed.includes(one.name)) return [one];
    const upgraded = added.find(({ name }) => name === one.name);
    return upgraded ? [upgraded] : [];
  });
  return [...kept, ...added.filter((one) => !kept.includes(one))];
}

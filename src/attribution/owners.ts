import { createHash } from 'node:crypto';
import type { Image } from '../images/image.ts';
import { hashSource } from '../streams/source.ts';
import { apkPackages } from '../trees/apk.ts';
import { contentDigest, contentSource } from '../trees/content.ts';
import { packageOwners, sourcePackages } from '../trees/packages.ts';
import { firstData } from '../trees/segments.ts';
import { readTar, type TarEntry } from '../trees/tar.ts';
import { type Entry, type Inode, pathFromBytes } from '../trees/tree.ts';
import type { Owner } from './spans.ts';

/** The paths of one image, as its merged tree and as its layers have them. */
export class Owners {
  /** Of the merged tree. */
  readonly byPath: ReadonlyMap<string, Owner>;
  readonly #image: Image;
  readonly #isDigested: boolean;
  readonly #packages: ReadonlyMap<string, string>;
  readonly #sources: ReadonlyMap<string, string>;
  /** Content of the tree by where it lies in the layers: it is hashed once. */
  readonly #digests = new Map<string, string>();
  readonly #ofLayers: Owner[] = [];

  /** @param isDigested contents are hashed, which takes longest; else owners have none */
  constructor(image: Image, isDigested = true) {
    this.#image = image;
    this.#isDigested = isDigested;
    const apk = apkPackages(image.tree);
    this.#packages = new Map([...apk.owners, ...packageOwners(image.tree)]);
    this.#sources = new Map([...apk.sources, ...sourcePackages(image.tree)]);
    const layers = layersOfPaths(image);
    this.byPath = new Map(
      image.tree.entries.map((entry) => [entry.path, this.#ofTree(entry, layers)]),
    );
  }

  /** All that is known of the image. */
  *all(): Generator<Owner> {
    yield* this.byPath.values();
    yield* this.#ofLayers;
  }

  at(path: string): Owner {
    return this.byPath.get(path) ?? this.#owner(path, undefined, '', undefined);
  }

  /** As {@link at} for an entry of a layer, which later layers may hide. */
  ofEntry(entry: TarEntry, layer: number): Owner {
    const { tar } = this.#image.layers[layer]!;
    const target = Buffer.from(entry.linkTarget, 'latin1');
    let content: string | undefined;
    if (entry.size > 0 && this.#isDigested) {
      const data = firstData(entry.segments);
      content = this.#digests.get(placeOf(layer, data?.offset, entry.size));
      if (content === undefined) {
        const hash = createHash('sha256');
        hashSource(contentSource({ sources: [tar] }, entry), hash);
        content = hash.digest('hex');
      }
    }
    const owner = this.#owner(cleanPath(entry.path), layer, printOf({ ...entry, target }), content);
    this.#ofLayers.push(owner);
    return owner;
  }

  #ofTree({ path, inode }: Entry, layers: ReadonlyMap<string, number>): Owner {
    const data = inode.size > 0 ? firstData(inode.segments) : undefined;
    const hasContent = inode.size > 0 && this.#isDigested;
    const content = hasContent ? contentDigest(this.#image.tree, inode) : undefined;
    if (data && content) this.#digests.set(placeOf(data.source, data.offset, inode.size), content);
    return this.#owner(path, data?.source ?? layers.get(path), printOf(inode), content);
  }

  #owner(
    path: string,
    layer: number | undefined,
    print: string,
    content: string | undefined,
  ): Owner {
    const owner = this.#packages.get(path);
    const sourcePackage = owner === undefined ? undefined : this.#sources.get(owner);
    return { path, layer, package: owner, sourcePackage, print, content };
  }
}

function placeOf(layer: number, offset: number | undefined, size: number): string {
  return `${layer} ${offset} ${size}`;
}

/** The last layer that describes each path; of paths behind symlinks none does. */
function layersOfPaths({ layers }: Image): ReadonlyMap<string, number> {
  return new Map(
    layers.flatMap(({ tar, diffId }, layer) =>
      readTar(tar, { layer: diffId }).entries.map(({ path }) => [cleanPath(path), layer] as const),
    ),
  );
}

/** As trees have it: without `./` and the slash of directories. */
export function cleanPath(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

interface Described extends Omit<Inode, 'type' | 'segments'> {
  readonly type: TarEntry['type'];
}

/** All that metadata says of a path but where its content lies. */
function printOf(inode: Described): string {
  const { type, mode, uid, gid, userName, groupName, mtime, xattrs, target, size } = inode;
  const isDevice = type.endsWith('-device');
  const device = isDevice ? [inode.major, inode.minor] : [];
  const attributes = [...xattrs.keys()]
    .sort()
    .map((name) => [name, pathFromBytes(xattrs.get(name)!)]);
  return JSON.stringify([
    ...[type, mode, uid, gid, userName, groupName, String(mtime), size],
    ...[pathFromBytes(target), device, attributes],
  ]);
}

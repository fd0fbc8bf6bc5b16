import { type MappedImage, mapImage } from '../attribution/mapped-image.ts';
import { InputError, SkippedError, VerificationError } from '../errors.ts';
import type { Range } from '../fetchers/fetcher.ts';
import type { Image } from '../images/image.ts';
import { type Choices, resolveChain } from '../models/choices.ts';
import {
  readSquashfs,
  type SquashfsLayout,
} from '../models/external/file-systems/squashfs-reader.ts';
import type { Model } from '../models/model.ts';
import type { Executor } from '../objects/executor.ts';
import type { Inventory } from '../packers/inventory.ts';
import type { Store } from '../packers/packer.ts';
import type { Entry, Inode } from '../trees/tree.ts';
import type { AccessCost, AccessOptions, FileAccess } from './cost.ts';
import {
  addEntry,
  depthOf,
  directoriesAbove,
  GenerationSets,
  type Generations,
} from './directory-walk.ts';
import { readLayerSpans, type SpanReader } from './layer-spans.ts';
import { OwnFrames } from './own-frames.ts';
import { meets, type OwnedPlaces, type Place, placesByPath } from './places.ts';
import { planBlobs, planFileSystem, planParts, planWhole } from './plan.ts';
import { isChain, isIndexProven, isWalked, type Way, wayOf } from './way.ts';

/**
 * What of a packed image a client that holds nothing must fetch to see some of its paths. Objects are found as the format's
 * own index finds them; the requests are those of the model's fetcher, ranges merged as it merges them.
 */
export class AccessMap {
  readonly inventory: Inventory;
  readonly #model: Model;
  readonly #choices: Choices | undefined;
  readonly #mapped: MappedImage | undefined;
  readonly #way: Way;
  /** Where parts of layers that are wanted lie, other than the inventory has it. */
  readonly #parted: Pick<SpanReader, 'wantedFor'> | undefined;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #pathsOf = new Map<Inode, string[]>();
  readonly #places: ReadonlyMap<string, readonly OwnedPlaces[]>;
  readonly #fileSystem: SquashfsLayout | undefined;

  private constructor(
    model: Model,
    image: Image,
    inventory: Inventory,
    mapped: MappedImage | undefined,
    spans: SpanReader | undefined,
    fileSystem: SquashfsLayout | undefined = undefined,
  ) {
    this.inventory = inventory;
    this.#model = model;
    this.#mapped = mapped;
    this.#choices = isChain(model) ? resolveChain(model.id).choices : undefined;
    const isTable = this.#choices?.packer.member.namesFiles === true;
    this.#parted = spans ?? (isTable && mapped ? new OwnFrames(mapped) : undefined);
    this.#fileSystem = fileSystem;
    this.#way = fileSystem
      ? 'file-system'
      : this.#choices
        ? wayOf(this.#choices, inventory)
        : 'everything';
    this.#entries = new Map(image.tree.entries.map((entry) => [entry.path, entry]));
    for (const { path, inode } of image.tree.entries) {
      const paths = this.#pathsOf.get(inode) ?? [];
      this.#pathsOf.set(inode, paths);
      paths.push(path);
    }
    this.#places = mapped ? placesByPath(mapped) : new Map();
  }

  /**
   * Throws a SkippedError for members of plug-ins, whose formats are not known here.
   *
   * @param inventory what the model makes of the image
   * @param store gives what was packed; asked for only where the inventory does not say where things lie
   */
  static async of(
    model: Model,
    image: Image,
    inventory: Inventory,
    executor: Executor,
    store: () => Promise<Store>,
  ): Promise<AccessMap> {
    if (isChain(model)) {
      const { choices } = resolveChain(model.id);
      const added = Object.values(choices).find(
        ({ member }) => 'plugin' in member && member.plugin,
      );
      if (added) {
        throw new SkippedError(
          `how a client finds paths by '${added.id}' is not known`,
          { model: model.id },
          'choose a model without members of plug-ins',
        );
      }
      if (wayOf(choices, inventory) !== 'everything') {
        const mapped = await mapImage(image, inventory, executor);
        const spans = inventory.layerIndexes && readLayerSpans(inventory, await store());
        return new AccessMap(model, image, inventory, mapped, spans);
      }
    } else if (isWalked(model.id)) {
      const layout = readSquashfs((await store()).blob(inventory.layers[0]!.digest));
      return new AccessMap(model, image, inventory, undefined, undefined, layout);
    }
    return new AccessMap(model, image, inventory, undefined, undefined);
  }

  /** All paths with what their inodes say, contents left out. */
  list(options: AccessOptions = {}): AccessCost {
    switch (this.#way) {
      case 'everything':
        return this.#whole(options);
      case 'index':
      case 'layer-indexes':
        return this.#parts([], options);
      case 'directories':
        return this.#parts([new Set(this.#mapped!.directories.values())], options);
      case 'tables': {
        const sets = new GenerationSets();
        for (const path of this.#entries.keys()) addEntry(sets, path, this.#placesOf(path));
        return this.#parts(sets.finish(), options);
      }
      case 'file-system':
        return planFileSystem(this.inventory, this.#fileSystem!, [], options);
    }
  }

  /** Contents of files, and what leads to them. Throws an InputError where a path is not in the image. */
  read(accesses: readonly FileAccess[], options: AccessOptions = {}): AccessCost {
    return this.#access(
      accesses.map((access) => this.#wanted(access)),
      options,
    );
  }

  /**
   * That files with these contents are in the image of this manifest, for a client that has the contents from elsewhere: what
   * leads to their digests, and of chunks that hold other bytes too those bytes. Throws as {@link read} does.
   */
  prove(paths: readonly string[], options: AccessOptions = {}): AccessCost {
    const namesDigests = this.#choices?.packer.member.namesFiles === true;
    const wanted = paths.map((path) => {
      const one = this.#wanted({ path });
      const isOther = ({ length, chunk }: Place): boolean =>
        this.#way === 'layer-indexes' || (!namesDigests && length < chunk.length);
      return { ...one, places: one.places.filter(isOther) };
    });
    return this.#access(wanted, { ...options, isProven: true });
  }

  #access(wanted: readonly Wanted[], options: AccessOptions): AccessCost {
    switch (this.#way) {
      case 'everything':
        return this.#whole(options);
      case 'index':
      case 'directories': {
        const objects = new Set<number>();
        for (const { path, places } of wanted) {
          if (this.#way === 'directories') this.#addDirectories(objects, path);
          for (const { chunk } of places) objects.add(chunk.object);
        }
        const places = wanted.flatMap((one) => one.places);
        return this.#parts([objects], options, places);
      }
      case 'tables': {
        const sets = new GenerationSets();
        for (const one of wanted) this.#addTables(sets, one);
        return this.#parts(sets.finish(), options);
      }
      case 'layer-indexes':
        return this.#parts(
          [],
          options,
          wanted.flatMap(({ places }) => places),
        );
      case 'file-system':
        if (options.isProven) return planBlobs(this.inventory, options);
        return planFileSystem(
          this.inventory,
          this.#fileSystem!,
          wanted.flatMap((one) => this.#blocksOf(one)),
          options,
        );
    }
  }

  /** Of a path that is a directory, its own object too. */
  #addDirectories(objects: Set<number>, path: string): void {
    const { directories } = this.#mapped!;
    for (const directory of [...directoriesAbove(path), path]) {
      const object = directories.get(directory);
      if (object !== undefined) objects.add(object);
    }
  }

  #addTables(sets: GenerationSets, { path, contentPath, places, isPart }: Wanted): void {
    // A hardlink names the path that has the content.
    for (const walked of new Set([path, contentPath])) {
      for (const directory of directoriesAbove(walked)) {
        addEntry(sets, directory, this.#placesOf(directory));
      }
      addEntry(sets, walked, this.#placesOf(walked));
    }
    // The length of an entry is known before it is read, where in it the content starts only then.
    const generation = 2 * depthOf(contentPath) + (isPart ? 1 : 0);
    for (const { chunk } of places) sets.add(generation, chunk.object);
  }

  #blocksOf({ path, ranges }: Wanted): readonly Range[] {
    return this.#fileSystem!.paths.get(path)!.filter(
      ({ contentOffset, contentLength }) =>
        !ranges || ranges.some((range) => meets(range, contentOffset, contentLength)),
    );
  }

  #wanted({ path: text, ranges }: FileAccess): Wanted {
    const path = Buffer.from(text.replace(/^\/+/, ''), 'utf8').toString('latin1');
    const entry = this.#entries.get(path);
    if (!entry) {
      throw new InputError(`there is no path '${text}'`, { image: this.inventory.image });
    }
    const { inode } = entry;
    const owned = this.#mapped && this.#contentOf(path, inode);
    const content = owned?.places.filter(({ kind }) => kind === 'content') ?? [];
    const contentPath = owned?.owner.path ?? path;
    const length = content.reduce((sum, place) => sum + place.length, 0);
    const asked = { path, contentPath, ...(ranges ? { ranges } : {}) };
    // Of a sparse file the holes are not stored, so that offsets say nothing.
    if (!ranges || length !== inode.size) return { ...asked, places: content };
    const places = content.filter(({ contentOffset, length: count }) =>
      ranges.some((range) => meets(range, contentOffset, count)),
    );
    return { ...asked, places, isPart: true };
  }

  /** Where the content of an inode lies: under the path that the format keeps it by. */
  #contentOf(path: string, inode: Inode): OwnedPlaces | undefined {
    if (inode.type !== 'file' || inode.size === 0) return undefined;
    const { layer, content } = this.#mapped!.owners.at(path);
    const isIt = ({ owner }: OwnedPlaces): boolean =>
      owner.layer === layer && owner.content === content;
    const found =
      this.#pathsOf
        .get(inode)!
        .flatMap((one) => this.#places.get(one) ?? [])
        .findLast(isIt) ??
      // A later layer may have removed the path that a hardlink leads to.
      [...this.#places.values()].flat().findLast(isIt);
    if (found) return found;
    throw new VerificationError(
      'what was packed has not the content of a file',
      { image: this.inventory.image, model: this.inventory.model, entry: path },
      'this is a fault of ocibench: report it with the image',
    );
  }

  #placesOf(path: string): readonly Place[] {
    return (this.#places.get(path) ?? []).flatMap(({ places }) => places);
  }

  #whole(options: AccessOptions): AccessCost {
    if (this.#isUnproven(options)) return planBlobs(this.inventory, options);
    return planWhole(this.#model, this.inventory, options);
  }

  #isUnproven({ isProven = false }: AccessOptions): boolean {
    return isProven && this.#choices !== undefined && !isIndexProven(this.#choices);
  }

  #parts(
    generations: Generations,
    options: AccessOptions,
    places: readonly Place[] = [],
  ): AccessCost {
    if (this.#isUnproven(options)) return planBlobs(this.inventory, options);
    const { fetcher } = this.#choices!;
    const inventory = this.#parted?.wantedFor(places) ?? this.inventory;
    return planParts(fetcher, inventory, generations, options);
  }
}

interface Wanted {
  /** latin1. */
  readonly path: string;
  /** The path by which the format keeps its content. */
  readonly contentPath: string;
  /** Of the content that is wanted. */
  readonly places: readonly Place[];
  /** Ranges of it alone. */
  readonly isPart?: boolean;
  /** As they were asked for. */
  readonly ranges?: readonly Range[];
}

import { existsSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import { StorageError } from '../errors.ts';
import type { Cache } from '../images/cache.ts';
import type { ImageDescriptor } from '../images/image.ts';
import type { Contents } from '../measures/contents.ts';
import type { CellInput } from '../models/cell.ts';
import { cellInputs, type Model } from '../models/model.ts';
import type { Inventory } from '../packers/inventory.ts';
import type { SeenMachine } from '../results/machine.ts';
import { codeVersion, packingVersion } from './code-version.ts';

/** Stands where a model does: no model has this id. */
const CONTENTS = '*';

export interface CellStoreOptions {
  /** Reads nothing that was there before: everything is measured anew. */
  readonly isFresh?: boolean;
  /** Told once where the cache cannot be written. */
  note?(text: string): void;
}

/** What a cell found. */
export interface Cell extends Inventory {
  /** What was seen of the machine that timed it; absent of what holds no times. */
  readonly seen?: SeenMachine;
}

/**
 * What finished cells found, kept in the cache for all runs: an image is packed once by a model, whatever asks. Named by
 * everything that decides the result (see {@link packingVersion}), verified when read, and evicted as blobs are. A cache that
 * cannot be written costs no cell: the run keeps in memory what it found.
 */
export class CellStore {
  readonly #cache: Cache;
  readonly #isFresh: boolean;
  readonly #note: (text: string) => void;
  readonly #written = new Set<string>();
  readonly #pending = new Map<string, Promise<unknown>>();
  /** What the cache did not take. */
  readonly #unwritten = new Map<string, Uint8Array>();

  constructor(cache: Cache, { isFresh = false, note = () => {} }: CellStoreOptions = {}) {
    this.#cache = cache;
    this.#isFresh = isFresh;
    this.#note = note;
  }

  /**
   * undefined where the cell has not ended, or what was kept is damaged.
   * @param series as in `cellInputs`
   */
  read(model: Model, image: ImageDescriptor, series: readonly ImageDescriptor[]): Cell | undefined {
    const kept = this.#read(keyOf(model, image, series)) as Cell | undefined;
    // It may have been packed for another image of the same content.
    return kept && { ...kept, image: image.id };
  }

  /** True where {@link read} may find something: it is not verified yet. */
  has(model: Model, image: ImageDescriptor, series: readonly ImageDescriptor[]): boolean {
    return this.#has(keyOf(model, image, series));
  }

  /** As {@link read}, or packed now. */
  async packed(
    model: Model,
    image: ImageDescriptor,
    series: readonly ImageDescriptor[],
    pack: (input: CellInput) => Promise<Cell>,
  ): Promise<Cell> {
    const made = await this.#once(keyOf(model, image, series), () =>
      pack({ image, model: model.id, ...cellInputs(model, image, series) }),
    );
    return { ...made, image: image.id };
  }

  write(
    model: Model,
    image: ImageDescriptor,
    series: readonly ImageDescriptor[],
    cell: Cell,
  ): void {
    this.#write(keyOf(model, image, series), cell);
  }

  /** As {@link read}: what the image holds, whatever the model. */
  readContents(image: ImageDescriptor): Contents | undefined {
    const kept = this.#read(keyText(CONTENTS, {}, [image])) as Contents | undefined;
    return kept && { ...kept, image: image.id };
  }

  hasContents(image: ImageDescriptor): boolean {
    return this.#has(keyText(CONTENTS, {}, [image]));
  }

  /** As {@link readContents}, or taken now. */
  async contents(image: ImageDescriptor, take: () => Promise<Contents>): Promise<Contents> {
    const made = await this.#once(keyText(CONTENTS, {}, [image]), take);
    return { ...made, image: image.id };
  }

  /**
   * Figures of a series that are kept by {@link keepFigures}.
   * @param what names all that decides them beside the images
   */
  readFigures<Figures extends object>(
    what: string,
    series: readonly ImageDescriptor[],
  ): Figures | undefined {
    return this.#read(figuresKey(what, series)) as Figures | undefined;
  }

  keepFigures(what: string, series: readonly ImageDescriptor[], figures: object): void {
    this.#write(figuresKey(what, series), figures);
  }

  /** Two images of the same content may be asked for at once: the second waits for the first. */
  async #once<Value extends object>(key: string, make: () => Promise<Value>): Promise<Value> {
    for (let other = this.#pending.get(key); other; other = this.#pending.get(key)) {
      await other.catch(() => {});
    }
    const kept = this.#read(key) as Value | undefined;
    if (kept) return kept;
    const made = make();
    this.#pending.set(key, made);
    try {
      const value = await made;
      this.#write(key, value);
      return value;
    } finally {
      this.#pending.delete(key);
    }
  }

  #isUsed(key: string): boolean {
    return !this.#isFresh || this.#written.has(key);
  }

  #has(key: string): boolean {
    return this.#isUsed(key) && existsSync(this.#cache.cellPath(key));
  }

  #read(key: string): unknown {
    if (!this.#isUsed(key)) return undefined;
    const bytes = this.#unwritten.get(key) ?? this.#cache.kept(key);
    try {
      // Deno reads typed arrays from where the buffer begins, not from where the view of it does: a copy begins at both.
      return bytes && deserialize(new Uint8Array(bytes));
    } catch {
      // Written by another version of the runtime's format.
      return undefined;
    }
  }

  #write(key: string, value: object): void {
    const bytes = serialize(value);
    this.#written.add(key);
    try {
      this.#cache.keep(key, bytes);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      if (this.#unwritten.size === 0) {
        this.#note(`${error.toString()}; this run goes on, and others pack these images again`);
      }
      this.#unwritten.set(key, bytes);
    }
  }
}

function keyOf(model: Model, image: ImageDescriptor, series: readonly ImageDescriptor[]): string {
  const { predecessors, first } = cellInputs(model, image, series);
  const tools = model.tools?.() ?? {};
  return keyText(model.id, tools, [image], predecessors, first ? [first] : []);
}

/** Whoever takes figures may use any code for it. */
function figuresKey(what: string, series: readonly ImageDescriptor[]): string {
  return keyText(`figures ${codeVersion()} ${what}`, {}, series);
}

/** Ids and paths are left out: an image is its content. */
function keyText(
  model: string,
  tools: Readonly<Record<string, string>>,
  ...images: readonly (readonly ImageDescriptor[])[]
): string {
  const contents = images.map((list) =>
    list.map(({ digest, config, layers }) => [
      digest,
      config,
      layers.map(({ diffId, delivered }) => [
        diffId,
        delivered && [delivered.mediaType, delivered.digest, delivered.size],
      ]),
    ]),
  );
  return JSON.stringify([packingVersion(), model, tools, contents]);
}

import type { EditForm } from '../datasets/edited.ts';
import { createEditor, createVariants, heldImage, type Variant } from '../datasets/editor.ts';
import {
  type Draw,
  type DrawnKind,
  drawEdit,
  type Edit,
  editedFile,
} from '../datasets/edits/mod.ts';
import type { Image } from '../images/image.ts';
import type { Pulled } from '../measures/avalanche.ts';
import { type Changes, changesBetween, type Side } from '../measures/changes.ts';
import { digestsOf } from '../measures/contents.ts';
import { Holdings } from '../measures/holdings.ts';
import { SeriesOfModel } from '../measures/series.ts';
import { measureBy } from '../models/cell.ts';
import { createModel } from '../models/mod.ts';
import { type Model, noClock } from '../models/model.ts';
import { type Executor, inline, withInline } from '../objects/executor.ts';
import { createRemembering } from '../objects/remembering.ts';
import { type Inventory, takeInventory } from '../packers/inventory.ts';
import type { Tree } from '../trees/tree.ts';

/** Changes of one image, drawn by seeds or given: what each changed in meaning, and what every model pulls for it. */

/** What came of one change. */
export interface Moved {
  readonly changes: Changes;
  /** What the client with the image before the change pulls, by model. */
  readonly pulled: ReadonlyMap<string, Pulled>;
}

export interface DrawnEdit extends Moved {
  readonly kind: DrawnKind;
  readonly edit: Edit;
  /** Length of the one file that is edited, before it: bytes; undefined of other edits. */
  readonly fileBytes: number | undefined;
}

/** Draws of different kinds have different seeds. */
const MOST_DRAWS = 1_000_000;

/** Seeds of a kind, the same everywhere. @param place of the kind among all kinds */
export function seedsOf(place: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, number) => MOST_DRAWS * place + number);
}

/** The draws of a kind. @param place of the kind among all kinds */
export function drawsOf(kind: DrawnKind, place: number, count: number): readonly Draw[] {
  return seedsOf(place, count).map((seed) => ({ kind, seed }));
}

/**
 * Measures changes as a run measures the images of source `edited` after the image itself: the client holds that one. The image is
 * restored and compared; of its variants each is packed, with what it shares with others compressed once.
 */
export class DrawnEdits {
  readonly #before: Side;
  readonly #variant: (edit: Edit) => Variant;
  readonly #make: (variant: Variant) => Image;
  readonly #packings: readonly Packing[];
  /** What was drawn twice is packed once. */
  readonly #known = new Map<string, Moved>();

  /** @param form how changes come into the image */
  static async of(
    opened: Image,
    models: readonly string[],
    form: EditForm = 'rebuild',
  ): Promise<DrawnEdits> {
    const image = heldImage(opened);
    const packings: Packing[] = [];
    for (const id of models) packings.push(await Packing.of(await createModel(id), image));
    return new DrawnEdits(image, packings, form);
  }

  private constructor(image: Image, packings: readonly Packing[], form: EditForm) {
    this.#before = sideOf(image.tree);
    this.#variant = createVariants(image);
    this.#make = createEditor(image, form);
    this.#packings = packings;
  }

  /**
   * undefined where the image has nothing of the kind.
   *
   * @param wanted of the models, those that are packed; the others are left out, unless the same edit was drawn for them before
   * @param of the one file that may be drawn; any where absent
   */
  async measure(
    draw: Draw,
    wanted: readonly string[],
    of?: string,
  ): Promise<DrawnEdit | undefined> {
    const { tree } = this.#before;
    const edit = drawEdit(tree, draw, of);
    if (!edit) return undefined;
    const moved = await this.move(this.#variant(edit), wanted);
    return { kind: draw.kind, edit, fileBytes: editedFile(tree, edit)?.size, ...moved };
  }

  /** As {@link measure}, of a given root file system. */
  async move(variant: Variant, wanted: readonly string[]): Promise<Moved> {
    const known = this.#known.get(variant.name);
    const missing = wanted.filter((model) => !known?.pulled.has(model));
    if (known && missing.length === 0) return known;
    const image = this.#make(variant);
    const changes = known?.changes ?? changesBetween(this.#before, sideOf(variant.tree));
    const pulled = new Map(known?.pulled);
    for (const packing of this.#packings) {
      if (missing.includes(packing.model)) pulled.set(packing.model, await packing.pull(image));
    }
    const moved = { changes, pulled };
    this.#known.set(variant.name, moved);
    return moved;
  }
}

function sideOf(tree: Tree): Side {
  return { tree, contents: digestsOf(tree) };
}

/** One model, and the image before any edit as it packed it. */
class Packing {
  readonly #model: Model;
  /** Of one packing: what it writes to scratch files goes with it. */
  #own: Executor = inline;
  readonly #executor = createRemembering({
    ...inline,
    digest: (...given) => this.#own.digest(...given),
    compress: (...given) => this.#own.compress(...given),
    decompress: (...given) => this.#own.decompress(...given),
  });
  readonly #base: Image;
  #inventory: Inventory | undefined;

  private constructor(model: Model, base: Image) {
    this.#model = model;
    this.#base = base;
  }

  static async of(model: Model, base: Image): Promise<Packing> {
    const packing = new Packing(model, base);
    packing.#inventory = await packing.#within((executor) =>
      measureBy(executor, base, model, [], undefined),
    );
    return packing;
  }

  get model(): string {
    return this.#model.id;
  }

  #within(work: (executor: Executor) => Promise<Inventory>): Promise<Inventory> {
    return withInline((own) => {
      this.#own = own;
      return work(this.#executor);
    });
  }

  async pull(image: Image): Promise<Pulled> {
    const inventory = await this.#within(async (executor) => {
      // A dictionary is that of the image before.
      const packed = await this.#model.pack(image, executor, noClock, this.#base.descriptor);
      return takeInventory(image.descriptor.id, this.#model.id, packed);
    });
    const series = new SeriesOfModel(this.#model);
    const before = series.add(this.#inventory!)!;
    const after = series.add(inventory)!;
    const { contentBytes, metadataBytes } = this.#model.transfer(after, Holdings.of(before));
    return { contentBytes, metadataBytes };
  }
}

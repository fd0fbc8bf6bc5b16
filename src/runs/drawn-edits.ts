import { createEditor, heldImage } from '../datasets/editor.ts';
import { type Draw, type DrawnKind, drawEdit, type Edit } from '../datasets/edits/mod.ts';
import type { Image } from '../images/image.ts';
import type { Pulled } from '../measures/avalanche.ts';
import { type Changes, changesBetween, type Side } from '../measures/changes.ts';
import { digestsOf } from '../measures/contents.ts';
import { Holdings } from '../measures/holdings.ts';
import { SeriesOfModel } from '../measures/series.ts';
import { measureBy } from '../models/cell.ts';
import { createModel } from '../models/mod.ts';
import { type Model, noClock } from '../models/model.ts';
import { inline } from '../objects/executor.ts';
import { createRemembering } from '../objects/remembering.ts';
import { type Inventory, takeInventory } from '../packers/inventory.ts';
import type { Tree } from '../trees/tree.ts';

/** Edits of one image, drawn by seeds: what each changed in meaning, and what every model pulls for it. */

export interface DrawnEdit {
  readonly kind: DrawnKind;
  readonly edit: Edit;
  readonly changes: Changes;
  /** What the client with the image before the edit pulls, by model. */
  readonly pulled: ReadonlyMap<string, Pulled>;
}

/** Draws of different kinds have different seeds. */
const MOST_DRAWS = 1_000_000;

/** The draws of a kind, the same everywhere. @param place of the kind among all kinds */
export function drawsOf(kind: DrawnKind, place: number, count: number): readonly Draw[] {
  return Array.from({ length: count }, (_, number) => ({
    kind,
    seed: MOST_DRAWS * place + number,
  }));
}

/**
 * Measures draws as a run measures the images of source `edited` after the image itself: the client holds that one. The image is
 * restored and compared; of its edits each is packed, with what it shares with others compressed once.
 */
export class DrawnEdits {
  readonly #before: Side;
  readonly #edit: (edit: Edit) => Image;
  readonly #packings: readonly Packing[];
  /** What was drawn twice is packed once. */
  readonly #known = new Map<string, DrawnEdit>();

  static async of(opened: Image, models: readonly string[]): Promise<DrawnEdits> {
    const image = heldImage(opened);
    const packings: Packing[] = [];
    for (const id of models) packings.push(await Packing.of(await createModel(id), image));
    return new DrawnEdits(image, packings);
  }

  private constructor(image: Image, packings: readonly Packing[]) {
    this.#before = sideOf(image.tree);
    this.#edit = createEditor(image);
    this.#packings = packings;
  }

  /**
   * undefined where the image has nothing of the kind.
   *
   * @param wanted of the models, those that are packed; the others are left out, unless the same edit was drawn for them before
   */
  async measure(draw: Draw, wanted: readonly string[]): Promise<DrawnEdit | undefined> {
    const edit = drawEdit(this.#before.tree, draw);
    if (!edit) return undefined;
    const name = JSON.stringify(edit);
    const known = this.#known.get(name);
    const missing = wanted.filter((model) => !known?.pulled.has(model));
    if (known && missing.length === 0) return known;
    const image = this.#edit(edit);
    const changes = known?.changes ?? changesBetween(this.#before, sideOf(image.tree));
    const pulled = new Map(known?.pulled);
    for (const packing of this.#packings) {
      if (missing.includes(packing.model)) pulled.set(packing.model, await packing.pull(image));
    }
    const drawn = { kind: draw.kind, edit, changes, pulled };
    this.#known.set(name, drawn);
    return drawn;
  }
}

function sideOf(tree: Tree): Side {
  return { tree, contents: digestsOf(tree) };
}

/** One model, and the image before any edit as it packed it. */
class Packing {
  readonly #model: Model;
  readonly #executor = createRemembering(inline);
  readonly #base: Image;
  #inventory: Inventory | undefined;

  private constructor(model: Model, base: Image) {
    this.#model = model;
    this.#base = base;
  }

  static async of(model: Model, base: Image): Promise<Packing> {
    const packing = new Packing(model, base);
    packing.#inventory = await measureBy(packing.#executor, base, model, [], undefined);
    return packing;
  }

  get model(): string {
    return this.#model.id;
  }

  async pull(image: Image): Promise<Pulled> {
    // A dictionary is that of the image before.
    const packed = await this.#model.pack(image, this.#executor, noClock, this.#base.descriptor);
    const series = new SeriesOfModel(this.#model);
    const before = series.add(this.#inventory!)!;
    const after = series.add(takeInventory(image.descriptor.id, this.#model.id, packed))!;
    const { contentBytes, metadataBytes } = this.#model.transfer(after, Holdings.of(before));
    return { contentBytes, metadataBytes };
  }
}

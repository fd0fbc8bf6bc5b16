import type { Link } from '../links/mod.ts';
import type { Model } from '../models/model.ts';
import type { Inventory } from '../packers/inventory.ts';
import { PackStore } from '../packers/pack-store.ts';
import type { Contents } from './contents.ts';
import { DedupPart } from './dedup.ts';
import { Holdings } from './holdings.ts';
import type { Measurement } from './measurement.ts';
import type { MeasureName } from './mod.ts';
import { ReceiverPart } from './receiver.ts';
import type { Part, Step } from './step.ts';
import { deltaPart, StoredPart } from './stored.ts';
import { TransferPart } from './transfer.ts';

/** Figures that a missing image leaves without a value: the key that stands for them, and why. */
export interface Omission {
  readonly image: string;
  readonly client: string;
  readonly measure: MeasureName;
  readonly why: string;
}

export interface Folded {
  /** With its objects where the store keeps them; undefined as in {@link Step}. */
  readonly placed: Inventory | undefined;
  readonly measurements: readonly Measurement[];
  readonly omissions: readonly Omission[];
}

/**
 * One model over a series: images are added in order, each is answered with its figures. Everything here is a sum of
 * integers or a quotient of two such sums, so any machine computes the same bytes.
 *
 * An image that is {@link miss}ed leaves a gap, and costs only what involves it: sums over the series and clients with all
 * images before end there, a client with the previous image is left out once. Figures are never taken against an older image
 * in its place: they would answer another question under the same name.
 */
export class SeriesFold {
  readonly #model: Model;
  readonly #transfer: TransferPart;
  readonly #parts: readonly Part[];
  readonly #packs = new PackStore();
  #before: Holdings | undefined = new Holdings();
  #previous: Holdings | undefined;
  #missing: string | undefined;
  #isFirstMissing = false;
  #last: string | undefined;
  #count = 0;

  constructor(model: Model, links: readonly Link[]) {
    this.#model = model;
    this.#transfer = new TransferPart(model, links);
    this.#parts = [
      this.#transfer,
      new DedupPart(),
      new StoredPart(),
      deltaPart,
      new ReceiverPart(model.fidelity),
    ];
  }

  /** Bytes that a client which follows the series has pulled after each image; undefined where one is missing. */
  get cumulative(): readonly number[] | undefined {
    return this.#missing === undefined ? this.#transfer.cumulative : undefined;
  }

  /** The next image of the series could not be packed. */
  miss(image: string): void {
    this.#missing ??= image;
    this.#isFirstMissing ||= this.#count === 0;
    this.#before = undefined;
    this.#previous = undefined;
    this.#last = image;
    this.#count++;
  }

  /** The next image of the series. */
  add(own: Inventory, contents?: Contents): Folded {
    const { image } = own;
    const isFirst = this.#count === 0;
    const missing = this.#missing;
    const wasMissed = !isFirst && this.#previous === undefined;
    const last = this.#last;
    this.#last = image;
    this.#count++;
    // A dictionary of another image than the first gives other sizes throughout.
    if (this.#isFirstMissing && this.#model.isTrained) {
      const why = `its dictionary is trained on the first image, and ${missing} is missing`;
      return { placed: undefined, measurements: [], omissions: [seriesOmission(image, why)] };
    }
    const placed = own.packs && missing !== undefined ? undefined : this.#packs.add(own);
    const step: Step = {
      image,
      own,
      placed,
      contents,
      previous: this.#previous,
      before: this.#before,
      isFirst,
    };
    const measurements = this.#parts.flatMap((part) => part.add(step));
    this.#previous = Holdings.of(placed ?? own);
    if (placed) this.#before?.pull(placed);
    const omissions: Omission[] = [];
    if (missing !== undefined) {
      omissions.push(
        seriesOmission(image, `sums over the series need ${missing}, which is missing`),
      );
    }
    if (wasMissed) omissions.push(previousOmission(image, `${last} before it is missing`));
    return { placed, measurements, omissions };
  }
}

function seriesOmission(image: string, why: string): Omission {
  return { image, client: 'all-previous', measure: 'transfer.cumulative_bytes', why };
}

function previousOmission(image: string, why: string): Omission {
  return { image, client: 'previous', measure: 'transfer.bytes', why };
}

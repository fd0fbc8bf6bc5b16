import { PluginError } from '../errors.ts';
import type { Link } from '../links/mod.ts';
import type { Model } from '../models/model.ts';
import type { Inventory } from '../packers/inventory.ts';
import type { Contents } from './contents.ts';
import { DedupPart } from './dedup.ts';
import { Holdings } from './holdings.ts';
import type { Measurement } from './measurement.ts';
import type { MeasureName } from './mod.ts';
import { ReceiverPart } from './receiver.ts';
import { SeriesOfModel, whyNoSums } from './series.ts';
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

/** A group of figures that a plug-in broke; it is not asked again, since its sums lack an image. */
export interface Fault {
  readonly measure: MeasureName;
  readonly error: PluginError;
}

/** Makes a part of the fold of one model. */
export type PartMaker = (model: Model) => Part;

/** The parts beside {@link TransferPart}, whose sums others read. */
const makers: PartMaker[] = [
  () => new DedupPart(),
  () => new StoredPart(),
  () => deltaPart,
  ({ fidelity }) => new ReceiverPart(fidelity),
];

/** Adds a part to every fold that is made from now on. */
export function registerPart(make: PartMaker): void {
  makers.push(make);
}

export interface Folded {
  /** With its objects where the store keeps them; undefined as in {@link Step}. */
  readonly placed: Inventory | undefined;
  readonly measurements: readonly Measurement[];
  readonly omissions: readonly Omission[];
  readonly faults: readonly Fault[];
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
  readonly #transfer: TransferPart;
  readonly #parts: readonly Part[];
  readonly #faults = new Map<Part, PluginError>();
  readonly #series: SeriesOfModel;
  #before: Holdings | undefined = new Holdings();
  #previous: Holdings | undefined;
  #last: string | undefined;

  constructor(model: Model, links: readonly Link[]) {
    this.#series = new SeriesOfModel(model);
    this.#transfer = new TransferPart(model, links);
    this.#parts = [this.#transfer, ...makers.map((make) => make(model))];
  }

  /** Bytes that a client which follows the series has pulled after each image; undefined where one is missing. */
  get cumulative(): readonly number[] | undefined {
    const isWhole = this.#series.missing === undefined && !this.#faults.has(this.#transfer);
    return isWhole ? this.#transfer.cumulative : undefined;
  }

  /** The next image of the series could not be packed. */
  miss(image: string): void {
    this.#series.miss(image);
    this.#before = undefined;
    this.#previous = undefined;
    this.#last = image;
  }

  /** The next image of the series. */
  add(own: Inventory, contents?: Contents): Folded {
    const { image } = own;
    const isFirst = this.#series.count === 0;
    const { missing } = this.#series;
    const wasMissed = !isFirst && this.#previous === undefined;
    const last = this.#last;
    this.#last = image;
    const placed = this.#series.add(own);
    if (this.#series.hasOtherDictionary) {
      const why = `its dictionary is trained on the first image, and ${missing} is missing`;
      const omissions = [seriesOmission(image, why)];
      return { placed: undefined, measurements: [], omissions, faults: [] };
    }
    const step: Step = {
      image,
      own,
      placed,
      contents,
      previous: this.#previous,
      before: this.#before,
      isFirst,
    };
    const measurements = this.#parts.flatMap((part) => this.#ask(part, step));
    this.#previous = Holdings.of(placed ?? own);
    if (placed) this.#before?.pull(placed);
    const omissions: Omission[] = [];
    if (missing !== undefined) omissions.push(seriesOmission(image, whyNoSums(missing)));
    if (wasMissed) omissions.push(previousOmission(image, `${last} before it is missing`));
    const faults = [...this.#faults].map(([{ measure }, error]) => ({ measure, error }));
    return { placed, measurements, omissions, faults };
  }

  /** A fault of a plug-in costs its own figures; anything else is a fault of this tree. */
  #ask(part: Part, step: Step): readonly Measurement[] {
    if (this.#faults.has(part)) return [];
    try {
      return part.add(step);
    } catch (error) {
      if (!(error instanceof PluginError)) throw error;
      this.#faults.set(part, error);
      return [];
    }
  }
}

function seriesOmission(image: string, why: string): Omission {
  return { image, client: 'all-previous', measure: 'transfer.cumulative_bytes', why };
}

function previousOmission(image: string, why: string): Omission {
  return { image, client: 'previous', measure: 'transfer.bytes', why };
}

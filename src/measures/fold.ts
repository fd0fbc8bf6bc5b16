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

interface PartRow {
  readonly make: PartMaker;
  /** Depends neither on the manifest nor on the fetcher. */
  readonly isOfPacking?: true;
}

/** The parts beside {@link TransferPart}, whose sums others read. */
const rows: PartRow[] = [
  { make: () => new DedupPart(), isOfPacking: true },
  { make: () => new StoredPart() },
  { make: () => deltaPart },
  { make: ({ fidelity }) => new ReceiverPart(fidelity), isOfPacking: true },
];

/** Adds a part to every fold that is made from now on. */
export function registerPart(make: PartMaker): void {
  rows.push({ make });
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
  /** The image that was added last: clients hold it from the next one on. */
  #pulled: Pick<Step, 'own' | 'placed'> | undefined;
  #latest: Latest | undefined;

  constructor(model: Model, links: readonly Link[]) {
    this.#series = new SeriesOfModel(model);
    this.#transfer = new TransferPart(model, links);
    this.#parts = [this.#transfer, ...rows.map(({ make }) => make(model))];
  }

  /** What was found last, for a {@link FollowingFold}. */
  get latest(): Latest | undefined {
    return this.#latest;
  }

  /** Bytes that a client which follows the series has pulled after each image; undefined where one is missing. */
  get cumulative(): readonly number[] | undefined {
    const isWhole = this.#series.missing === undefined && !this.#faults.has(this.#transfer);
    return isWhole ? this.#transfer.cumulative : undefined;
  }

  /** The next image of the series could not be packed. */
  miss(image: string): void {
    this.#series.miss(image);
    this.#pulled = undefined;
    this.#latest = undefined;
    this.#before = undefined;
    this.#previous = undefined;
    this.#last = image;
  }

  /** The next image of the series. */
  add(own: Inventory, contents?: Contents): Folded {
    const { image } = own;
    this.#pull();
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
    const found = this.#parts.map((part) => this.#ask(part, step));
    this.#latest = { step, found: found.slice(1) };
    this.#pulled = step;
    const omissions: Omission[] = [];
    if (missing !== undefined) omissions.push(seriesOmission(image, whyNoSums(missing)));
    if (wasMissed) omissions.push(previousOmission(image, `${last} before it is missing`));
    const faults = [...this.#faults].map(([{ measure }, error]) => ({ measure, error }));
    return { placed, measurements: found.flat(), omissions, faults };
  }

  #pull(): void {
    if (!this.#pulled) return;
    const { own, placed } = this.#pulled;
    this.#previous = Holdings.of(placed ?? own);
    if (placed) this.#before?.pull(placed);
    this.#pulled = undefined;
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

/** An image as a fold saw it, and what each row of parts found. */
interface Latest {
  readonly step: Step;
  readonly found: readonly (readonly Measurement[])[];
}

/**
 * The fold of a model that packs as the model of another fold does, and fetches otherwise: what depends on neither manifest
 * nor fetcher is taken from there.
 */
export class FollowingFold {
  readonly #lead: SeriesFold;
  readonly #parts: readonly (Part | undefined)[];
  readonly #transfer: TransferPart;

  constructor(lead: SeriesFold, model: Model, links: readonly Link[]) {
    this.#lead = lead;
    this.#transfer = new TransferPart(model, links);
    this.#parts = rows.map(({ make, isOfPacking }) => (isOfPacking ? undefined : make(model)));
  }

  /** The image that the other fold was given last. Throws a PluginError where a part of a plug-in fails. */
  add(own: Inventory): readonly Measurement[] {
    const { step: led, found } = this.#lead.latest!;
    const { model, digest, manifestBytes } = own;
    const placed = led.placed && { ...led.placed, model, digest, manifestBytes };
    const step = { ...led, own, placed };
    return [
      ...this.#transfer.add(step),
      ...this.#parts.flatMap((part, row) => (part ? part.add(step) : found[row]!)),
    ];
  }
}

function seriesOmission(image: string, why: string): Omission {
  return { image, client: 'all-previous', measure: 'transfer.cumulative_bytes', why };
}

function previousOmission(image: string, why: string): Omission {
  return { image, client: 'previous', measure: 'transfer.bytes', why };
}

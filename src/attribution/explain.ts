import { VerificationError } from '../errors.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { closeImage, openImage } from '../images/open.ts';
import { type FileDigests, recallDigests } from '../measures/contents.ts';
import { SeriesFold } from '../measures/fold.ts';
import { Holdings } from '../measures/holdings.ts';
import type { Model } from '../models/model.ts';
import type { Inventory } from '../packers/inventory.ts';
import type { Attribution } from './account.ts';
import { findHolder, type HeldImages, type Holder, readDistribution } from './holder.ts';
import { Known } from './known.ts';
import { type BlobLayout, layOut } from './layout.ts';
import { type MappedImage, mapImage } from './mapped-image.ts';
import { checkDivisible } from './opaque.ts';
import { attributeStored } from './stored.ts';
import { attributeTransfer, type TransferInput } from './transferred.ts';

export interface SeriesInput {
  readonly model: Model;
  /** In series order, none missing: all up to those that are explained, and those that clients may hold. */
  readonly images: readonly ImageDescriptor[];
  /** What the model makes of an image. */
  inventory(image: ImageDescriptor): Promise<Inventory>;
  /** Digests of its files, where somebody took them before: what is not known is hashed. */
  digests?(image: ImageDescriptor): FileDigests | undefined;
  /** Told what is worked at. */
  busy(text: string): void;
}

export interface ExplainInput extends SeriesInput {
  /** The image to explain. */
  readonly image: string;
  /** Images that the client holds. */
  readonly held: HeldImages;
}

/** What one image brought to the registry. */
export interface StoredImage extends Attribution {
  readonly image: string;
}

export interface Explained {
  /** Ids of the images that the client holds. */
  readonly holds: readonly string[];
  readonly transferred: Attribution;
  /** Of each image up to the one that is explained, in series order: their sum is what the registry keeps. */
  readonly stored: readonly StoredImage[];
}

/** As {@link ExplainedSeries.explain}, of one image for one client. */
export async function explainImage({ image, held, ...series }: ExplainInput): Promise<Explained> {
  return (await ExplainedSeries.of(series)).explain(image, held);
}

/** A series by one model: what its images are made up of is found once, whatever images are explained for whichever clients. */
export class ExplainedSeries {
  readonly #input: SeriesInput;
  /** As the store of the series keeps them, by id. */
  readonly #placed = new Map<string, Inventory>();
  readonly #measured = new Map<string, readonly Measured[]>();
  readonly #mapped = new Map<string, MappedImage>();
  readonly #layouts = new Map<string, BlobLayout>();
  readonly #distributions = new Map<string, string | undefined>();
  /** Of the images so far, in series order. */
  readonly #stored: StoredImage[] = [];
  readonly #before = new Holdings();
  readonly #known = new Known();

  /** Throws a SkippedError for models that cannot be divided. */
  static async of(input: SeriesInput): Promise<ExplainedSeries> {
    checkDivisible(input.model);
    const series = new ExplainedSeries(input);
    const fold = new SeriesFold(input.model, []);
    for (const descriptor of input.images) {
      const { placed, measurements } = fold.add(await input.inventory(descriptor));
      series.#placed.set(descriptor.id, placed!);
      series.#measured.set(descriptor.id, measurements);
    }
    return series;
  }

  private constructor(input: SeriesInput) {
    this.#input = input;
  }

  /**
   * Divides what a client transfers to get an image, and what a registry keeps of the series up to it, among paths and causes.
   * Throws a UsageError where there is no such client, a VerificationError where a sum differs from the measure.
   */
  async explain(image: string, held: HeldImages): Promise<Explained> {
    const { model, images } = this.#input;
    const stored = await this.#storedUpTo(images.findIndex(({ id }) => id === image));
    const holder = await findHolder({
      ...this.#input,
      image,
      held,
      placed: this.#placed,
      map: (descriptor) => this.#map(descriptor),
      distribution: (descriptor) => this.#distribution(descriptor),
    });
    const transferred = transferTo(model, holder, {
      image: this.#mapped.get(image)!,
      placed: this.#placed.get(image)!,
      layouts: this.#layouts,
      ...holder,
    });
    return { holds: holder.holds, stored, transferred };
  }

  async #storedUpTo(last: number): Promise<readonly StoredImage[]> {
    const stored = this.#stored;
    for (const descriptor of this.#input.images.slice(stored.length, last + 1)) {
      const { id } = descriptor;
      const placed = this.#placed.get(id)!;
      const image = await this.#map(descriptor);
      for (const [digest, layout] of layOut(image, placed, this.#layouts)) {
        this.#layouts.set(digest, layout);
      }
      const own = attributeStored(image, placed, this.#layouts, this.#before, this.#known);
      stored.push({ ...own, image: id });
      checkSum(this.#measured.get(id)!, 'stored.bytes', id, '-', sumOf(stored));
      this.#before.pull(placed);
      this.#known.add(image.owners);
    }
    return stored.slice(0, last + 1);
  }

  async #map(descriptor: ImageDescriptor): Promise<MappedImage> {
    const known = this.#mapped.get(descriptor.id);
    if (known) return known;
    const { busy, inventory, digests } = this.#input;
    busy(`dividing ${descriptor.id}`);
    const made = openMapped(descriptor, await inventory(descriptor), digests?.(descriptor));
    this.#mapped.set(descriptor.id, made);
    return made;
  }

  #distribution(descriptor: ImageDescriptor): string | undefined {
    const { id } = descriptor;
    if (!this.#distributions.has(id)) this.#distributions.set(id, readDistribution(descriptor));
    return this.#distributions.get(id);
  }
}

function transferTo(model: Model, { held }: Holder, input: TransferInput): Attribution {
  const transfer = model.transfer(input.placed, held);
  const transferred = attributeTransfer(transfer, input);
  const { contentBytes, metadataBytes } = transfer;
  if (transferred.contentBytes === contentBytes && transferred.metadataBytes === metadataBytes) {
    return transferred;
  }
  const { image } = input.placed;
  throw wrongSum('transfer.bytes', image, transferred.bytes, contentBytes + metadataBytes);
}

function openMapped(
  descriptor: ImageDescriptor,
  inventory: Inventory,
  digests: FileDigests | undefined,
): MappedImage {
  const image = openImage(descriptor);
  try {
    if (digests) recallDigests(image.tree, digests);
    return mapImage(image, inventory);
  } finally {
    closeImage(image);
  }
}

function sumOf(parts: readonly Attribution[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}

interface Measured {
  readonly measure: string;
  readonly image: string;
  readonly client: string;
  readonly value: number | string;
}

/** Throws a VerificationError where there is such a figure, and it is not the sum. */
export function checkSum(
  measured: readonly Measured[],
  measure: string,
  image: string,
  client: string,
  sum: number,
): void {
  const record = measured.find(
    (one) => one.measure === measure && one.image === image && one.client === client,
  );
  if (record && record.value !== sum) throw wrongSum(measure, image, sum, record.value);
}

function wrongSum(measure: string, image: string, sum: number, value: unknown): VerificationError {
  return new VerificationError(
    `explain accounts for ${sum} bytes, and ${measure} is ${String(value)}`,
    { image },
    'measure anew with bench run --fresh; if it stays, this is a fault of explain',
  );
}

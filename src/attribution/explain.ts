import { VerificationError } from '../errors.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { closeImage, openImage } from '../images/open.ts';
import { type FileDigests, recallDigests } from '../measures/contents.ts';
import { SeriesFold } from '../measures/fold.ts';
import { Holdings } from '../measures/holdings.ts';
import type { Model } from '../models/model.ts';
import type { Inventory } from '../packers/inventory.ts';
import type { Attribution } from './account.ts';
import { findHolder, type HeldImages, type Holder } from './holder.ts';
import { Known } from './known.ts';
import { type BlobLayout, layOut } from './layout.ts';
import { type MappedImage, mapImage } from './mapped-image.ts';
import { checkDivisible } from './opaque.ts';
import { attributeStored } from './stored.ts';
import { attributeTransfer, type TransferInput } from './transferred.ts';

export interface ExplainInput {
  readonly model: Model;
  /** In series order, none missing: all up to the image, and those that the client may hold. */
  readonly images: readonly ImageDescriptor[];
  /** The image to explain. */
  readonly image: string;
  /** Images that the client holds. */
  readonly held: HeldImages;
  /** What the model makes of an image. */
  inventory(image: ImageDescriptor): Promise<Inventory>;
  /** Digests of its files, where somebody took them before: what is not known is hashed. */
  digests?(image: ImageDescriptor): FileDigests | undefined;
  /** Told what is worked at. */
  busy(text: string): void;
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

/**
 * Divides what a client transfers to get an image, and what a registry keeps of the series up to it, among paths and causes.
 * Throws a SkippedError for models that cannot be divided, a UsageError where there is no such client, a VerificationError
 * where a sum differs from the measure.
 */
export async function explainImage(input: ExplainInput): Promise<Explained> {
  const { model, images, image, held } = input;
  checkDivisible(model);
  const layouts = new Map<string, BlobLayout>();
  const stored: StoredImage[] = [];
  const placed = new Map<string, Inventory>();
  const mapped = new Map<string, MappedImage>();
  const map = async (descriptor: ImageDescriptor): Promise<MappedImage> => {
    const known = mapped.get(descriptor.id);
    if (known) return known;
    input.busy(`dividing ${descriptor.id}`);
    const made = openMapped(
      descriptor,
      await input.inventory(descriptor),
      input.digests?.(descriptor),
    );
    mapped.set(descriptor.id, made);
    return made;
  };
  const fold = new SeriesFold(model, []);
  const known = new Known();
  const before = new Holdings();
  for (const descriptor of images) {
    const { id } = descriptor;
    const { placed: own, measurements } = fold.add(await input.inventory(descriptor));
    placed.set(id, own!);
    // Of images behind it only that matters what a client holds.
    if (mapped.has(image)) continue;
    const one = await map(descriptor);
    for (const [digest, layout] of layOut(one, own!, layouts)) layouts.set(digest, layout);
    stored.push({ ...attributeStored(one, own!, layouts, before, known), image: id });
    checkSum(measurements, 'stored.bytes', id, '-', sumOf(stored));
    before.pull(own!);
    known.add(one.owners);
  }
  const holder = await findHolder({ ...input, held, placed, map });
  const wanted = placed.get(image)!;
  const transferred = transferTo(model, holder, {
    image: mapped.get(image)!,
    placed: wanted,
    layouts,
    ...holder,
  });
  return { holds: holder.holds, stored, transferred };
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

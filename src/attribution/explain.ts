import { SkippedError, VerificationError } from '../errors.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { closeImage, openImage } from '../images/open.ts';
import { SeriesFold } from '../measures/fold.ts';
import { Holdings } from '../measures/holdings.ts';
import type { Model } from '../models/model.ts';
import type { Executor } from '../objects/executor.ts';
import type { Inventory } from '../packers/inventory.ts';
import type { Attribution } from './account.ts';
import { Known } from './known.ts';
import { type BlobLayout, layOut } from './layout.ts';
import { type MappedImage, mapImage } from './mapped-image.ts';
import { attributeStored } from './stored.ts';
import { attributeTransfer } from './transferred.ts';

export interface ExplainInput {
  readonly model: Model;
  /** In series order, none missing. */
  readonly images: readonly ImageDescriptor[];
  /** The image to explain. */
  readonly image: string;
  /** Images that the client holds. */
  readonly holds: readonly string[];
  readonly executor: Executor;
  /** What the model makes of an image. */
  inventory(image: ImageDescriptor): Promise<Inventory>;
  /** Told what is worked at. */
  busy(text: string): void;
}

/** What one image brought to the registry. */
export interface StoredImage extends Attribution {
  readonly image: string;
}

export interface Explained {
  readonly transferred: Attribution;
  /** Of each image up to the one that is explained, in series order: their sum is what the registry keeps. */
  readonly stored: readonly StoredImage[];
}

interface SeriesImage {
  readonly id: string;
  readonly mapped: MappedImage;
  readonly placed: Inventory;
}

/**
 * Divides what a client transfers to get an image, and what a registry keeps of the series up to it, among paths and causes.
 * Throws a SkippedError for models that cannot be divided, a VerificationError where a sum differs from the measure.
 */
export async function explainImage(input: ExplainInput): Promise<Explained> {
  const { model, image, holds } = input;
  if (!model.id.includes('|')) {
    throw new SkippedError(
      `what '${model.id}' writes cannot be divided among paths`,
      { model: model.id },
      'explain divides chains of five choices, not models of external programs',
    );
  }
  const layouts = new Map<string, BlobLayout>();
  const stored: StoredImage[] = [];
  const series: SeriesImage[] = [];
  const fold = new SeriesFold(model, []);
  const known = new Known();
  const before = new Holdings();
  const needed = new Set([image, ...holds]);
  const last = input.images.findLastIndex(({ id }) => needed.has(id));
  let isPast = false;
  for (const descriptor of input.images.slice(0, last + 1)) {
    const { id } = descriptor;
    input.busy(`dividing ${id}`);
    const own = await input.inventory(descriptor);
    const { placed, measurements } = fold.add(own);
    const mapped = await openMapped(descriptor, own, input.executor);
    for (const [digest, layout] of layOut(mapped, placed!, layouts)) layouts.set(digest, layout);
    if (!isPast) {
      const attribution = attributeStored(mapped, placed!, layouts, before, known);
      stored.push({ ...attribution, image: id });
      checkSum(measurements, 'stored.bytes', id, '-', sumOf(stored));
    }
    isPast ||= id === image;
    before.pull(placed!);
    known.add(mapped.owners);
    series.push({ id, mapped, placed: placed! });
  }
  return { stored, transferred: transferTo(series, input, layouts) };
}

function transferTo(
  series: readonly SeriesImage[],
  { model, image, holds }: ExplainInput,
  layouts: ReadonlyMap<string, BlobLayout>,
): Attribution {
  const { mapped, placed } = series.find(({ id }) => id === image)!;
  const held = new Holdings();
  const known = new Known();
  for (const one of series) {
    if (!holds.includes(one.id)) continue;
    held.pull(one.placed);
    known.add(one.mapped.owners);
  }
  const transfer = model.transfer(placed, held);
  const transferred = attributeTransfer(transfer, { image: mapped, placed, layouts, held, known });
  const { contentBytes, metadataBytes } = transfer;
  if (transferred.contentBytes === contentBytes && transferred.metadataBytes === metadataBytes) {
    return transferred;
  }
  throw wrongSum('transfer.bytes', image, transferred.bytes, contentBytes + metadataBytes);
}

async function openMapped(
  descriptor: ImageDescriptor,
  inventory: Inventory,
  executor: Executor,
): Promise<MappedImage> {
  const image = openImage(descriptor);
  try {
    return await mapImage(image, inventory, executor);
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

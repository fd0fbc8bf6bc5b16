import { UsageError } from '../errors.ts';
import type { Held } from '../fetchers/fetcher.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { closeImage, openImage } from '../images/open.ts';
import { distributionOf } from '../measures/contents.ts';
import { Holdings } from '../measures/holdings.ts';
import { bytesOf } from '../measures/transfer.ts';
import type { Model } from '../models/model.ts';
import type { Inventory } from '../packers/inventory.ts';
import { Known } from './known.ts';
import type { MappedImage } from './mapped-image.ts';

/** Which images a client holds: by id, the base of the series, or the nearest of another distribution. */
export type HeldImages =
  | { readonly holds: readonly string[] }
  | { readonly base: ImageDescriptor }
  | 'other-distribution';

/** A client, and what the images say that it holds. */
export interface Holder {
  /** Ids of images. */
  readonly holds: readonly string[];
  readonly held: Held;
  readonly known: Known;
}

export interface HolderInput {
  readonly model: Model;
  readonly images: readonly ImageDescriptor[];
  /** The image that the client wants. */
  readonly image: string;
  readonly held: HeldImages;
  /** As the store of the series keeps them, by id. */
  readonly placed: ReadonlyMap<string, Inventory>;
  inventory(image: ImageDescriptor): Promise<Inventory>;
  map(image: ImageDescriptor): Promise<MappedImage>;
  /** As {@link readDistribution}. */
  distribution(image: ImageDescriptor): string | undefined;
}

/** Throws a UsageError where there is no such client. */
export async function findHolder(input: HolderInput): Promise<Holder> {
  const { images, held, placed } = input;
  if (held !== 'other-distribution' && 'base' in held) return baseHolder(input, held.base);
  const holds = held === 'other-distribution' ? [nearestOther(input)] : held.holds;
  const pulled = new Holdings();
  const known = new Known();
  for (const descriptor of images.filter(({ id }) => holds.includes(id))) {
    pulled.pull(placed.get(descriptor.id)!);
    known.add((await input.map(descriptor)).owners);
  }
  return { holds, held: pulled, known };
}

/** The base is packed by itself, as its records are: it knows nothing of packs that the series shares. */
async function baseHolder(
  { image, placed, inventory, map }: HolderInput,
  base: ImageDescriptor,
): Promise<Holder> {
  const own = await inventory(base);
  if (own.digest === placed.get(image)!.digest) {
    throw new UsageError(
      `${image} is the base itself`,
      {},
      'give another image, or --client none for one that holds nothing',
    );
  }
  const known = new Known();
  known.add((await map(base)).owners);
  return { holds: [base.id], held: Holdings.of(own), known };
}

/** As `transfer.bytes` chooses it: of all images of other distributions the one that spares most, the first of equal ones. */
function nearestOther({ model, images, image, placed, distribution }: HolderInput): string {
  const distributions = new Map(images.map((one) => [one.id, distribution(one)]));
  const own = distributions.get(image);
  const wanted = placed.get(image)!;
  const others = images.flatMap(({ id }) => {
    const other = distributions.get(id);
    if (own === undefined || other === undefined || other === own) return [];
    return { id, bytes: bytesOf(model.transfer(wanted, Holdings.of(placed.get(id)!))) };
  });
  const [best] = others.sort((a, b) => a.bytes - b.bytes);
  if (best) return best.id;
  const why =
    own === undefined ? `${image} does not say of which` : `all that say so are of ${own}`;
  throw new UsageError(
    `no image is of another distribution: ${why}`,
    {},
    'give none, previous, all-previous, base or image:ID',
  );
}

/** As `Contents.distribution`. */
export function readDistribution(descriptor: ImageDescriptor): string | undefined {
  const image = openImage(descriptor);
  try {
    return distributionOf(image.tree);
  } finally {
    closeImage(image);
  }
}

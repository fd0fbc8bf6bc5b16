import type { Inventory } from '../packers/inventory.ts';
import type { Fidelity } from '../trees/fidelity.ts';
import type { Contents } from './contents.ts';
import { roundUp } from './disk.ts';
import { Holdings } from './holdings.ts';
import { factsOf, type Measurement } from './measurement.ts';
import type { Part, Step } from './step.ts';

/** Disk and memory of a receiver that keeps what it needs to pull the next image as cheaply as `transfer.*` says. */
export class ReceiverPart implements Part {
  readonly #fidelity: Fidelity;

  constructor(fidelity: Fidelity) {
    this.#fidelity = fidelity;
  }

  add({ image, placed, contents, previous, before, isFirst }: Step): readonly Measurement[] {
    if (!placed || !contents) return [];
    const { files, store } = receiverDisk(placed, contents, this.#fidelity);
    const records = [
      ...factsOf(image, [
        ['disk.bytes', files + store],
        ['disk.files_bytes', files],
        ['disk.store_bytes', store],
      ]),
    ];
    for (const [client, held] of [
      ['previous', previous],
      ['all-previous', isFirst ? undefined : before],
    ] as const) {
      const value = held && pageCacheBytes(placed, contents, held);
      if (value === undefined) continue;
      records.push({ image, client, measure: 'disk.page_cache_shared_bytes', value });
    }
    return records;
  }
}

/**
 * True where a client can be spared single objects: something leads to them, and it must keep them, or files that are
 * these objects. Layers that only the manifest leads to are unpacked and forgotten.
 */
function isDivided({ layers, placement }: Inventory): boolean {
  return placement !== undefined || layers.some(({ role }) => role === 'metadata');
}

/**
 * An object that is the content of a file is kept as that file, once for all files with this content. All other files
 * are a second copy, put together from the objects; those stay in a store as they were pulled.
 */
function receiverDisk(
  inventory: Inventory,
  contents: Contents,
  { hardlinks, sparse }: Fidelity,
): { readonly files: number; readonly store: number } {
  const { digests, sizes, allocated, links } = contents;
  const divided = isDivided(inventory);
  const own = objectsOf(inventory);
  const whole = new Holdings().objects;
  let files = 0;
  for (const [file, size] of sizes.entries()) {
    if (divided && own.find(digests, 32 * file) >= 0) {
      const known = whole.count;
      if (whole.add(digests, 32 * file) === known) files += roundUp(size);
    } else {
      const copies = hardlinks ? 1 : links[file]!;
      files += copies * (sparse ? allocated[file]! : roundUp(size));
    }
  }
  return { files, store: divided ? storeBytes(inventory, whole) : 0 };
}

function storeBytes(inventory: Inventory, whole: Holdings['objects']): number {
  const { objects, layers, placement } = inventory;
  let [rounded, laid] = [0, 0];
  for (const [number, size] of objects.stored.entries()) {
    if (whole.find(objects.digests, 32 * number) >= 0) continue;
    rounded += roundUp(size);
    laid += size;
  }
  const indexes = layers
    .filter(({ role }) => role === 'metadata')
    .reduce((sum, { size }) => sum + roundUp(size), 0);
  // Objects that came out of a blob lie in one file, with their index.
  return (
    indexes +
    (placement
      ? roundUp(laid + placement.indexLengths.reduce((sum, own) => sum + own, 0))
      : rounded)
  );
}

/**
 * Bytes of files that are there already as the very same files, so that memory holds them once for all images: files that
 * are objects which the client holds, and files of layers which it holds. Equal bytes in two files are held twice, also
 * where the file system shares their blocks. undefined where layers do not say which files they hold.
 */
function pageCacheBytes(
  inventory: Inventory,
  contents: Contents,
  held: Holdings,
): number | undefined {
  const { digests, sizes, sources } = contents;
  const own = objectsOf(inventory);
  if (isDivided(inventory)) {
    const counted = new Holdings().objects;
    return sum(sizes, (file) => {
      const isHeld =
        own.find(digests, 32 * file) >= 0 && held.objects.find(digests, 32 * file) >= 0;
      const known = counted.count;
      return isHeld && counted.add(digests, 32 * file) === known;
    });
  }
  const layers = contents.layers.map((diffId) => Buffer.from(diffId.slice(7), 'hex'));
  if (!layers.every((layer) => own.find(layer) >= 0)) {
    if (own.count !== 1) return undefined;
    return held.objects.find(inventory.objects.digests) >= 0 ? sum(sizes, () => true) : 0;
  }
  return sum(sizes, (file) => {
    const layer = layers[sources[file]!];
    return layer !== undefined && held.objects.find(layer) >= 0;
  });
}

function sum(sizes: Float64Array, counts: (file: number) => boolean): number {
  return sizes.reduce((bytes, size, file) => bytes + (counts(file) ? size : 0), 0);
}

function objectsOf({ objects }: Inventory): Holdings['objects'] {
  const { objects: table } = new Holdings();
  for (let number = 0; number < objects.count; number++) table.add(objects.digests, 32 * number);
  return table;
}

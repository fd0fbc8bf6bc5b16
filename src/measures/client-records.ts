import { baseOf } from '../images/base.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { limits } from '../limits.ts';
import type { Link } from '../links/mod.ts';
import { cellInputs, type Model } from '../models/model.ts';
import type { Inventory } from '../packers/inventory.ts';
import { PackStore } from '../packers/pack-store.ts';
import { clientWith } from './clients.ts';
import type { Contents } from './contents.ts';
import { DuplicateBooks } from './duplicates.ts';
import { OneImageClients, pairMeasures, shareOf } from './pairs.ts';
import type { Measurement } from './series.ts';
import { SideBooks } from './sides.ts';

export interface ClientInput {
  /** Ids in series order. */
  readonly planned: readonly string[];
  /** Those that could be had, in series order. */
  readonly images: readonly ImageDescriptor[];
  readonly links: readonly Link[];
  /** What was kept of the cells by the key of {@link cellInputs}, and of the images by digest. */
  readonly inventories: {
    read(image: string, model: string): Inventory | undefined;
    readContents(image: string): Contents | undefined;
  };
}

/**
 * The measures that ask for more than one image at a time: every pair, the base, another distribution, both sides' disks.
 * Nothing is packed for them; inventories are read back one model after another, so that memory does not grow with models.
 * Series figures stop before an image that failed, as those of SeriesAccount do; figures that need the whole dataset wait
 * until it is there, so that a run that was mended equals one that never failed.
 */
export class ClientRecords {
  /** Undefined unless all images could be had. */
  readonly base: ImageDescriptor | undefined;
  readonly #input: ClientInput;
  readonly #distributions: ReadonlyMap<string, Pick<Contents, 'distribution'>>;

  constructor(input: ClientInput) {
    this.#input = input;
    const { planned, images } = input;
    this.base = images.length > 0 && images.length === planned.length ? baseOf(images) : undefined;
    this.#distributions = new Map(
      images.flatMap(({ id, digest }) => {
        const distribution = input.inventories.readContents(digest)?.distribution;
        return distribution === undefined ? [] : [[id, { distribution }] as const];
      }),
    );
  }

  /** Facts of the images whatever the model. */
  ofImages(): readonly Measurement[] {
    const { images, inventories } = this.#input;
    const books = new DuplicateBooks();
    const records: Measurement[] = [];
    for (const { id, digest } of this.#leading()) {
      const contents = inventories.readContents(digest);
      if (!contents) break;
      records.push(...books.add({ ...contents, image: id }));
    }
    for (const [image, { distribution }] of this.#distributions) {
      if (distribution === undefined) continue;
      records.push({ image, client: '-', measure: 'image.distribution', value: distribution });
    }
    return images.length > limits.pairImages ? records : [...records, ...this.#sharedFiles()];
  }

  /** @param base that image packed by the model */
  ofModel(model: Model, base: Inventory | undefined): readonly Measurement[] {
    const { images, links, inventories } = this.#input;
    const records: Measurement[] = [];
    const sides = new SideBooks(model);
    const clients = base ? new OneImageClients(model, links, base) : undefined;
    const isSmall = images.length <= limits.pairImages;
    const all: Inventory[] = [];
    const leading = new Set(this.#leading());
    const packs = new PackStore();
    for (const image of images) {
      const kept = inventories.read(cellInputs(model, image, images).key, model.id);
      const contents = inventories.readContents(image.digest);
      if (!kept || !contents) leading.clear();
      if (!kept) continue;
      const wanted = { ...packs.add(kept), image: image.id };
      if (contents && leading.has(image)) records.push(...sides.add(wanted, contents));
      if (clients) records.push(...clients.withBase(wanted));
      if (isSmall) all.push(wanted);
    }
    if (!isSmall) return records;
    records.push(...pairMeasures(model, all));
    if (clients && all.length === images.length) {
      for (const wanted of all) {
        records.push(...clients.withOtherDistribution(wanted, all, this.#distributions));
      }
    }
    return records;
  }

  /** The images before the first that could not be had. */
  #leading(): readonly ImageDescriptor[] {
    const { images, planned } = this.#input;
    const gap = planned.findIndex((id, index) => images[index]?.id !== id);
    return images.slice(0, gap < 0 ? undefined : gap);
  }

  #sharedFiles(): readonly Measurement[] {
    const tables = this.#input.images.flatMap(({ id, digest }) => {
      const contents = this.#input.inventories.readContents(digest);
      return contents ? [{ id, files: sizesOf(contents) }] : [];
    });
    return tables.flatMap((later, to) =>
      tables.slice(0, to).flatMap((earlier) => {
        const shared = bytesOf([...later.files].filter(([digest]) => earlier.files.has(digest)));
        const sum = bytesOf(later.files) + bytesOf(earlier.files);
        const key = { image: later.id, client: clientWith(earlier.id) };
        const share = shareOf(shared, sum);
        return [
          { ...key, measure: 'image.shared_file_bytes', value: shared },
          ...(share === undefined
            ? []
            : [{ ...key, measure: 'image.shared_file_share', value: share }]),
        ];
      }),
    );
  }
}

/** Distinct contents: digest → bytes. */
function sizesOf({ digests, sizes }: Contents): ReadonlyMap<string, number> {
  const hex = Buffer.from(digests.buffer, digests.byteOffset, digests.length).toString('hex');
  return new Map(Array.from(sizes, (size, file) => [hex.slice(64 * file, 64 * file + 64), size]));
}

function bytesOf(files: Iterable<readonly [string, number]>): number {
  let bytes = 0;
  for (const [, size] of files) bytes += size;
  return bytes;
}

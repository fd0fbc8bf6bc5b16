import { baseOf } from '../images/base.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { limits } from '../limits.ts';
import type { Link } from '../links/mod.ts';
import type { Model } from '../models/model.ts';
import type { Inventory } from '../packers/inventory.ts';
import type { Contents } from './contents.ts';
import { DuplicateCount } from './duplicates.ts';
import { factsOf, type Measurement } from './measurement.ts';
import { OneImageClients, pairMeasures } from './pairs.ts';
import { filesOf, sharedFileMeasures, sharedFiles } from './steps.ts';

export interface WholeSeriesInput {
  /** Ids in series order. */
  readonly planned: readonly string[];
  /** Those that could be had, in series order. */
  readonly images: readonly ImageDescriptor[];
  readonly links: readonly Link[];
  /** undefined where they could not be read. */
  contents(image: string): Contents | undefined;
}

/**
 * The measures that ask for more of a series than one step: every pair, the base, another distribution, duplicates. Nothing
 * is packed for them. Figures that need the whole dataset are left out until it is there, so that a run that was mended
 * equals one that never failed.
 */
export class WholeSeries {
  /** Undefined unless all images could be had. */
  readonly base: ImageDescriptor | undefined;
  readonly #input: WholeSeriesInput;
  readonly #distributions: ReadonlyMap<string, Pick<Contents, 'distribution'>>;

  constructor(input: WholeSeriesInput) {
    this.#input = input;
    const { planned, images } = input;
    this.base = images.length > 0 && images.length === planned.length ? baseOf(images) : undefined;
    this.#distributions = new Map(
      images.flatMap(({ id }) => {
        const distribution = input.contents(id)?.distribution;
        return distribution === undefined ? [] : [[id, { distribution }] as const];
      }),
    );
  }

  /** Facts of the images whatever the model. */
  ofImages(): readonly Measurement[] {
    const { images } = this.#input;
    const duplicates = new DuplicateCount();
    const records: Measurement[] = [];
    for (const { id } of this.#leading()) {
      const contents = this.#input.contents(id);
      if (!contents) break;
      records.push(...duplicates.add({ ...contents, image: id }));
    }
    for (const [image, { distribution }] of this.#distributions) {
      if (distribution !== undefined) {
        records.push(...factsOf(image, [['image.distribution', distribution]]));
      }
    }
    return images.length > limits.pairImages ? records : [...records, ...this.#sharedFiles()];
  }

  /**
   * @param series what the model packed of the images that could be had, in series order, as the store of the series keeps it
   * @param base that image packed by the model
   */
  ofModel(
    model: Model,
    series: Iterable<Inventory>,
    base: Inventory | undefined,
  ): readonly Measurement[] {
    const { images, links } = this.#input;
    const clients = base ? new OneImageClients(model, links, base) : undefined;
    const records: Measurement[] = [];
    const isSmall = images.length <= limits.pairImages;
    const all: Inventory[] = [];
    for (const wanted of series) {
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
    const tables = this.#input.images.flatMap(({ id }) => {
      const contents = this.#input.contents(id);
      return contents ? [{ id, files: filesOf(contents) }] : [];
    });
    return tables.flatMap((later, to) =>
      tables
        .slice(0, to)
        .flatMap((earlier) =>
          sharedFileMeasures(later.id, earlier.id, sharedFiles(later.files, earlier.files)),
        ),
    );
  }
}

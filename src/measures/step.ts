import type { Inventory } from '../packers/inventory.ts';
import type { Contents } from './contents.ts';
import type { Holdings } from './holdings.ts';
import type { Measurement } from './measurement.ts';
import type { MeasureName } from './mod.ts';

/**
 * One image of a series as the parts of a fold see it. What a failed image leaves unknown is undefined: a part gives no
 * figure that would need it.
 */
export interface Step {
  readonly image: string;
  /** Of this image, whatever came before it. */
  readonly own: Inventory;
  /**
   * With its objects where a store that has all images before keeps them. Undefined where the model packs objects of
   * several images together and an image before is missing.
   */
  readonly placed: Inventory | undefined;
  /** undefined where they could not be read. */
  readonly contents: Contents | undefined;
  /** What a client with the previous image holds; undefined for the first image, and right after a missing one. */
  readonly previous: Holdings | undefined;
  /** What a client with all images before holds: nothing at the first; undefined where one of them is missing. */
  readonly before: Holdings | undefined;
  readonly isFirst: boolean;
}

/** One group of measures over a series: images come in order, each is answered with its figures. */
export interface Part {
  /** Stands for the group where it fails. */
  readonly measure: MeasureName;
  add(step: Step): readonly Measurement[];
}

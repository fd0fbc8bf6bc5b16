import type { Division } from '../../accounting/divide.ts';
import type { Sweep } from '../../accounting/shares.ts';
import type { ImageDescriptor } from '../../images/image.ts';
import type { Changes } from '../../measures/changes.ts';
import type { Measurement } from '../../measures/measurement.ts';
import type { ReproducibilityResult } from '../../measures/reproducibility.ts';
import type { CellStore } from '../cell-store.ts';

/** An image, with what no model changes. */
export interface EnteredImage {
  readonly image: ImageDescriptor;
  readonly measurements: readonly Measurement[];
}

/** Where a run reads what cells found, and has done those that are not there. */
export type Cells = Pick<CellStore, 'contents' | 'readContents' | 'packed' | 'read'>;

/** What was found elsewhere, by all shards of a run: nothing is fetched or packed here. Each throws what its cell failed by. */
export interface Found {
  readonly cells: Cells;
  image(id: string): EnteredImage;
  /** undefined where one of the two images could not be read. */
  changes(id: string): Changes | undefined;
  /** By sweep, then by chunker. */
  divisions(id: string, sweeps: readonly Sweep[]): readonly (readonly Division[])[];
  reproducibility(model: string): ReproducibilityResult;
  /** Versions of the external programs that models ran. */
  readonly tools: Readonly<Record<string, string>>;
}

/** The pieces of a rope are rows of numbers: where one starts in the rope, the number of its source, where it starts there. */

export const ROW = 3;
export const START = 0;
export const SOURCE = 1;
export const OFFSET = 2;

/** In place of a source. */
export const ZEROS: number = -1;
/** Literal bytes collect in one growing buffer, the source with this number. */
export const LITERALS: number = -2;

export interface PieceRows {
  readonly pieces: Float64Array;
  readonly count: number;
  /** Of the rope: bytes. */
  readonly length: number;
}

/** A table before it is HTML or Markdown. */
export interface Table {
  readonly id: string;
  readonly title: string;
  /** What the figures are, their unit and what they are compared with. */
  readonly note: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

export interface Column {
  readonly title: string;
  readonly numeric?: boolean;
  /** Holds words that should not be squeezed. */
  readonly wide?: boolean;
  /** Longer words for the heading. */
  readonly hint?: string;
}

export interface Cell {
  readonly text: string;
  /** What the column is sorted by, where it is not the text; undefined sorts last. */
  readonly sort?: number | undefined;
  readonly hint?: string;
  /** Colour of a model, shown as a swatch. */
  readonly colour?: string;
}

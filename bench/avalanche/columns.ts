import type { EditForm } from '../../src/datasets/edited.ts';
import type { Variant } from '../../src/datasets/editor.ts';
import type { Draw } from '../../src/datasets/edits/mod.ts';
import { formatNumber } from '../../src/format.ts';
import type { Image } from '../../src/images/image.ts';
import type { Pulled } from '../../src/measures/avalanche.ts';
import type { Changes } from '../../src/measures/changes.ts';
import { aliasOf } from '../../src/models/mod.ts';
import { DrawnEdits, type Moved } from '../../src/runs/drawn-edits.ts';
import type { Figure } from '../verdict.ts';

/** Models, and how changes come into the image: what is measured of each draw side by side. */

/** Models that are measured alike. */
export interface Asked {
  readonly models: readonly string[];
  /** Of each kind; the first ones of whoever asks for more. */
  readonly draws: number;
  /** `rebuild` where absent. */
  readonly form?: EditForm;
}

export interface Column {
  readonly model: string;
  readonly form: EditForm;
  readonly draws: number;
}

export function columnsOf(asked: readonly Asked[]): readonly Column[] {
  return asked.flatMap(({ models, draws, form = 'rebuild' }) =>
    models.map((model) => ({ model, form, draws })),
  );
}

/** What came of one change, by column: those that were not asked are absent. */
export interface Row {
  readonly changes: Changes;
  readonly pulled: ReadonlyMap<Column, Pulled>;
  /** What the change is. */
  readonly name: string;
  /** Length of the one file that is edited, before it: bytes; undefined of other changes. */
  readonly fileBytes?: number | undefined;
}

/** One image, and what moves by every column when it changes. */
export class Columns {
  readonly #all: readonly Column[];
  readonly #edits: ReadonlyMap<EditForm, DrawnEdits>;

  static async of(image: Image, all: readonly Column[]): Promise<Columns> {
    const edits = new Map<EditForm, DrawnEdits>();
    for (const form of new Set(all.map((column) => column.form))) {
      const models = all.filter((column) => column.form === form).map(modelOf);
      edits.set(form, await DrawnEdits.of(image, models, form));
    }
    return new Columns(all, edits);
  }

  private constructor(all: readonly Column[], edits: ReadonlyMap<EditForm, DrawnEdits>) {
    this.#all = all;
    this.#edits = edits;
  }

  /**
   * undefined where the image has nothing of the kind.
   *
   * @param number of the draw among those of its kind
   * @param of the one file that may be drawn; any where absent
   */
  async draw(draw: Draw, number: number, of?: string): Promise<Row | undefined> {
    let row: Row | undefined;
    for (const [form, edits] of this.#edits) {
      const wanted = this.#wanted(form, number);
      if (wanted.length === 0) continue;
      const drawn = await edits.measure(draw, wanted.map(modelOf), of);
      if (!drawn) return undefined;
      const { edit, fileBytes } = drawn;
      row = joined(row, { name: JSON.stringify(edit), fileBytes }, drawn, wanted);
    }
    return row;
  }

  /** As {@link draw}, of a given root file system. */
  async move(variant: Variant, number: number): Promise<Row> {
    let row: Row | undefined;
    for (const [form, edits] of this.#edits) {
      const wanted = this.#wanted(form, number);
      const moved = await edits.move(variant, wanted.map(modelOf));
      row = joined(row, { name: variant.name, fileBytes: undefined }, moved, wanted);
    }
    return row!;
  }

  #wanted(form: EditForm, number: number): readonly Column[] {
    return this.#all.filter((column) => column.form === form && number < column.draws);
  }
}

const modelOf = ({ model }: Column): string => model;

function joined(
  row: Row | undefined,
  facts: Pick<Row, 'name' | 'fileBytes'>,
  { changes, pulled }: Moved,
  columns: readonly Column[],
): Row {
  const own = columns.map((column) => [column, pulled.get(column.model)!] as const);
  return { ...facts, changes, pulled: new Map([...(row?.pulled ?? []), ...own]) };
}

/** As figures have them; `form` where it is not `rebuild`. */
export function parametersOf({ model, form }: Column): Figure['parameters'] {
  return form === 'rebuild' ? { model } : { model, form };
}

/** Heading of a figure's column. */
export function headingOf({ model, form }: Figure['parameters']): string {
  const name = aliasOf(String(model)) ?? String(model);
  return form === undefined ? name : `${name}, as a ${form}`;
}

/** Three digits or all before the point: factors go from 1 to millions. */
export function digits(value: number): string {
  return formatNumber(value, value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

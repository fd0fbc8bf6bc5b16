import Papa from 'papaparse';
import { clientWith, heldImage } from '../measures/clients.ts';
import { type Measure, measures } from '../measures/mod.ts';
import type { ValueRecord } from '../results/record.ts';
import { stepsOf } from '../results/steps.ts';
import { intervalName } from '../stats/mod.ts';
import { lost } from './fidelity.ts';
import { type Client, keyOf, type View } from './view.ts';

/** One row per image × model, numbers as recorded: for spreadsheets and programs. */

export type SummaryValue = number | string | null;
export type SummaryRow = Readonly<Record<string, SummaryValue>>;

type SummaryColumn = readonly [measure: string, client: Client, workers?: number];

/** Of a measure of packed images, by client where one is involved; by workers the value of one. */
function columnsOfMeasure({ name, of, by, clients }: Measure): readonly SummaryColumn[] {
  if (['image', 'step', 'pair', 'run'].includes(of) || by === 'link' || by === 'program') {
    return [];
  }
  if (by === 'workers') return [[name, '-', 1]];
  return (clients ?? ['-']).map((client) => [name, client] as const);
}

/** Beside timed columns: where the median may lie, what that is, and of how many samples. */
const SPREAD_FIELDS = ['low', 'high', 'n', 'interval'] as const;

function spreadFields(record: ValueRecord | undefined): readonly SummaryValue[] {
  const { low = null, high = null, n = null } = record ?? {};
  return [low, high, n, n === null || low === null ? null : intervalName(n)];
}

/** Headings of a column and of those beside it. */
function headings(column: SummaryColumn): readonly string[] {
  const own = heading(...column);
  return measures.get(column[0])!.spread
    ? [own, ...SPREAD_FIELDS.map((field) => `${own} ${field}`)]
    : [own];
}

function heading(measure: string, client: Client, workers?: number): string {
  if (workers !== undefined) return `${measure} (workers=${workers})`;
  return client === '-' ? measure : `${measure} (client=${client})`;
}

const KEYS = ['method', 'dataset', 'image', 'step', 'model', 'alias', 'drops'] as const;

export function summaryFields(view: View): readonly string[] {
  return [...KEYS, ...columnsOf(view).flatMap(headings)];
}

/** One more for each image that a client may hold: the matrix of all pairs, where it was measured. */
function columnsOf({ info, of }: View): readonly SummaryColumn[] {
  const held = new Set(of('transfer.bytes').map(({ client }) => heldImage(client)));
  return [
    ...[...measures.values()].flatMap(columnsOfMeasure),
    ...info.images
      .filter(({ id }) => held.has(id))
      .map(({ id }) => ['transfer.bytes', clientWith(id)] as const),
  ];
}

/** Cells without a value are null; cells that failed have a row all the same. Values stand in the order of `summaryFields`. */
function rowsOf(view: View): readonly (readonly SummaryValue[])[] {
  const { method, dataset, images, models } = view.info;
  const columns = columnsOf(view);
  const timed = byWorkers(view, columns);
  // Of swept chains as well, which no client pulls.
  const kinds = new Map(
    stepsOf(view.info.planned, view.records).map(({ image, kind }) => [image, kind]),
  );
  return images.flatMap((image) =>
    models.map((model) => [
      method,
      `${dataset.id}@${dataset.digest}`,
      image.id,
      kinds.get(image.id) ?? null,
      model.id,
      model.alias ?? null,
      lost(model).join('; '),
      ...columns.flatMap(([measure, client, workers]) => {
        const record =
          workers === undefined
            ? view.record(image.id, model.id, measure, client)
            : timed.get(keyOf(image.id, model.id, measure, workers));
        const value = record?.value ?? null;
        return measures.get(measure)!.spread ? [value, ...spreadFields(record)] : [value];
      }),
    ]),
  );
}

/** The first record of each key. */
function byWorkers(
  { of }: View,
  columns: readonly SummaryColumn[],
): ReadonlyMap<string, ValueRecord> {
  const found = new Map<string, ValueRecord>();
  for (const [name, , workers] of columns) {
    if (workers === undefined) continue;
    for (const record of of(name)) {
      if (record.workers !== workers) continue;
      const key = keyOf(record.image, record.model, name, workers);
      if (!found.has(key)) found.set(key, record);
    }
  }
  return found;
}

export function summaryRows(view: View): readonly SummaryRow[] {
  const fields = summaryFields(view);
  return rowsOf(view).map((row) =>
    Object.fromEntries(fields.map((field, index) => [field, row[index]!])),
  );
}

/** Text that a spreadsheet would take for a formula gets an apostrophe before it. */
export function summaryCsv(view: View): string {
  const table = { fields: [...summaryFields(view)], data: rowsOf(view).map((row) => [...row]) };
  return `${Papa.unparse(table, { newline: '\n', escapeFormulae: true })}\n`;
}

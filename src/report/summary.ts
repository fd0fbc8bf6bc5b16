import Papa from 'papaparse';
import { clientWith, heldImage } from '../measures/clients.ts';
import { type Measure, measures } from '../measures/mod.ts';
import type { ValueRecord } from '../results/record.ts';
import { stepsOf } from '../results/steps.ts';
import { intervalName } from '../stats/mod.ts';
import { lost } from './fidelity.ts';
import type { Client, View } from './view.ts';

/** One row per image × model, numbers as recorded: for spreadsheets and programs. */

export type SummaryValue = number | string | null;
export type SummaryRow = Readonly<Record<string, SummaryValue>>;

type SummaryColumn = readonly [measure: string, client: Client, workers?: number];

/** Of a measure of packed images, by client where one is involved; by workers the value of one. */
function columnsOfMeasure({ name, of, by, clients }: Measure): readonly SummaryColumn[] {
  if (['image', 'step', 'pair', 'run'].includes(of) || by === 'link') return [];
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

/** Cells without a value are null; cells that failed have a row all the same. */
export function summaryRows(view: View): readonly SummaryRow[] {
  const { method, dataset, images, models } = view.info;
  const columns = columnsOf(view);
  // Of swept chains as well, which no client pulls.
  const kinds = new Map(
    stepsOf(view.info.planned, view.records).map(({ image, kind }) => [image, kind]),
  );
  return images.flatMap((image) =>
    models.map((model) => {
      const keys: Record<(typeof KEYS)[number], SummaryValue> = {
        method,
        dataset: `${dataset.id}@${dataset.digest}`,
        image: image.id,
        step: kinds.get(image.id) ?? null,
        model: model.id,
        alias: model.alias ?? null,
        drops: lost(model).join('; '),
      };
      const values = columns.flatMap((column): readonly (readonly [string, SummaryValue])[] => {
        const [measure, client, workers] = column;
        const record =
          workers === undefined
            ? view.record(image.id, model.id, measure, client)
            : view
                .of(measure)
                .find(
                  (one) =>
                    one.image === image.id && one.model === model.id && one.workers === workers,
                );
        const cells = [record?.value ?? null, ...spreadFields(record)];
        return headings(column).map((title, index) => [title, cells[index]!] as const);
      });
      // One object from all: spread over another, so many fields take ten times as long.
      return Object.fromEntries([...Object.entries(keys), ...values]);
    }),
  );
}

/** Text that a spreadsheet would take for a formula gets an apostrophe before it. */
export function summaryCsv(view: View): string {
  const fields = [...summaryFields(view)];
  const data = summaryRows(view).map((row) => fields.map((field) => row[field] ?? ''));
  return `${Papa.unparse({ fields, data }, { newline: '\n', escapeFormulae: true })}\n`;
}

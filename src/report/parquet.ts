import type { ResultRecord, ValueRecord } from '../results/record.ts';
import type { RunInfo } from '../results/run.ts';

/** The records of a run as Parquet, for data frames and databases: one row a record, in the order of the run. */

type Cell = number | string | boolean | null;
type Type = 'STRING' | 'INT32' | 'DOUBLE' | 'BOOLEAN';
type Column = readonly [name: string, type: Type, of: (record: ResultRecord) => Cell | undefined];

const value = (record: ResultRecord): ValueRecord | undefined =>
  'value' in record ? record : undefined;

/** Integers of figures are exact up to 2⁵³, which is more bytes than any registry has. */
const columnsOf = (aliases: ReadonlyMap<string, string | undefined>): readonly Column[] => [
  ['method', 'INT32', ({ method }) => method],
  ['dataset', 'STRING', ({ dataset }) => dataset],
  ['image', 'STRING', ({ image }) => image],
  ['model', 'STRING', ({ model }) => model],
  ['alias', 'STRING', ({ model }) => aliases.get(model)],
  ['client', 'STRING', ({ client }) => client],
  ['link', 'STRING', ({ link }) => link],
  ['workers', 'INT32', ({ workers }) => workers],
  ['layer', 'INT32', ({ layer }) => layer],
  ['program', 'STRING', ({ program }) => program],
  ['measure', 'STRING', ({ measure }) => measure],
  ['value', 'DOUBLE', (record) => numberOf(value(record)?.value)],
  ['text', 'STRING', (record) => textOf(value(record)?.value)],
  ['unit', 'STRING', (record) => value(record)?.unit],
  ['exact', 'BOOLEAN', (record) => value(record)?.exact],
  ['n', 'INT32', (record) => value(record)?.n],
  ['low', 'DOUBLE', (record) => value(record)?.low],
  ['high', 'DOUBLE', (record) => value(record)?.high],
  ['disturbed', 'INT32', (record) => value(record)?.disturbed],
  ['error', 'STRING', (record) => ('error' in record ? record.error : null)],
  ['skipped', 'STRING', (record) => ('skipped' in record ? record.skipped : null)],
];

/**
 * The bytes of a Parquet file, compressed by Snappy; the same bytes on every runtime. What a record does not have is null; a
 * value that is a word or a digest stands in `text`. Its key-value metadata name the dataset and the version of the method.
 */
export async function recordsParquet(
  info: RunInfo,
  records: readonly ResultRecord[],
): Promise<Uint8Array> {
  // Few verbs need it, and all would wait for it.
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const aliases = new Map(info.models.map(({ id, alias }) => [id, alias]));
  const columnData = columnsOf(aliases).map(([name, type, of]) => ({
    name,
    type,
    data: records.map((record) => of(record) ?? null),
  }));
  const { dataset, method } = info;
  const kvMetadata = [
    { key: 'dataset', value: `${dataset.id}@${dataset.digest}` },
    { key: 'method', value: String(method) },
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData, kvMetadata, createdBy: 'ocibench' }));
}

function numberOf(found: number | string | undefined): number | null {
  return typeof found === 'number' ? found : null;
}

function textOf(found: number | string | undefined): string | null {
  return typeof found === 'string' ? found : null;
}

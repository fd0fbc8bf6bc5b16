import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InputError, storageError } from '../errors.ts';
import { TABLES, type TableName, TRACE_VERSION } from './schema.ts';
import { TRACE_INFO } from './write-trace.ts';

/** Columns that names of folders hold. */
const PARTITIONS: Readonly<Partial<Record<TableName, readonly string[]>>> = {
  chunks: ['chunker', 'prefix'],
};

/** A table of a trace on disk. */
export interface TraceTable {
  readonly name: TableName;
  /** Those in files, and those in names of folders: 32-bit integers. */
  readonly columns: readonly string[];
  readonly partitions: readonly string[];
  /** Absolute paths. */
  readonly files: readonly string[];
}

/**
 * The tables of a trace. Throws a StorageError where there is none, and an InputError for one that another version wrote, or
 * that lacks a table.
 */
export function traceTables(directory: string): readonly TraceTable[] {
  const place = resolve(directory);
  checkVersion(join(place, TRACE_INFO));
  return Object.entries(TABLES).map(([name, columns]) => {
    const table = name as TableName;
    const files = parquetIn(join(place, name));
    if (files.length === 0) {
      const remedy = 'write the trace anew with `bench trace`';
      throw new InputError(`the trace has no table ${name}`, { file: join(place, name) }, remedy);
    }
    const own = columns.map((column) => column.name);
    return { name: table, columns: own, partitions: PARTITIONS[table] ?? [], files };
  });
}

function checkVersion(file: string): void {
  let version: unknown;
  try {
    version = (JSON.parse(readFileSync(file, 'utf8')) as { version?: unknown } | null)?.version;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw storageError(cause, file);
    throw new InputError(`${TRACE_INFO} is not JSON`, { file }, 'write the trace anew', { cause });
  }
  if (version === TRACE_VERSION) return;
  throw new InputError(
    `the trace has version ${String(version)}, this program reads ${TRACE_VERSION}`,
    { file, field: 'version' },
    'write it anew with `bench trace`',
  );
}

function parquetIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.parquet'))
      .sort()
      .map((name) => join(directory, name));
  } catch (error) {
    throw storageError(error, directory);
  }
}

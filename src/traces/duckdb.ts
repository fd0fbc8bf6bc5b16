import { UnavailableError, UsageError } from '../errors.ts';
import { projectPackage } from '../project.ts';
import { inScratch } from '../scratch.ts';
import { type TraceTable, traceTables } from './trace-tables.ts';

/** The embedded engine that asks a trace: DuckDB, which is installed by who wants it. */

const PACKAGE = '@duckdb/node-api';

type Value = number | bigint | string | boolean | null;

/** What a query found. */
export interface Answer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
}

export interface AskOptions {
  /** What the engine may hold; what does not fit it writes to scratch files: bytes. */
  readonly memory: number;
  readonly workers: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks a trace by SQL. Its tables are views: `chunks`, `images`, `chunkers`, `paths`.
 *
 * @throws StorageError or InputError for what is no trace, UnavailableError where DuckDB is not installed, UsageError for SQL
 * that it refuses
 */
export async function askTrace(
  sql: string,
  directory: string,
  { memory, workers, signal }: AskOptions,
): Promise<Answer> {
  const tables = traceTables(directory);
  const { DuckDBInstance } = await loadEngine();
  return inScratch(async (scratch) => {
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: `${Math.floor(memory / 1024)}KiB`,
      temp_directory: scratch,
      threads: String(workers),
      // Nothing is fetched from anywhere.
      autoinstall_known_extensions: 'false',
    });
    const connection = await instance.connect();
    const stop = (): void => connection.interrupt();
    signal?.addEventListener('abort', stop);
    try {
      for (const table of tables) await connection.run(viewOf(table));
      const found = await connection.runAndReadAll(sql);
      return { columns: found.columnNames(), rows: found.getRowsJS() as Answer['rows'] };
    } catch (cause) {
      signal?.throwIfAborted();
      const remedy = 'docs/traces.md has the tables; more --memory where it ran out of it';
      throw new UsageError(`DuckDB: ${(cause as Error).message}`, {}, remedy, { cause });
    } finally {
      signal?.removeEventListener('abort', stop);
      connection.closeSync();
      instance.closeSync();
    }
  });
}

async function loadEngine(): Promise<typeof import('@duckdb/node-api')> {
  try {
    return await import('@duckdb/node-api');
  } catch (cause) {
    if ('Deno' in globalThis) {
      const remedy =
        'run this verb under Node, or ask the trace with another engine (docs/traces.md)';
      throw new UnavailableError(
        'DuckDB is native code, which is not loaded under Deno',
        {},
        remedy,
        { cause },
      );
    }
    const version = projectPackage().peerDependencies?.[PACKAGE] ?? '';
    throw new UnavailableError(
      'DuckDB is not installed',
      {},
      `npm install ${PACKAGE}@${version}; or ask the trace with another engine (docs/traces.md)`,
      { cause },
    );
  }
}

/** Files by name: a path may hold what a pattern means otherwise. */
function viewOf({ name, columns, partitions, files }: TraceTable): string {
  const list = files.map(quoted).join(', ');
  const types = partitions.map((column) => `'${column}': INTEGER`).join(', ');
  const hive = partitions.length > 0 ? `, hive_partitioning = true, hive_types = {${types}}` : '';
  const all = [...columns, ...partitions].join(', ');
  return `CREATE VIEW ${name} AS SELECT ${all} FROM read_parquet([${list}]${hive})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

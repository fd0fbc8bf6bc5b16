import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { storageError } from '../errors.ts';
import { findMember } from '../ids.ts';
import { threadCount } from '../plan.ts';
import { projectDirectory } from '../project.ts';
import { askTrace } from '../traces/duckdb.ts';
import {
  type Details,
  EXIT,
  onlyPositional,
  required,
  workerCount,
  workersOption,
} from './command.ts';
import { printRows } from './rows.ts';

const DEFAULT_MEMORY = 4 * 2 ** 30;
const QUERIES = join(projectDirectory, 'sql');

export const sqlCommand: Details = {
  usage: '(FILE.sql | NAME) --trace DIR [--json]',
  options: [
    { name: 'trace', value: 'DIR', description: 'what `bench trace` wrote' },
    { name: 'json', description: 'a JSON object a row (default: CSV)' },
    {
      name: 'memory',
      value: 'SIZE',
      description: 'what DuckDB may hold; more goes to scratch files (default: 4GiB)',
    },
    workersOption,
  ],
  examples: [
    ['sql growth --trace trace --json', 'sql/growth.sql: what each image brings to a store'],
    ['sql mine.sql --trace trace', 'a query of yours on chunks, images, chunkers and paths'],
  ],
  async run(words, io) {
    const text = readQuery(onlyPositional(words, 'FILE.sql'));
    const { columns, rows } = await askTrace(text, required(words, 'trace'), {
      memory: words.size('memory') ?? DEFAULT_MEMORY,
      workers: threadCount(workerCount(words)),
      signal: io.signal,
    });
    const values = rows.map((row) => row.map((value) => plain(value)));
    printRows(io, columns, values, words.flag('json'));
    return EXIT['fine']!;
  },
};

/** A file, or the name of one of ours. */
function readQuery(word: string): string {
  const isFile = word.endsWith('.sql') || existsSync(word);
  try {
    return readFileSync(
      isFile ? word : join(QUERIES, `${findMember('query', queries(), word).name}.sql`),
      'utf8',
    );
  } catch (error) {
    throw storageError(error, word);
  }
}

function queries(): readonly { readonly name: string }[] {
  return readdirSync(QUERIES)
    .filter((name) => name.endsWith('.sql'))
    .map((name) => ({ name: name.replace(/\.sql$/, '') }));
}

/** Sums of bytes are exact up to 2⁵³; what is longer stays text. */
function plain(value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}

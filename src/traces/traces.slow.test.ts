import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import * as assert from 'uvu/assert';
import { createChunker } from '../chunkers/mod.ts';
import { InputError, UsageError } from '../errors.ts';
import { expandGrid } from '../grids.ts';
import { resolveModels } from '../models/mod.ts';
import { run } from '../pipeline.ts';
import { projectDirectory } from '../project.ts';
import type { ResultRecord } from '../results/record.ts';
import { directorySuite } from '../testing/directory.ts';
import { type Lack, lackOf, lackOfTime, unless } from '../testing/needs.ts';
import { noise } from '../testing/noise.ts';
import { contextOf, planRun, silent, writeDataset } from '../testing/tiny-run.ts';
import { sketchTree } from '../testing/trees.ts';
import { createPool } from '../workers/pooled.ts';
import { askTrace } from './duckdb.ts';
import { TABLES } from './schema.ts';
import { type TraceCounts, writeTrace } from './write-trace.ts';

/** Chunk traces, and what SQL says of them beside what runs say. */

/** DuckDB is native code. */
const lackOfNode: Lack | undefined =
  'Deno' in globalThis
    ? { reason: 'DuckDB is loaded under Node alone', isFailure: false }
    : undefined;

const test = directorySuite('traces', lackOfTime(), lackOfNode);

const CHUNKERS = ['whole', 'fixed:size=4KiB', ...expandGrid('fastcdc:avg=4KiB..8KiB')].map(
  (id) => createChunker(id).id,
);
const QUERIES = readdirSync(join(projectDirectory, 'sql'))
  .filter((name) => name.endsWith('.sql'))
  .sort();
const MEMORY = 256 << 20;

/** Three images: contents that stay, move, come, are there twice, are empty; packages by dpkg's database. */
function writeImages(directory: string): void {
  const body = noise(200_000);
  const dpkg = {
    var: { type: 'directory' as const },
    'var/lib': { type: 'directory' as const },
    'var/lib/dpkg': { type: 'directory' as const },
    'var/lib/dpkg/info': { type: 'directory' as const },
    'var/lib/dpkg/info/base.list': { content: '/body\n/script\n' },
    'var/lib/dpkg/status': { content: 'Package: base\nSource: origin\n\n' },
  };
  writeDataset(directory, [
    sketchTree({
      body: { content: body },
      copy: { content: body },
      empty: { content: '' },
      ...dpkg,
    }),
    sketchTree({
      body: { content: body.subarray(777) },
      script: { content: '#!/bin/sh\n' },
      ...dpkg,
    }),
    sketchTree({ body: { content: body.subarray(777) }, more: { content: noise(9000, 2) } }),
  ]);
}

async function traceInto(directory: string, out: string, workers = 1): Promise<TraceCounts> {
  const { dataset, images } = await planRun(directory, []);
  const plan = { dataset, images, chunkers: CHUNKERS, serialiser: 'files' };
  const pool = createPool(workers);
  try {
    return await writeTrace(plan, join(directory, out), pool, contextOf(directory), silent);
  } finally {
    await pool.close();
  }
}

type Row = Readonly<Record<string, string | number | null>>;

/** Rows by DuckDB, integers as numbers. */
async function asked(sql: string, trace: string): Promise<readonly Row[]> {
  const { columns, rows } = await askTrace(sql, trace, { memory: MEMORY, workers: 1 });
  return rows.map((row) =>
    Object.fromEntries(
      columns.map((name, at) => {
        const value = row[at]!;
        return [name, typeof value === 'bigint' ? Number(value) : (value as string | number)];
      }),
    ),
  );
}

const queryOf = (name: string): string => readFileSync(join(projectDirectory, 'sql', name), 'utf8');

test('the tables are the same bytes with one thread and two, and begin with their version', async ({
  directory,
}) => {
  writeImages(directory);
  const counts = await traceInto(directory, 'one');
  assert.equal(await traceInto(directory, 'two', 2), counts);
  const names = readdirSync(join(directory, 'one'), { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => /\.(parquet|json)$/.test(name));
  assert.ok(files.some((name) => /^chunks\/chunker=3\/prefix=15\/chunks\.parquet$/.test(name)));
  for (const name of files) {
    const [one, two] = ['one', 'two'].map((out) => readFileSync(join(directory, out, name)));
    assert.ok(one!.equals(two!), name);
  }
  const info = JSON.parse(readFileSync(join(directory, 'one', '_trace.json'), 'utf8'));
  assert.is(info.version, 1);
  assert.is(info.chunks, counts.chunks);
  const [row] = await asked('SELECT COUNT(*) AS n FROM chunks', join(directory, 'one'));
  assert.is(row!['n'], counts.chunks);
});

test('rows are sorted by digest in each row group, and compressed by zstd', async ({
  directory,
}) => {
  writeImages(directory);
  await traceInto(directory, 'trace');
  const file = join(directory, 'trace', 'chunks', 'chunker=2', 'prefix=0', 'chunks.parquet');
  const trace = join(directory, 'trace');
  const [unsorted] = await asked(
    `SELECT COUNT(*) AS n FROM (SELECT digest_high, LAG(digest_high) OVER (ORDER BY file_row_number) AS before
     FROM read_parquet('${file}', file_row_number = true)) AS rows WHERE before > digest_high`,
    trace,
  );
  assert.is(unsorted!['n'], 0);
  const [stored] = await asked(
    `SELECT MIN(compression) AS low, MAX(compression) AS high FROM parquet_metadata('${file}')`,
    trace,
  );
  assert.equal([stored!['low'], stored!['high']], ['ZSTD', 'ZSTD']);
  const [encoding] = await asked(
    `SELECT COUNT(*) AS n FROM parquet_metadata('${file}') WHERE path_in_schema = 'image' AND encodings LIKE '%RLE_DICTIONARY%'`,
    trace,
  );
  assert.is(encoding!['n'], 1);
});

test('figures of sql/ are those of a run', async ({ directory }) => {
  writeImages(directory);
  await traceInto(directory, 'trace');
  const trace = join(directory, 'trace');
  const models = resolveModels(CHUNKERS.map((id) => `files|${id}|none|objects|get`));
  await run(await planRun(directory, models), contextOf(directory), silent);
  const records = readFileSync(join(directory, 'out', 'records.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line): ResultRecord => JSON.parse(line));
  const value = (chunker: unknown, image: unknown, measure: string, client = '-'): unknown => {
    const found = records.find(
      (one) =>
        one.model.split('|')[1] === chunker &&
        one.image === image &&
        one.measure === measure &&
        one.client === client,
    );
    return found && 'value' in found ? found.value : undefined;
  };
  const growth = await asked(queryOf('growth.sql'), trace);
  assert.is(growth.length, 3 * CHUNKERS.length);
  for (const row of growth) {
    const of = (measure: string): unknown => value(row['chunker'], row['image'], measure);
    assert.is(row['stream_bytes'], of('dedup.stream_bytes'));
    assert.is(row['new_bytes'], of('dedup.new_bytes'));
    assert.is(row['unique_bytes'], of('dedup.unique_bytes'));
    assert.is(row['objects'], of('dedup.objects'));
  }
  for (const row of await asked(queryOf('dedup.sql'), trace)) {
    assert.is(row['unique_bytes'], value(row['chunker'], 'v2', 'dedup.unique_bytes'));
    assert.is(row['objects'], value(row['chunker'], 'v2', 'dedup.objects'));
  }
  for (const row of await asked(queryOf('sizes.sql'), trace)) {
    const of = (measure: string): unknown => value(row['chunker'], row['image'], measure);
    assert.is(row['chunks'], of('chunks.count'));
    for (const p of ['p5', 'p50', 'p95']) assert.is(row[p], of(`chunks.${p}`), p);
  }
  const pairs = await asked(queryOf('pairs.sql'), trace);
  assert.is(pairs.length, 3 * CHUNKERS.length);
  for (const row of pairs) {
    const client = `image:${row['image']}`;
    const shared = value(row['chunker'], row['later_image'], 'dedup.shared_bytes', client);
    assert.is(row['shared_bytes'], shared, JSON.stringify(row));
  }
});

test('types, packages and duplicates are those of the files', async ({ directory }) => {
  writeImages(directory);
  await traceInto(directory, 'trace');
  const trace = join(directory, 'trace');
  const whole = async (name: string): Promise<readonly Row[]> =>
    (await asked(queryOf(name), trace)).filter((row) => row['chunker'] === CHUNKERS[0]);
  const types = await whole('types.sql');
  const script = types.find((row) => row['type'] === 'script')!;
  assert.equal(
    [script['stream_bytes'], script['unique_bytes'], script['shared_bytes']],
    [10, 10, 0],
  );
  assert.ok(types.some((row) => row['type'] === 'text'));
  const packages = await whole('packages.sql');
  const origin = packages.find((row) => row['package'] === 'origin')!;
  // The body in two forms and a script; copy is of no package, and v2 has no database: the same bodies are of none there.
  const info = '/body\n/script\n'.length;
  assert.is(origin['stream_bytes'], 200_000 + 199_223 + 10 + 2 * info);
  assert.is(origin['unique_bytes'], 200_000 + 199_223 + 10 + info);
  assert.is(origin['shared_bytes'], 200_000 + 199_223);
  const [first] = await whole('duplicates.sql');
  assert.equal(
    [
      first!['length'],
      first!['occurrences'],
      first!['images'],
      first!['copied_bytes'],
      first!['path'],
    ],
    [200_000, 2, 1, 200_000, 'body'],
  );
});

// CI leaves Spark to a release check (CONTRIBUTING.md).
const noSpark = lackOf('spark-submit', 'java');
const spark = unless(test, lackOfTime(), noSpark && { ...noSpark, isFailure: false });

spark('Apache Spark says what DuckDB says, of every query', async ({ directory }) => {
  writeImages(directory);
  await traceInto(directory, 'trace');
  const trace = join(directory, 'trace');
  const words = ['--master', 'local[1]', '--conf', 'spark.sql.shuffle.partitions=2'];
  const script = join(projectDirectory, 'sql', 'on_spark.py');
  const files = QUERIES.map((name) => join(projectDirectory, 'sql', name));
  const { status, stdout, stderr } = spawnSync(
    'spark-submit',
    [...words, script, trace, ...files],
    {
      cwd: directory,
      encoding: 'utf8',
      env: { ...process.env, SPARK_LOCAL_IP: '127.0.0.1' },
    },
  );
  assert.is(status, 0, stderr.slice(-3000));
  const answers = stdout.trim().split('\n\n');
  assert.is(answers.length, QUERIES.length);
  for (const [number, name] of QUERIES.entries()) {
    const { data, meta } = Papa.parse<Row>(answers[number]!, { header: true });
    const own = await askTrace(queryOf(name), trace, { memory: MEMORY, workers: 1 });
    assert.equal(meta.fields, [...own.columns], name);
    assert.equal(
      data.map((row) => own.columns.map((column) => row[column])),
      own.rows.map((row) => row.map(String)),
      name,
    );
  }
});

test('what is no trace, another version, and wrong SQL are told', async ({ directory }) => {
  writeImages(directory);
  await traceInto(directory, 'trace');
  const trace = join(directory, 'trace');
  const fault = (sql: string, place: string): Promise<unknown> =>
    asked(sql, place).then(
      () => undefined,
      (error: unknown) => error,
    );
  const wrong = await fault('SELECT nothing FROM chunks', trace);
  assert.instance(wrong, UsageError);
  assert.match(String(wrong), /DuckDB: .*nothing/);
  assert.match(String(await fault('SELECT 1', directory)), /StorageError.*_trace\.json/);
  const file = join(trace, '_trace.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"version": 1', '"version": 9'));
  const other = await fault('SELECT 1', trace);
  assert.instance(other, InputError);
  assert.match(String(other), /version 9, this program reads 1/);
});

test('docs/traces.md has every column with its type and meaning', () => {
  const text = readFileSync(join(projectDirectory, 'docs', 'traces.md'), 'utf8');
  for (const [table, columns] of Object.entries(TABLES)) {
    for (const { name, type, doc } of columns) {
      assert.ok(text.includes(`| ${table} | \`${name}\` | ${type} | ${doc} |`), `${table}.${name}`);
    }
  }
  for (const query of QUERIES) assert.ok(text.includes(`](../sql/${query})`), query);
});

test.run();

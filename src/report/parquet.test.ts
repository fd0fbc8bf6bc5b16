import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { METHOD } from '../method.ts';
import type { ResultRecord } from '../results/record.ts';
import { directorySuite } from '../testing/directory.ts';
import { lackOf, unless } from '../testing/needs.ts';
import { DATASET, sampleInfo, sampleRecord } from '../testing/sample-run.ts';
import { recordsParquet } from './parquet.ts';

const info = sampleInfo([{ id: 'tar|whole|none|blob|get', alias: 'plain' }, { id: 'other' }]);
const key = { method: METHOD, dataset: DATASET, image: 'one', client: '-', measure: '*' };
const records: readonly ResultRecord[] = [
  sampleRecord('tar|whole|none|blob|get', 'stored.bytes', 2 ** 53 - 1),
  sampleRecord('tar|whole|none|blob|get', 'reproducibility.digest', `sha256:${'a'.repeat(64)}`),
  sampleRecord('other', 'dedup.ratio', 1 / 3),
  sampleRecord('other', 'transfer.network_ms', 1.5, { client: 'none', link: 'dsl-20ms' }),
  { ...key, model: 'other', error: 'it broke — ümläut' },
  { ...key, model: 'other', skipped: 'a tool is missing', layer: 2 },
];
/** What each row has to be; what a record lacks is null. */
const expected = records.map((record) => {
  const { value, samples: _, ...rest }: Record<string, unknown> = { ...record };
  return {
    ...rest,
    alias: record.model === 'other' ? null : 'plain',
    value: typeof value === 'number' ? value : null,
    text: typeof value === 'string' ? value : null,
  };
});

function check(rows: readonly Record<string, unknown>[]): void {
  assert.is(rows.length, expected.length);
  for (const [index, row] of rows.entries()) {
    const given = Object.entries(row).filter(([, value]) => value !== null && value !== undefined);
    const wanted = Object.entries(expected[index]!).filter(([, value]) => value !== null);
    const byName = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1);
    assert.equal(given.toSorted(byName), wanted.toSorted(byName));
  }
}

const test = suite('records as Parquet');

test('every record is a row, and nothing of it is lost', async () => {
  const bytes = await recordsParquet(info, records);
  check(await parquetReadObjects({ file: new Uint8Array(bytes).buffer }));
});

test('the same records are the same bytes', async () => {
  assert.equal(await recordsParquet(info, records), await recordsParquet(info, records));
});

test.run();

const PYARROW = `
import json, sys, pyarrow.parquet as parquet
print(json.dumps(parquet.read_table(sys.argv[1]).to_pylist()))
`;
const hasPyarrow = spawnSync('python3', ['-c', 'import pyarrow']).status === 0;
const independent = unless(
  directorySuite('records as Parquet for others'),
  lackOf('python3'),
  hasPyarrow ? undefined : { reason: 'pyarrow is not installed', isFailure: false },
);

independent('pyarrow reads the same', async ({ directory }) => {
  const path = join(directory, 'records.parquet');
  writeFileSync(path, await recordsParquet(info, records));
  const { stdout, stderr, status } = spawnSync('python3', ['-c', PYARROW, path], {
    encoding: 'utf8',
  });
  assert.is(status, 0, stderr);
  check(JSON.parse(stdout));
});

independent.run();

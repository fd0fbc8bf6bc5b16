import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { measures } from '../measures/mod.ts';
import { sampleInfo, sampleRecord } from '../testing/sample-run.ts';
import { failure, skip } from './compose.ts';
import { recordSchema, runSchema } from './schema.ts';
import { schemaPath, schemaText } from './write-schema.ts';

const good = sampleRecord('m', 'stored.bytes', 7);
const EXAMPLES: Readonly<Record<string, number | string>> = {
  sha256: `sha256:${'a'.repeat(64)}`,
  version: 'never',
  name: 'debian',
};
const everyMeasure = [...measures.values()].map(({ name, unit }) =>
  sampleRecord('m', name, EXAMPLES[unit] ?? 1),
);
const others = [
  failure('d', 'm', 'one', new Error('no')),
  skip('d', 'm', 'one', 'reproducibility.runtime_digests', 'no deno'),
  sampleRecord('m', 'throughput.pack', 3, { workers: 2, n: 3, low: 2, high: 4 }),
  sampleRecord('m', 'transfer.network_ms', 1.5, { client: 'none', link: 'dsl-20ms' }),
];

test('the published schema is the one in the code', () => {
  assert.is(readFileSync(schemaPath, 'utf8'), schemaText());
});

test('every kind of record fits both the code and the published schema', () => {
  const published = z.fromJSONSchema(JSON.parse(readFileSync(schemaPath, 'utf8')));
  for (const record of [...everyMeasure, ...others]) {
    const line: unknown = JSON.parse(JSON.stringify(record));
    assert.ok(recordSchema.safeParse(line).success, record.measure);
    assert.ok(published.safeParse(line).success, `${record.measure}, published`);
  }
});

const bad: Readonly<Record<string, object>> = {
  'a measure nobody knows': { ...good, measure: 'stored.byte' },
  'a unit that is not the measure’s': { ...good, unit: 'count' },
  'exactness that is not the measure’s': { ...good, exact: false },
  'a value that is text': { ...good, value: '7' },
  'no number': { ...good, value: Number.NaN },
  infinity: { ...good, value: Number.POSITIVE_INFINITY },
  'a field nobody knows': { ...good, note: 'x' },
  'a value and an error': { ...good, error: 'x' },
  'a client nobody knows': { ...good, client: 'some' },
  'an empty model': { ...good, model: '' },
  'no worker': { ...good, workers: 0 },
  'an interval upside down': { ...good, low: 2, high: 1 },
  'a digest that is none': { ...sampleRecord('m', 'reproducibility.digest', 'abc') },
  'a version between versions': {
    ...sampleRecord('m', 'transfer.break_even_oci_gzip', 'never'),
    value: 1.5,
  },
};

for (const [what, record] of Object.entries(bad)) {
  test(`75 refused: ${what}`, () => assert.not.ok(recordSchema.safeParse(record).success));
}

test('run.json is strict', () => {
  const info = sampleInfo([{ id: 'm' }]);
  assert.ok(runSchema.safeParse(info).success);
  assert.not.ok(runSchema.safeParse({ ...info, extra: 1 }).success);
  assert.not.ok(runSchema.safeParse({ ...info, method: 2 }).success);
  assert.not.ok(
    runSchema.safeParse({ ...info, dataset: { ...info.dataset, digest: 'x' } }).success,
  );
});

test.run();

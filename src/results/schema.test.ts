import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as z from 'zod';
import { type MeasureName, measures } from '../measures/mod.ts';
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
  sampleRecord('m', 'throughput.pack', 3, {
    workers: 2,
    n: 3,
    low: 2,
    high: 4,
    samples: [4, 0, 2],
  }),
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

const timed = sampleRecord('m', 'throughput.pack', 3, { workers: 2, n: 3, low: 2, high: 4 });
const share = sampleRecord('m', 'dedup.shared_share', 0.5, { client: 'image:one' });

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
  'fewer bytes than none': { ...good, value: -1 },
  'half a byte': { ...good, value: 0.5 },
  'more bytes than a number can count': { ...good, value: 2 ** 53 },
  'a negative time': { ...sampleRecord('m', 'delta.apply_ms', 1, { n: 1 }), value: -1 },
  'a negative rate': { ...timed, value: -1, low: -2, high: 4 },
  'a negative ratio': { ...sampleRecord('m', 'dedup.ratio', 1), value: -0.5 },
  'a share above all': { ...share, value: 1.01 },
  'a share below none': { ...share, value: -0.01 },
  'an error below −1': { ...sampleRecord('m', 'transfer.model_error', -1), value: -1.01 },
  'an interval upside down': { ...timed, low: 4, high: 2 },
  'a value below its interval': { ...timed, value: 1.9 },
  'a value above its interval': { ...timed, value: 4.1 },
  'an interval with one end': { ...timed, high: undefined },
  'an interval of nobody knows how many': { ...timed, n: undefined },
  'fewer samples than repetitions': { ...timed, samples: [1, 2] },
  'samples of nobody knows how many': { ...sampleRecord('m', 'stored.bytes', 7), samples: [1] },
  'a sample before it began': { ...timed, samples: [1, -2, 3] },
  'an interval to infinity': { ...timed, high: Number.POSITIVE_INFINITY },
  'a version before the first': {
    ...sampleRecord('m', 'transfer.break_even_oci_gzip', 'never'),
    value: 0,
  },
  'a digest that is none': {
    ...sampleRecord('m', 'reproducibility.digest', 'a'.repeat(64)),
    value: 'abc',
  },
  'a version between versions': {
    ...sampleRecord('m', 'transfer.break_even_oci_gzip', 'never'),
    value: 1.5,
  },
};

for (const [what, record] of Object.entries(bad)) {
  test(`75 refused: ${what}`, () => assert.not.ok(recordSchema.safeParse(record).success));
}

test('75 what is refused in a file is refused when it is written', () => {
  const write = (measure: MeasureName, value: unknown, more = {}): boolean =>
    'error' in sampleRecord('m', measure, value as number, { n: 3, ...more });
  assert.ok(write('stored.bytes', -1) && write('stored.bytes', 0.5) && write('stored.bytes', '7'));
  assert.ok(write('chunks.mean', Number.NaN) && write('dedup.ratio', Number.POSITIVE_INFINITY));
  assert.ok(write('dedup.shared_share', 1.5) && write('throughput.pack', -1));
  assert.ok(write('throughput.pack', 5, { low: 1, high: 4 }));
  assert.ok(write('throughput.pack', 5, { samples: [1, Number.NaN, 2] }));
  assert.not.ok(write('chunks.mean', 0.5) || write('transfer.wire_bytes', 0.5));
  assert.not.ok(write('throughput.pack_serial_share', -0.3) || write('transfer.model_error', -0.3));
});

test('75 the published schema has the ranges too', () => {
  const published = z.fromJSONSchema(JSON.parse(readFileSync(schemaPath, 'utf8')));
  const isRefused = (record: object): boolean => !published.safeParse(record).success;
  assert.not.ok([good, timed, share].some(isRefused));
  assert.ok(isRefused({ ...good, value: -1 }) && isRefused({ ...good, value: 0.5 }));
  assert.ok(isRefused({ ...share, value: 1.01 }) && isRefused({ ...timed, low: -1 }));
});

test('run.json is strict', () => {
  const info = sampleInfo([{ id: 'm' }]);
  assert.ok(runSchema.safeParse(info).success);
  assert.not.ok(runSchema.safeParse({ ...info, extra: 1 }).success);
  const checks = { count: 3, threads: 2, highestLoad: 1.5, referenceMs: 0.9, slowestShare: 0.02 };
  const seen = (checks: object): boolean =>
    runSchema.safeParse({ ...info, environment: { ...info.environment, checks } }).success;
  assert.ok(seen(checks));
  assert.not.ok(seen({ ...checks, slowestShare: Number.NaN }) || seen({ ...checks, count: 0 }));
  assert.not.ok(runSchema.safeParse({ ...info, method: 2 }).success);
  assert.not.ok(
    runSchema.safeParse({ ...info, dataset: { ...info.dataset, digest: 'x' } }).success,
  );
});

test.run();

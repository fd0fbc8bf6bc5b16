import { BenchError, PluginError } from '../errors.ts';
import { CLIENTS, clientWith } from '../measures/clients.ts';
import type { Measurement } from '../measures/measurement.ts';
import { measures } from '../measures/mod.ts';
import { METHOD } from '../method.ts';
import type { RecordKey, ResultRecord } from './record.ts';
import { faultOf } from './values.ts';

/**
 * Measurement → record: adds what every line must carry. A value that is none becomes the failure of that measure, so
 * that the others count. Throws where a measure is unknown.
 */
export function toRecord(dataset: string, model: string, measurement: Measurement): ResultRecord {
  const { image, measure: name, value } = measurement;
  const { n, low, high, samples, disturbed } = measurement;
  const measure = measures.get(name);
  if (!measure) throw new Error(`unknown measure ${name}`);
  const key = recordKey(dataset, model, measurement);
  const fault = faultOf(measure, { value, low, high, samples });
  if (fault) {
    const part = fault.field === 'value' ? '' : `, ${fault.field}`;
    const error = new PluginError(
      `${name}${part} ${fault.message}`,
      { image, model },
      'no figure is kept: fix the measure, then run again',
    );
    return { ...key, error: error.toString() };
  }
  return {
    ...key,
    value,
    unit: measure.unit,
    exact: measure.exact,
    ...(n === undefined ? {} : { n }),
    ...(low === undefined ? {} : { low }),
    ...(high === undefined ? {} : { high }),
    ...(samples === undefined ? {} : { samples }),
    ...(disturbed === undefined ? {} : { disturbed }),
  };
}

/** A cell that failed, as a whole or in one measure. */
export function failure(
  dataset: string,
  model: string,
  image: string,
  error: unknown,
  measure = '*',
): ResultRecord {
  const text = error instanceof BenchError ? error.toString() : String(error);
  return { ...recordKey(dataset, model, { image, client: '-', measure }), error: text };
}

/** A cell that this machine lacks something for. */
export function skip(
  dataset: string,
  model: string,
  image: string,
  measure: string,
  why: string,
  client = '-',
): ResultRecord {
  return { ...recordKey(dataset, model, { image, client, measure }), skipped: why };
}

function recordKey(
  dataset: string,
  model: string,
  {
    image,
    client,
    link,
    workers,
    layer,
    program,
    measure,
  }: Omit<RecordKey, 'method' | 'dataset' | 'model'>,
): RecordKey {
  return {
    method: METHOD,
    dataset,
    image,
    model,
    client,
    ...(link === undefined ? {} : { link }),
    ...(workers === undefined ? {} : { workers }),
    ...(layer === undefined ? {} : { layer }),
    ...(program === undefined ? {} : { program }),
    measure,
  };
}

/** Orders records as the plan lists things: image, model, client, measure, link, workers, layer, program. */
export function planOrder(
  images: readonly string[],
  models: readonly string[],
): (a: ResultRecord, b: ResultRecord) => number {
  const rank = (list: readonly string[]): ((key: string) => number) => {
    const numbers = new Map(list.map((key, index) => [key, index]));
    return (key) => numbers.get(key) ?? -1;
  };
  const image = rank(images);
  const model = rank(models);
  const client = rank([...CLIENTS, ...images.map(clientWith)]);
  const measure = rank([...measures.keys()]);
  return (a, b) =>
    image(a.image) - image(b.image) ||
    model(a.model) - model(b.model) ||
    client(a.client) - client(b.client) ||
    // Of chunks, which no list has.
    compareText(a.client, b.client) ||
    measure(a.measure) - measure(b.measure) ||
    // Of plug-ins that are not loaded.
    compareText(a.measure, b.measure) ||
    compareText(a.link ?? '', b.link ?? '') ||
    (a.workers ?? 0) - (b.workers ?? 0) ||
    (a.layer ?? 0) - (b.layer ?? 0) ||
    compareText(a.program ?? '', b.program ?? '');
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

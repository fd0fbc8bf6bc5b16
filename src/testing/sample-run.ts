import type { Measurement } from '../measures/measurement.ts';
import type { MeasureName } from '../measures/mod.ts';
import type { StepKind } from '../measures/steps.ts';
import { toRecord } from '../results/compose.ts';
import type { ResultRecord } from '../results/record.ts';
import type { RunInfo, RunModel } from '../results/run.ts';
import type { Fidelity } from '../trees/fidelity.ts';

/** A run made up for tests: figures chosen so that every sentence can be worked by hand. */

export const keepsAll: Fidelity = {
  mtime: 'nanoseconds',
  hardlinks: true,
  xattrs: true,
  devices: true,
  sparse: false,
  ownerNames: true,
  whiteouts: false,
} as const;

export const DATASET: string = `made-up@sha256:${'0'.repeat(64)}`;

/** `model` by alias, or by id where it has none. */
export function sampleInfo(
  models: readonly (Partial<RunModel> & { readonly id: string })[],
  images: readonly string[] = ['one', 'two', 'three'],
): RunInfo {
  return {
    method: 1,
    startedAt: '2026-11-24T10:00:00.000Z',
    finishedAt: '2026-11-24T10:05:00.000Z',
    dataset: {
      id: 'made-up',
      title: 'A made-up series',
      description: 'Three images that do not exist.',
      digest: `sha256:${'0'.repeat(64)}`,
    },
    planned: images,
    images: images.map((id) => ({ id, title: `image ${id}`, digest: `sha256:${'1'.repeat(64)}` })),
    models: models.map((model) => ({ fidelity: keepsAll, ...model })),
    links: [{ id: 'dsl-20ms', title: 'DSL, 16 Mb/s, 20 ms', roundTripMs: 20, bandwidth: 16e6 }],
    environment: {
      runtime: 'node 20.0.0',
      platform: 'linux 6.1 x64',
      processor: 'Example processor',
      cores: 2,
      memory: 8 * 2 ** 30,
      load: 0.25,
      ocibench: '0.1.0',
      dependencies: { vega: '6.4.0' },
    },
  };
}

/** One value; client `-` and image `one` unless said otherwise. */
export function sampleRecord(
  model: string,
  measure: MeasureName,
  value: number | string,
  more: Partial<Measurement> = {},
): ResultRecord {
  return toRecord(DATASET, model, { image: 'one', client: '-', measure, value, ...more });
}

/** The kinds of the steps of a series: of each image but the first. */
export function sampleSteps(
  info: RunInfo,
  kinds: readonly StepKind[] = info.planned.slice(1).map(() => 'update'),
): readonly ResultRecord[] {
  return kinds.map((kind, index) =>
    sampleRecord('*', 'step.kind', kind, { image: info.planned[index + 1]! }),
  );
}

/** Stored bytes and transfers of one model over a series, megabytes and requests image by image. */
export function sampleSeries(
  info: RunInfo,
  model: string,
  megabytes: readonly number[],
  requests: readonly number[],
): readonly ResultRecord[] {
  let stored = 0;
  return megabytes.flatMap((size, index) => {
    const image = info.images[index]!.id;
    const bytes = size * 1e6;
    stored += bytes;
    const client = index === 0 ? 'none' : 'previous';
    return [
      sampleRecord(model, 'dedup.unique_bytes', stored * 2, { image }),
      sampleRecord(model, 'stored.bytes', stored, { image }),
      sampleRecord(model, 'stored.metadata_bytes', 1000, { image }),
      sampleRecord(model, 'transfer.bytes', bytes, { image, client }),
      sampleRecord(model, 'transfer.requests', requests[index]!, { image, client }),
      sampleRecord(model, 'transfer.cumulative_bytes', stored, { image, client: 'all-previous' }),
    ];
  });
}

/** One update by a model over the link of {@link sampleInfo}, as modelled and as measured. */
export function sampleTiming(
  model: string,
  predictedMs: number,
  measuredMs: number,
): readonly ResultRecord[] {
  const key = { image: 'two', client: 'previous', link: 'dsl-20ms' };
  const spread = { n: 3, low: measuredMs - 10, high: measuredMs + 20 };
  return [
    sampleRecord(model, 'transfer.network_ms', predictedMs, key),
    sampleRecord(model, 'transfer.measured_ms', measuredMs, { ...key, ...spread }),
    sampleRecord(model, 'transfer.model_error', predictedMs / measuredMs - 1, key),
    sampleRecord(model, 'transfer.wire_bytes', 12345, key),
  ];
}

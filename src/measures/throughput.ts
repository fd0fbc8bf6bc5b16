import type { ImageDescriptor } from '../images/image.ts';
import {
  defined,
  divide,
  efficiency,
  karpFlatt,
  type Maybe,
  median,
  speedUp,
} from '../stats/mod.ts';
import { runChild } from '../workers/child.ts';
import { scriptUrl } from '../workers/pool.ts';
import { type Measurement, repeated, round } from './measurement.ts';
import type { MeasureName } from './mod.ts';
import type { ThroughputInput, ThroughputSample } from './throughput-child.ts';

/** Parallel throughput: interleaved repetitions in fresh processes, so that drift of the machine hits every cell alike. */

export interface ThroughputPlan {
  readonly image: ImageDescriptor;
  readonly models: readonly string[];
  readonly workers: readonly number[];
  readonly repeat: number;
  readonly signal?: AbortSignal | undefined;
  /** Called before each repetition of each cell, when nothing of the run is at work. */
  readonly look?: () => void;
}

export interface ThroughputCell {
  readonly model: string;
  readonly workers: number;
  readonly samples: readonly ThroughputSample[];
  readonly error?: unknown;
}

const script = scriptUrl('./throughput-child', import.meta.url);

/** Calls `done` after each repetition of each cell, for progress. */
export async function measureThroughput(
  plan: ThroughputPlan,
  done: (model: string, workers: number) => void,
): Promise<readonly ThroughputCell[]> {
  const cells = plan.models.flatMap((model) =>
    plan.workers.map((workers) => ({
      model,
      workers,
      samples: [] as ThroughputSample[],
      error: undefined as unknown,
    })),
  );
  for (let repetition = 0; repetition < plan.repeat; repetition++) {
    for (const cell of cells) {
      plan.signal?.throwIfAborted();
      if (cell.error !== undefined || (cell.workers > 1 && isIndivisible(cells, cell.model)))
        continue;
      const input: ThroughputInput = {
        image: plan.image,
        model: cell.model,
        workers: cell.workers,
      };
      plan.look?.();
      try {
        cell.samples.push(await packInChild(input, plan.signal));
      } catch (error) {
        plan.signal?.throwIfAborted();
        cell.error = error;
      }
      done(cell.model, cell.workers);
    }
  }
  return cells;
}

/** One repetition. One worker has one core, with all that the runtime does beside its work. */
export function packInChild(
  input: ThroughputInput,
  signal: AbortSignal | undefined,
): Promise<ThroughputSample> {
  return runChild(script, input, { signal, oneCore: input.workers === 1 });
}

/** One object is one worker's work: more workers have nothing to do. */
function isIndivisible(cells: readonly ThroughputCell[], model: string): boolean {
  return cells.some(
    (cell) => cell.model === model && cell.samples.some(({ objects }) => objects === 1),
  );
}

export type Operation = 'pack' | 'unpack';
export const OPERATIONS: readonly Operation[] = ['pack', 'unpack'];

/** Milliseconds. */
export function timeOf({ packMs, unpackMs }: ThroughputSample, operation: Operation): number {
  return operation === 'pack' ? packMs : unpackMs;
}

/** MB/s; undefined where there was nothing to pack, or the clock stood still. */
function rateOf(sample: ThroughputSample, operation: Operation): Maybe {
  if (sample.streamBytes === 0) return undefined;
  return divide(sample.streamBytes / 1000, timeOf(sample, operation));
}

/**
 * What this machine cannot tell apart: the median relative difference between one repetition of an operation and the next,
 * over all cells. undefined where nothing was repeated.
 */
export function noiseFloor(cells: readonly ThroughputCell[], operation: Operation): Maybe {
  const differences = cells.flatMap(({ samples }) =>
    samples.slice(1).map((sample, index) => {
      const [a, b] = [timeOf(samples[index]!, operation), timeOf(sample, operation)];
      return divide(Math.abs(a - b), Math.max(a, b));
    }),
  );
  return median(defined(differences));
}

/** Records of one model from its cells; speed-up needs the cell with one worker. */
export function throughputMeasures(
  image: string,
  cells: readonly ThroughputCell[],
): readonly Measurement[] {
  const single = cells.find((cell) => cell.workers === 1);
  return cells
    .filter((cell) => cell.samples.length > 0)
    .flatMap((cell) => [
      ...OPERATIONS.flatMap((operation) => operationMeasures(image, operation, cell, single)),
      ...stages(image, cell),
    ]);
}

/** True where no model has a byte to pack: rates of such an image are none. */
export function isEmpty(cells: readonly ThroughputCell[]): boolean {
  const samples = cells.flatMap((cell) => cell.samples);
  return samples.length > 0 && samples.every(({ streamBytes }) => streamBytes === 0);
}

function operationMeasures(
  image: string,
  operation: Operation,
  cell: ThroughputCell,
  single: ThroughputCell | undefined,
): readonly Measurement[] {
  const key = { image, client: '-', workers: cell.workers };
  const name = `throughput.${operation}` as const;
  const rates = cell.samples.map((sample) => rateOf(sample, operation));
  const times = cell.samples.map((sample) => timeOf(sample, operation));
  const gains = gainsOf(operation, cell, single);
  const plain = (measure: 'efficiency' | 'serial_share', value: Maybe): readonly Measurement[] =>
    value === undefined
      ? []
      : [{ ...key, measure: `${name}_${measure}`, value: round(value), n: gains.length }];
  const gain = median(gains);
  return [
    ...spread(key, name, defined(rates), times),
    ...spread(key, `${name}_speedup`, gains),
    ...plain('efficiency', efficiency(gain, cell.workers)),
    ...(cell.workers > 1 ? plain('serial_share', karpFlatt(gain, cell.workers)) : []),
  ];
}

/** Each repetition beside the one of one worker in the same round, so that what slowed both is no gain. */
function gainsOf(
  operation: Operation,
  { samples }: ThroughputCell,
  single: ThroughputCell | undefined,
): readonly number[] {
  const gains = samples.map((sample, round) => {
    const alone = single?.samples[round];
    const [one, many] = [alone && rateOf(alone, operation), rateOf(sample, operation)];
    return one === undefined || many === undefined ? undefined : speedUp(one, many);
  });
  return defined(gains);
}

/** Median with where it may lie; nothing of no samples. */
function spread(
  key: Omit<Measurement, 'measure' | 'value'>,
  measure: MeasureName,
  figures: readonly number[],
  times?: readonly number[],
): readonly Measurement[] {
  const found = repeated(figures, times);
  return found ? [{ ...key, measure, ...found }] : [];
}

function stages(image: string, { workers, samples }: ThroughputCell): readonly Measurement[] {
  return (['serialise', 'chunk', 'hash', 'compress', 'write'] as const).flatMap((stage) => {
    const times = samples.map((sample) => sample.stages[stage]);
    return spread({ image, client: '-', workers }, `throughput.${stage}_ms`, times, times);
  });
}

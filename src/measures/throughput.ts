import type { ImageDescriptor } from '../images/image.ts';
import { bootstrapMedian, efficiency, karpFlatt, median, speedUp } from '../stats/mod.ts';
import { runChild } from '../workers/child.ts';
import { scriptUrl } from '../workers/pool.ts';
import { type Measurement, round } from './measurement.ts';
import type { ThroughputInput, ThroughputSample } from './throughput-child.ts';

/** Parallel throughput: interleaved repetitions in fresh processes, so that drift of the machine hits every cell alike. */

export interface ThroughputPlan {
  readonly image: ImageDescriptor;
  readonly models: readonly string[];
  readonly workers: readonly number[];
  readonly repeat: number;
  readonly signal?: AbortSignal | undefined;
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
      try {
        cell.samples.push(await runChild<ThroughputSample>(script, input, { signal: plan.signal }));
      } catch (error) {
        plan.signal?.throwIfAborted();
        cell.error = error;
      }
      done(cell.model, cell.workers);
    }
  }
  return cells;
}

/** One object is one worker's work: more workers have nothing to do. */
function isIndivisible(cells: readonly ThroughputCell[], model: string): boolean {
  return cells.some(
    (cell) => cell.model === model && cell.samples.some(({ objects }) => objects === 1),
  );
}

/**
 * What this machine cannot tell apart: the median relative difference between one repetition of a cell and the next, over
 * all cells. undefined where nothing was repeated.
 */
export function noiseFloor(cells: readonly ThroughputCell[]): number | undefined {
  const differences = cells.flatMap(({ samples }) =>
    samples.slice(1).map((sample, index) => {
      const [a, b] = [samples[index]!.packMs, sample.packMs];
      return Math.abs(a - b) / Math.max(a, b);
    }),
  );
  return differences.length > 0 ? median(differences) : undefined;
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
      ...operation(image, 'pack', cell, single, (sample) => sample.packMs),
      ...operation(image, 'unpack', cell, single, (sample) => sample.unpackMs),
      ...stages(image, cell),
    ]);
}

function operation(
  image: string,
  name: 'pack' | 'unpack',
  cell: ThroughputCell,
  single: ThroughputCell | undefined,
  time: (sample: ThroughputSample) => number,
): readonly Measurement[] {
  const { workers, samples } = cell;
  const key = { image, client: '-', workers };
  const rates = samples.map((sample) => sample.streamBytes / 1000 / time(sample));
  const { low, high } = bootstrapMedian(rates);
  const rate = median(rates);
  const records: Measurement[] = [
    {
      ...key,
      measure: `throughput.${name}`,
      value: round(rate),
      n: rates.length,
      low: round(low),
      high: round(high),
    },
  ];
  if (!single || single.samples.length === 0) return records;
  const alone = median(single.samples.map((sample) => sample.streamBytes / 1000 / time(sample)));
  const gain = speedUp(alone, rate);
  const add = (measure: 'speedup' | 'efficiency' | 'serial_share', value: number): void => {
    records.push({
      ...key,
      measure: `throughput.${name}_${measure}`,
      value: round(value),
      n: rates.length,
    });
  };
  add('speedup', gain);
  add('efficiency', efficiency(gain, workers));
  if (workers > 1) add('serial_share', karpFlatt(gain, workers));
  return records;
}

function stages(image: string, { workers, samples }: ThroughputCell): readonly Measurement[] {
  return (['serialise', 'chunk', 'hash', 'compress', 'write'] as const).map((stage) => ({
    image,
    client: '-',
    workers,
    measure: `throughput.${stage}_ms`,
    value: round(median(samples.map((sample) => sample.stages[stage]))),
    n: samples.length,
  }));
}

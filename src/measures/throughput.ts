import type { ImageDescriptor } from '../images/image.ts';
import {
  defined,
  divide,
  efficiency,
  floorOf,
  isWithin,
  karpFlatt,
  type Maybe,
  median,
  shuffled,
  speedUp,
} from '../stats/mod.ts';
import { runChild } from '../workers/child.ts';
import { scriptUrl } from '../workers/pool.ts';
import { type Measurement, repeated, round } from './measurement.ts';
import type { MeasureName } from './mod.ts';
import { NARROW, type Rounds, type RoundsTaken, takeRounds, type Watch } from './rounds.ts';
import type { ThroughputInput, ThroughputSample } from './throughput-child.ts';

/**
 * Parallel throughput: rounds in which every cell is timed once, each in a fresh process and in another order, so that drift
 * of the machine hits every cell alike. One model is timed twice in each: what differs there is noise.
 */

export interface ThroughputPlan {
  readonly image: ImageDescriptor;
  readonly models: readonly string[];
  readonly workers: readonly number[];
  readonly rounds: Rounds;
  readonly signal?: AbortSignal | undefined;
}

export interface ThroughputCell {
  readonly model: string;
  readonly workers: number;
  /** One a round. */
  readonly samples: readonly ThroughputSample[];
  /** Of these, taken while the machine did other work. */
  readonly disturbed?: number;
  readonly error?: unknown;
}

export interface Throughput extends Pick<RoundsTaken<unknown>, 'repeated'> {
  readonly cells: readonly ThroughputCell[];
  /** One of the cells once more; undefined where none could be timed. */
  readonly repeatedCell: ThroughputCell | undefined;
}

/** One round. */
type Row = ReadonlyMap<Cell, ThroughputSample>;

interface Cell {
  readonly model: string;
  readonly workers: number;
  error?: unknown;
}

/** Verifying and writing are timed once in so many rounds: a tree takes longer to write than all the rest. */
export const EVERY = 3;

const script = scriptUrl('./throughput-child', import.meta.url);

/** What is told of progress. */
export interface ThroughputListener {
  /** A cell was timed once. */
  repeated(model: string, workers: number, round: number): void;
  /** All of a round was. */
  ended(): void;
}

export async function measureThroughput<Check>(
  plan: ThroughputPlan,
  watch: Watch<Check>,
  listener: ThroughputListener,
): Promise<Throughput> {
  const cells: readonly Cell[] = plan.models.flatMap((model) =>
    plan.workers.map((workers) => ({ model, workers })),
  );
  const indivisible = new Set<string>();
  let repeatedCell: Cell | undefined;
  const round = async (number: number, check: () => void): Promise<Row> => {
    const samples = new Map<Cell, ThroughputSample>();
    const time = async (cell: Cell): Promise<void> => {
      const { model, workers } = cell;
      // One object is one worker's work: more workers have nothing to do.
      if (cell.error !== undefined || (workers > 1 && indivisible.has(model))) return;
      plan.signal?.throwIfAborted();
      if (samples.size > 0) check();
      const isShort = number % EVERY !== 0;
      const input: ThroughputInput = {
        image: plan.image,
        model,
        workers,
        ...(isShort ? { isShort } : {}),
      };
      try {
        const sample = await packInChild(input, plan.signal);
        samples.set(cell, sample);
        if (sample.objects === 1) indivisible.add(model);
      } catch (error) {
        plan.signal?.throwIfAborted();
        cell.error = error;
      }
      listener.repeated(model, workers, number);
    };
    const known = repeatedCell ? [...cells, repeatedCell] : cells;
    // The first tells, by one worker, which models more workers can do nothing for.
    for (const cell of number === 0 ? known : shuffled(known, number)) await time(cell);
    if (number === 0) {
      repeatedCell = repeatedCellOf(samples);
      if (repeatedCell) await time(repeatedCell);
    }
    listener.ended();
    return samples;
  };
  const isSettled = (rows: readonly Row[]): boolean =>
    [...cells, ...(repeatedCell ? [repeatedCell] : [])]
      .filter(({ error }) => error === undefined)
      .every((cell) => isNarrow(samplesIn(cell, rows)));
  const { kept, disturbed, repeated } = await takeRounds(plan.rounds, watch, round, isSettled);
  const withSamples = (cell: Cell): ThroughputCell => ({
    ...cell,
    samples: samplesIn(cell, kept),
    disturbed: samplesIn(cell, disturbed).length,
  });
  return {
    cells: cells.map(withSamples),
    repeatedCell: repeatedCell && withSamples(repeatedCell),
    repeated,
  };
}

/** The cheapest cell again: it costs least, and the shortest times vary most. */
function repeatedCellOf(samples: Row): Cell | undefined {
  const ms = ({ packMs, unpackMs }: ThroughputSample): number => packMs + unpackMs;
  const single = [...samples].filter(([{ workers }]) => workers === 1);
  const [cheapest] = single.toSorted(([, a], [, b]) => ms(a) - ms(b));
  return cheapest && { model: cheapest[0].model, workers: 1 };
}

function samplesIn(cell: Cell, rows: readonly Row[]): readonly ThroughputSample[] {
  return rows.flatMap((row) => row.get(cell) ?? []);
}

/** What has no samples will have none. */
function isNarrow(samples: readonly ThroughputSample[]): boolean {
  return MAIN_OPERATIONS.every((operation) => {
    const times = timesOf(samples, operation);
    return times.length === 0 || isWithin(times, NARROW);
  });
}

/** One repetition. One worker has one core, with all that the runtime does beside its work. */
export function packInChild(
  input: ThroughputInput,
  signal: AbortSignal | undefined,
): Promise<ThroughputSample> {
  return runChild(script, input, { signal, oneCore: input.workers === 1 });
}

export type Operation = 'pack' | 'unpack' | 'verify' | 'write';
export const OPERATIONS: readonly Operation[] = ['pack', 'unpack', 'verify', 'write'];
/** Those that rounds go on for and sentences are about: what a disk takes varies more than any bound. */
export const MAIN_OPERATIONS: readonly ('pack' | 'unpack')[] = ['pack', 'unpack'];

/** Milliseconds; undefined where it was not done. */
export function timeOf(sample: ThroughputSample, operation: Operation): Maybe {
  return sample[`${operation}Ms`];
}

function timesOf(samples: readonly ThroughputSample[], operation: Operation): readonly number[] {
  return defined(samples.map((sample) => timeOf(sample, operation)));
}

/** MB/s; undefined where there was nothing to pack, or the clock stood still. */
function rateOf(sample: ThroughputSample, operation: Operation): Maybe {
  if (sample.streamBytes === 0) return undefined;
  return divide(sample.streamBytes / 1000, timeOf(sample, operation));
}

/** Records of the model that was timed twice: what this machine cannot tell apart. */
export function noiseMeasures(
  image: string,
  { cells, repeatedCell }: Pick<Throughput, 'cells' | 'repeatedCell'>,
): readonly Measurement[] {
  const own = cells.find(({ model, workers }) => model === repeatedCell?.model && workers === 1);
  if (!own || !repeatedCell) return [];
  return OPERATIONS.flatMap((operation) => {
    const measure = `throughput.${operation}_noise_floor` as const;
    const [times, again] = [own, repeatedCell].map(({ samples }) => timesOf(samples, operation));
    const floor = floorOf(times!, again!);
    if (floor === undefined) return [];
    const { workers: _, ...key } = keyOf(image, repeatedCell);
    return [{ ...key, measure, value: round(floor), n: again!.length, samples: again!.map(round) }];
  });
}

/** What records of one cell have in common. */
type Key = Omit<Measurement, 'measure' | 'value'>;

function keyOf(image: string, { workers, disturbed = 0 }: ThroughputCell): Key {
  return { image, client: '-', workers, ...(disturbed > 0 ? { disturbed } : {}) };
}

/** Records of one model from its cells; speed-up needs the cell with one worker. */
export function throughputMeasures(
  image: string,
  cells: readonly ThroughputCell[],
): readonly Measurement[] {
  const single = cells.find((cell) => cell.workers === 1);
  return cells
    .filter((cell) => cell.samples.length > 0)
    .flatMap((cell) => {
      const key = keyOf(image, cell);
      return [
        ...OPERATIONS.flatMap((operation) => operationMeasures(key, operation, cell, single)),
        ...stages(key, cell),
      ];
    });
}

/** True where no model has a byte to pack: rates of such an image are none. */
export function isEmpty(cells: readonly ThroughputCell[]): boolean {
  const samples = cells.flatMap((cell) => cell.samples);
  return samples.length > 0 && samples.every(({ streamBytes }) => streamBytes === 0);
}

function operationMeasures(
  key: Key,
  operation: Operation,
  cell: ThroughputCell,
  single: ThroughputCell | undefined,
): readonly Measurement[] {
  const name = `throughput.${operation}` as const;
  const rates = cell.samples.map((sample) => rateOf(sample, operation));
  const times = timesOf(cell.samples, operation);
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
  key: Key,
  measure: MeasureName,
  figures: readonly number[],
  times?: readonly number[],
): readonly Measurement[] {
  const found = repeated(figures, times);
  return found ? [{ ...key, measure, ...found }] : [];
}

function stages(key: Key, { samples }: ThroughputCell): readonly Measurement[] {
  return (['serialise', 'chunk', 'hash', 'compress', 'write'] as const).flatMap((stage) => {
    const times = samples.map((sample) => sample.stages[stage]);
    return spread(key, `throughput.${stage}_ms`, times, times);
  });
}

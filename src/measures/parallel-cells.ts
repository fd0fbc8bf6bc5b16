import { defined, divide } from '../stats/mod.ts';
import { runChild } from '../workers/child.ts';
import { scriptUrl } from '../workers/pool.ts';
import { type Measurement, repeated } from './measurement.ts';
import { type Parallelism, type ParallelismInput, parallelismMeasures } from './parallelism.ts';
import { takeRounds, type Watch } from './rounds.ts';
import { MAIN_OPERATIONS, packInChild, timeOf } from './throughput.ts';
import type { ThroughputSample } from './throughput-child.ts';

/** Rounds of independent processes: what a machine gives changes less than what a program makes of it. */
const MOST_ROUNDS = 3;

export interface ParallelPlan extends ParallelismInput {
  /** Numbers of processes at once; 1 is left out. */
  readonly workers: readonly number[];
  /** Repetitions of the timed cells. */
  readonly repeat: number;
  readonly signal: AbortSignal | undefined;
}

const script = scriptUrl('./parallelism-child', import.meta.url);

/**
 * Records of one chain: the schedule of its stages, and what independent processes of the same work get here. Looks are at
 * the processes alone: stages are in processor time, which has nothing of other work in it.
 */
export async function measureParallelism<Check>(
  { image, model, links, ...plan }: ParallelPlan,
  watch: Watch<Check>,
): Promise<readonly Measurement[]> {
  const input: ParallelismInput = { image, model, links };
  const found = await runChild<Parallelism>(script, input, { signal: plan.signal, oneCore: true });
  const round = async (): Promise<Round> => {
    const samples = new Map<number, readonly ThroughputSample[]>();
    for (const count of new Set([1, ...plan.workers])) {
      const processes = Array.from({ length: count }, () =>
        packInChild({ image, model, workers: 1, isShort: true }, plan.signal),
      );
      // None may be left at work where another failed.
      await Promise.allSettled(processes);
      samples.set(count, await Promise.all(processes));
    }
    return samples;
  };
  const rounds = Math.min(plan.repeat, MOST_ROUNDS);
  const fixed = { least: rounds, most: rounds };
  const { kept, disturbed } = await takeRounds(fixed, watch, round, () => true);
  return [
    ...parallelismMeasures(image.id, found),
    ...machineMeasures(image.id, kept, disturbed.length),
  ];
}

/** By number of processes at once, what each of them took. */
export type Round = ReadonlyMap<number, readonly ThroughputSample[]>;

/**
 * Speed-ups of independent processes over one alone, of one model.
 * @param disturbed rounds among these that were taken while the machine did other work
 */
export function machineMeasures(
  image: string,
  rounds: readonly Round[],
  disturbed = 0,
): readonly Measurement[] {
  const mark = disturbed > 0 ? { disturbed } : {};
  const counts = [...(rounds[0]?.keys() ?? [])].filter((count) => count > 1);
  return MAIN_OPERATIONS.flatMap((operation) =>
    counts.flatMap((workers) => {
      const gains = rounds.map((round) => {
        const [alone] = round.get(1)!;
        const ratios = round
          .get(workers)!
          .map((one) => divide(timeOf(alone!, operation), timeOf(one, operation)));
        const known = defined(ratios);
        return known.length < workers ? undefined : known.reduce((sum, one) => sum + one, 0);
      });
      const measure = `parallel.${operation}_machine_speed_up` as const;
      const found = repeated(defined(gains));
      return found ? [{ image, client: '-', workers, measure, ...found, ...mark }] : [];
    }),
  );
}

import { defined, divide } from '../stats/mod.ts';
import { runChild } from '../workers/child.ts';
import { scriptUrl } from '../workers/pool.ts';
import { type Measurement, repeated } from './measurement.ts';
import { type Parallelism, type ParallelismInput, parallelismMeasures } from './parallelism.ts';
import { OPERATIONS, packInChild, timeOf } from './throughput.ts';
import type { ThroughputSample } from './throughput-child.ts';

/** Rounds of independent processes: what a machine gives changes less than what a program makes of it. */
const MOST_ROUNDS = 3;

export interface ParallelPlan extends ParallelismInput {
  /** Numbers of processes at once; 1 is left out. */
  readonly workers: readonly number[];
  /** Repetitions of the timed cells. */
  readonly repeat: number;
  readonly signal: AbortSignal | undefined;
  /** Called before each round, when nothing of the run is at work. */
  readonly look: () => void;
}

const script = scriptUrl('./parallelism-child', import.meta.url);

/** Records of one chain: the schedule of its stages, and what independent processes of the same work get here. */
export async function measureParallelism({
  image,
  model,
  links,
  ...plan
}: ParallelPlan): Promise<readonly Measurement[]> {
  const input: ParallelismInput = { image, model, links };
  plan.look();
  const found = await runChild<Parallelism>(script, input, { signal: plan.signal, oneCore: true });
  const rounds: Round[] = [];
  while (rounds.length < Math.min(plan.repeat, MOST_ROUNDS)) {
    plan.look();
    const round = new Map<number, readonly ThroughputSample[]>();
    for (const count of new Set([1, ...plan.workers])) {
      const processes = Array.from({ length: count }, () =>
        packInChild({ image, model, workers: 1 }, plan.signal),
      );
      // None may be left at work where another failed.
      await Promise.allSettled(processes);
      round.set(count, await Promise.all(processes));
    }
    rounds.push(round);
  }
  return [...parallelismMeasures(image.id, found), ...machineMeasures(image.id, rounds)];
}

/** By number of processes at once, what each of them took. */
export type Round = ReadonlyMap<number, readonly ThroughputSample[]>;

/** Speed-ups of independent processes over one alone, of one model. */
export function machineMeasures(image: string, rounds: readonly Round[]): readonly Measurement[] {
  const counts = [...(rounds[0]?.keys() ?? [])].filter((count) => count > 1);
  return OPERATIONS.flatMap((operation) =>
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
      return found ? [{ image, client: '-', workers, measure, ...found }] : [];
    }),
  );
}

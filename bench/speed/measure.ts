import process from 'node:process';
import { Bench } from 'tinybench';
import { PluginError } from '../../src/errors.ts';
import { type Measurement, round } from '../../src/measures/measurement.ts';
import { MEMORY_PASS } from '../../src/report/speeds.ts';
import { bootstrapMedian, median, medianAbsoluteDeviation } from '../../src/stats/mod.ts';
import type { Case } from './cases.ts';

export interface Timed {
  readonly case: Case;
  readonly chunks?: number;
  /** Bytes of the input per second of processor time, MB/s, one for each round. */
  readonly rates: readonly number[];
}

/**
 * Milliseconds that this process has had a processor. All cases run in one thread, so on an idle machine this is the time on
 * the clock; on a shared one it leaves out the time that others had.
 */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * Times every case once a round, in turns, so that what else the machine does meets all of them alike; a round before the
 * first compiles the code. Calls `done` after each round.
 */
export async function timeCases(
  cases: readonly Case[],
  inputBytes: number,
  rounds: number,
  done: () => void,
): Promise<readonly Timed[]> {
  const chunks: (number | undefined)[] = [];
  for (const each of cases) chunks.push(await each.run());
  const rates: number[][] = cases.map(() => []);
  for (let number = 0; number < rounds; number++) {
    const bench = new Bench({
      now: processorMs,
      iterations: 1,
      time: 0,
      warmup: false,
      throws: true,
    });
    for (const { id, run, isAsync = false } of cases) {
      bench.add(id, isAsync ? async () => void (await run()) : () => void run(), {
        async: isAsync,
      });
    }
    await bench.run();
    for (const [index, { name, result }] of bench.tasks.entries()) {
      if (result.state !== 'completed') throw new PluginError(`${name} was not timed`);
      rates[index]!.push(inputBytes / 1000 / result.latency.p50);
    }
    done();
  }
  return cases.map((own, index) => ({
    case: own,
    rates: rates[index]!,
    ...(chunks[index] === undefined ? {} : { chunks: chunks[index] }),
  }));
}

type SpeedMeasure = 'average' | 'chunks' | 'rate' | 'deviation' | 'of_memory_pass' | 'of_peer';

/** Records of each case; ratios are quotients of medians. */
export function speedMeasures(
  image: string,
  timed: readonly Timed[],
): readonly (readonly [model: string, values: readonly Measurement[]])[] {
  const medians = new Map(timed.map(({ case: { id }, rates }) => [id, median(rates)]));
  return timed.map(({ case: { id, average, peer }, chunks, rates }) => {
    const rate = medians.get(id)!;
    const of = (measure: SpeedMeasure, value: number | undefined): readonly Measurement[] =>
      value === undefined ? [] : [{ image, client: '-', measure: `speed.${measure}`, value }];
    const timedOf = (measure: SpeedMeasure, value: number | undefined): readonly Measurement[] =>
      of(measure, value).map((one) => ({ ...one, n: rates.length }));
    const ratio = (base: string | undefined): number | undefined => {
      const other = base === undefined ? undefined : medians.get(base);
      return other === undefined ? undefined : round(rate / other);
    };
    const { low, high } = bootstrapMedian(rates);
    return [
      id,
      [
        ...of('average', average),
        ...of('chunks', chunks),
        ...timedOf('rate', round(rate)).map((one) => ({
          ...one,
          low: round(low),
          high: round(high),
        })),
        ...timedOf('deviation', round(medianAbsoluteDeviation(rates))),
        ...timedOf('of_memory_pass', ratio(MEMORY_PASS)),
        ...timedOf('of_peer', ratio(peer)),
      ],
    ] as const;
  });
}

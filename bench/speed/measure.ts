import process from 'node:process';
import { Bench } from 'tinybench';
import { PluginError } from '../../src/errors.ts';
import { type Measurement, repeated, round } from '../../src/measures/measurement.ts';
import { MEMORY_PASS } from '../../src/report/speeds.ts';
import { defined, divide, type Maybe, medianAbsoluteDeviation } from '../../src/stats/mod.ts';
import type { Case } from './cases.ts';

export interface Timed {
  readonly case: Case;
  readonly chunks?: number;
  /** Milliseconds of processor time of each round. */
  readonly times: readonly number[];
  /** Bytes of the input per second of processor time, MB/s, one for each round; undefined where no time was seen to pass. */
  readonly rates: readonly Maybe[];
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
 * first compiles the code. Calls `look` before each round, when nothing is timed, and `done` after it.
 */
export async function timeCases(
  cases: readonly Case[],
  inputBytes: number,
  rounds: number,
  look: () => void,
  done: () => void,
): Promise<readonly Timed[]> {
  const chunks: (number | undefined)[] = [];
  for (const each of cases) chunks.push(await each.run());
  const times: number[][] = cases.map(() => []);
  for (let number = 0; number < rounds; number++) {
    look();
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
      times[index]!.push(result.latency.p50);
    }
    done();
  }
  return cases.map((own, index) => ({
    case: own,
    times: times[index]!,
    rates: times[index]!.map((ms) => divide(inputBytes / 1000, ms)),
    ...(chunks[index] === undefined ? {} : { chunks: chunks[index] }),
  }));
}

type SpeedMeasure = 'average' | 'chunks' | 'rate' | 'deviation' | 'of_memory_pass' | 'of_peer';

/** Records of each case. Ratios are of the same round, so that what slowed all of it is in both. */
export function speedMeasures(
  image: string,
  timed: readonly Timed[],
): readonly (readonly [model: string, values: readonly Measurement[]])[] {
  const byId = new Map(timed.map(({ case: { id }, rates }) => [id, rates]));
  return timed.map(({ case: { id, average, peer }, chunks, times, rates }) => {
    const key = (measure: SpeedMeasure) =>
      ({ image, client: '-', measure: `speed.${measure}` }) as const;
    const exact = (measure: SpeedMeasure, value: Maybe): readonly Measurement[] =>
      value === undefined ? [] : [{ ...key(measure), value }];
    const spread = (
      measure: SpeedMeasure,
      ...figures: Parameters<typeof repeated>
    ): readonly Measurement[] => {
      const found = repeated(...figures);
      return found ? [{ ...key(measure), ...found }] : [];
    };
    const ratios = (base: string | undefined): readonly number[] => {
      const others = base === undefined ? undefined : byId.get(base);
      return others ? defined(rates.map((rate, number) => divide(rate, others[number]))) : [];
    };
    const known = defined(rates);
    const deviation = medianAbsoluteDeviation(known);
    return [
      id,
      [
        ...exact('average', average),
        ...exact('chunks', chunks),
        ...spread('rate', known, times),
        ...(deviation === undefined
          ? []
          : [{ ...key('deviation'), value: round(deviation), n: known.length }]),
        ...spread('of_memory_pass', ratios(MEMORY_PASS)),
        ...spread('of_peer', ratios(peer)),
      ],
    ] as const;
  });
}

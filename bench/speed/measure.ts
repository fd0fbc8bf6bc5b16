import { Bench } from 'tinybench';
import { PluginError } from '../../src/errors.ts';
import { type Measurement, repeated, round } from '../../src/measures/measurement.ts';
import { NARROW, type Rounds, takeRounds, type Watch } from '../../src/measures/rounds.ts';
import { processorMs } from '../../src/processes.ts';
import { MEMORY_PASS } from '../../src/report/speeds.ts';
import {
  defined,
  divide,
  floorOf,
  isWithin,
  type Maybe,
  medianAbsoluteDeviation,
  shuffled,
} from '../../src/stats/mod.ts';
import type { Case } from './cases.ts';

export interface Timed {
  readonly case: Case;
  readonly chunks?: number;
  /** Milliseconds of processor time of each round. */
  readonly times: readonly number[];
  /** Bytes of the input per second of processor time, MB/s, one for each round; undefined where no time was seen to pass. */
  readonly rates: readonly Maybe[];
}

/** Times of all cases in one round, in their order: milliseconds. */
type Row = readonly number[];

export interface TimedCases {
  /** Rounds taken while the machine did other work. */
  readonly disturbed: number;
  /** In the order of the cases. */
  readonly timed: readonly Timed[];
}

/**
 * Times every case once a round, in turns and each time in another order, so that what else the machine does meets all of
 * them alike; a round before the first compiles the code. Calls `done` after each round.
 */
export async function timeCases<Check>(
  cases: readonly Case[],
  inputBytes: number,
  rounds: Rounds,
  watch: Watch<Check>,
  done: (number: number) => void,
): Promise<TimedCases> {
  const chunks: (number | undefined)[] = [];
  for (const each of cases) chunks.push(await each.run());
  const turn = async (number: number): Promise<Row> => {
    // All cases run in one thread: on an idle machine this is time on the clock.
    const bench = new Bench({
      now: processorMs,
      iterations: 1,
      time: 0,
      warmup: false,
      throws: true,
    });
    for (const { id, run, isAsync = false } of shuffled(cases, number)) {
      bench.add(id, isAsync ? async () => void (await run()) : () => void run(), {
        async: isAsync,
      });
    }
    await bench.run();
    done(number);
    return cases.map(({ id }) => {
      const result = bench.getTask(id)?.result;
      if (result?.state !== 'completed') throw new PluginError(`${id} was not timed`);
      return result.latency.p50;
    });
  };
  const timesOf = (index: number, rows: readonly Row[]): readonly number[] =>
    rows.map((row) => row[index]!);
  // What is no chunker of one size is there to compare with, and varies most.
  const isSettled = (rows: readonly Row[]): boolean =>
    cases.every(
      ({ average }, index) => average === undefined || isWithin(timesOf(index, rows), NARROW),
    );
  const { kept, disturbed } = await takeRounds(rounds, watch, turn, isSettled);
  const timed = cases.map((own, index) => ({
    case: own,
    times: timesOf(index, kept),
    rates: timesOf(index, kept).map((ms) => divide(inputBytes / 1000, ms)),
    ...(chunks[index] === undefined ? {} : { chunks: chunks[index] }),
  }));
  return { timed, disturbed: disturbed.length };
}

type SpeedMeasure =
  | 'average'
  | 'chunks'
  | 'rate'
  | 'deviation'
  | 'of_memory_pass'
  | 'of_peer'
  | 'noise_floor';

/**
 * Records of each case. Ratios are of the same round, so that what slowed all of it is in both.
 * What a twin differs by from its original is noise.
 */
export function speedMeasures(
  image: string,
  { timed, disturbed }: TimedCases,
): readonly (readonly [model: string, values: readonly Measurement[]])[] {
  const mark = disturbed > 0 ? { disturbed } : {};
  const byId = new Map(timed.map(({ case: { id }, rates }) => [id, rates]));
  return timed.map(({ case: { id, average, peer, twinOf }, chunks, times, rates }) => {
    const key = (measure: SpeedMeasure) =>
      ({ image, client: '-', measure: `speed.${measure}` }) as const;
    if (twinOf !== undefined) {
      const original = timed.find((one) => one.case.id === twinOf)!;
      const floor = floorOf(original.times, times);
      const found = { ...mark, n: times.length, samples: times.map(round) };
      const values =
        floor === undefined ? [] : [{ ...key('noise_floor'), value: round(floor), ...found }];
      return [twinOf, values] as const;
    }
    const exact = (measure: SpeedMeasure, value: Maybe): readonly Measurement[] =>
      value === undefined ? [] : [{ ...key(measure), value }];
    const spread = (
      measure: SpeedMeasure,
      ...figures: Parameters<typeof repeated>
    ): readonly Measurement[] => {
      const found = repeated(...figures);
      return found ? [{ ...key(measure), ...found, ...mark }] : [];
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
          : [{ ...key('deviation'), value: round(deviation), n: known.length, ...mark }]),
        ...spread('of_memory_pass', ratios(MEMORY_PASS)),
        ...spread('of_peer', ratios(peer)),
      ],
    ] as const;
  });
}

import type { ImageDescriptor } from '../../src/images/image.ts';
import { type Measurement, repeated, round } from '../../src/measures/measurement.ts';
import type { MeasureName } from '../../src/measures/mod.ts';
import { NARROW, type Rounds, takeRounds, type Watch } from '../../src/measures/rounds.ts';
import { defined, divide, floorOf, isWithin, type Maybe, shuffled } from '../../src/stats/mod.ts';
import { runChild } from '../../src/workers/child.ts';
import { scriptUrl } from '../../src/workers/pool.ts';
import type { CutInput, CutSample } from './cut-child.ts';

/** One stream cut by several threads, and as many processes that cut it at once, each alone. */

/** Beyond the cores of a machine there is nothing to gain, and cuts must be the same all the same. */
const THREADS = [2, 3, 4, 8];

const script = scriptUrl('./cut-child', import.meta.url);

/** Inputs × numbers of threads whose cuts are not those of one thread. */
export function unequalCuts(
  image: ImageDescriptor,
  chunker: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  const input: CutInput = { image, chunker, threads: THREADS };
  return runChild(script, input, { signal });
}

/** One way to keep so many cores busy. */
export interface Cell {
  readonly chunker: string;
  readonly threads: number;
  readonly processes: number;
  /** The first once more: what it differs by is noise. */
  readonly isAgain?: true;
}

/** Of each process: milliseconds. */
export type Row = ReadonlyMap<Cell, readonly number[]>;

export interface Timed {
  readonly bytes: number;
  readonly cells: readonly Cell[];
  readonly rows: readonly Row[];
  readonly disturbed: number;
}

/** @param counts of threads and of processes, 1 among them */
export async function timeCuts<Check>(
  image: ImageDescriptor,
  chunkers: readonly string[],
  counts: readonly number[],
  rounds: Rounds,
  watch: Watch<Check>,
  done: (number: number) => void,
  signal: AbortSignal | undefined,
): Promise<Timed> {
  const several = counts.filter((count) => count > 1);
  const cells: readonly Cell[] = [
    { chunker: chunkers[0]!, threads: 1, processes: 1, isAgain: true },
    ...chunkers.flatMap((chunker) => [
      { chunker, threads: 1, processes: 1 },
      ...several.map((threads) => ({ chunker, threads, processes: 1 })),
      ...several.map((processes) => ({ chunker, threads: 1, processes })),
    ]),
  ];
  let bytes = 0;
  const turn = async (number: number, check: () => void): Promise<Row> => {
    const row = new Map<Cell, readonly number[]>();
    for (const cell of shuffled(cells, number)) {
      signal?.throwIfAborted();
      if (row.size > 0) check();
      const { chunker, threads, processes } = cell;
      const running = Array.from({ length: processes }, () =>
        cut({ image, chunker, threads }, signal),
      );
      // None may be left at work where another failed.
      await Promise.allSettled(running);
      const samples = await Promise.all(running);
      bytes = samples[0]!.bytes;
      row.set(
        cell,
        samples.map(({ ms }) => ms),
      );
    }
    done(number);
    return row;
  };
  const isSettled = (rows: readonly Row[]): boolean =>
    cells
      .filter(({ processes }) => processes === 1)
      .every((cell) => isWithin(timesOf(cell, rows), NARROW));
  const { kept, disturbed } = await takeRounds(rounds, watch, turn, isSettled);
  return { bytes, cells, rows: kept, disturbed: disturbed.length };
}

/** One thread has one core, with all that the runtime does beside its work. */
function cut(input: CutInput, signal: AbortSignal | undefined): Promise<CutSample> {
  return runChild(script, input, { signal, oneCore: input.threads === 1 });
}

/** Of the first process, in the order of the rounds: milliseconds. */
function timesOf(cell: Cell, rows: readonly Row[]): readonly number[] {
  return rows.map((row) => row.get(cell)![0]!);
}

/** Records of one chunker. */
export function cutMeasures(
  image: string,
  chunker: string,
  { bytes, cells, rows, disturbed }: Timed,
): readonly Measurement[] {
  const own = cells.filter((cell) => cell.chunker === chunker);
  const alone = own.find((cell) => cell.threads * cell.processes === 1 && !cell.isAgain)!;
  const mark = disturbed > 0 ? { disturbed } : {};
  const spread = (
    workers: number,
    measure: MeasureName,
    ...figures: Parameters<typeof repeated>
  ): readonly Measurement[] => {
    const found = repeated(...figures);
    return found ? [{ image, client: '-', workers, measure, ...found, ...mark }] : [];
  };
  /** Rate of a cell ÷ rate of the thread alone, round by round. */
  const gains = (cell: Cell): readonly Maybe[] =>
    rows.map((row) => {
      const ratios = row.get(cell)!.map((ms) => divide(row.get(alone)![0], ms));
      const known = defined(ratios);
      return known.length < ratios.length ? undefined : known.reduce((sum, one) => sum + one, 0);
    });
  const again = own.find(({ isAgain }) => isAgain);
  const floor = again && floorOf(timesOf(alone, rows), timesOf(again, rows));
  return [
    ...own
      .filter(({ processes, isAgain }) => processes === 1 && !isAgain)
      .flatMap((cell) => {
        const { threads } = cell;
        const times = timesOf(cell, rows);
        const rates = defined(times.map((ms) => divide(bytes / 1000, ms)));
        const gained = gains(cell);
        const machine = own.find((one) => one.processes === threads && !one.isAgain)!;
        const given = gains(machine);
        const shares = gained.map((gain, at) => divide(gain, given[at]));
        return [
          ...spread(threads, 'parallel.cut', rates, times),
          ...spread(threads, 'parallel.cut_speed_up', defined(gained)),
          ...(threads === 1
            ? []
            : [
                ...spread(threads, 'parallel.cut_machine_speed_up', defined(given)),
                ...spread(threads, 'parallel.cut_share_of_machine', defined(shares)),
              ]),
        ];
      }),
    ...(again && floor !== undefined
      ? [
          {
            image,
            client: '-',
            measure: 'parallel.cut_noise_floor' as const,
            value: round(floor),
            n: rows.length,
            samples: timesOf(again, rows).map(round),
            ...mark,
          },
        ]
      : []),
  ];
}

import type { Transfer } from '../../src/fetchers/fetcher.ts';
import { CONCURRENCY, type Link, networkMs } from '../../src/links/mod.ts';
import { type Measurement, repeated, round } from '../../src/measures/measurement.ts';
import type { Packed } from '../../src/packers/packer.ts';
import type { Progress } from '../../src/progress.ts';
import type { RunDirectory } from '../../src/results/run-directory.ts';
import { change, median } from '../../src/stats/mod.ts';
import { checkLink } from './laboratory/check.ts';
import { pull } from './laboratory/client.ts';
import type { ServedImages } from './laboratory/served.ts';
import { openLinkThread } from './laboratory/thread.ts';
import { verifyPulled } from './laboratory/verify.ts';

/** One image packed by one model, and what a client with the previous image asks for. */
export interface Update {
  readonly model: string;
  readonly image: string;
  readonly packed: Packed;
  readonly transfer: Transfer;
}

export interface Cell {
  readonly model: string;
  readonly link: Link;
}

/** Pulls that are repeated, as a share of all: a machine that stays busy is told as such, and not waited for. */
const SHARE_REPEATED = 0.5;

type Watched = Pick<RunDirectory['machine'], 'check' | 'isQuiet' | 'count'>;

interface Sample {
  readonly milliseconds: number;
  readonly downBytes: number;
  readonly connections: number;
}

/** Pulls every cell several times, in turns, so that drift of the machine hits all alike. Records by model. */
export async function timeCells(
  cells: readonly Cell[],
  updates: readonly Update[],
  served: ServedImages,
  repetitions: number,
  machine: Watched,
  progress: Progress,
  signal: AbortSignal | undefined,
): Promise<readonly (readonly [string, readonly Measurement[]])[]> {
  const samples = cells.map((): Sample[] => []);
  const again = { left: Math.ceil(SHARE_REPEATED * cells.length * repetitions) };
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const [index, { model, link }] of cells.entries()) {
      const number = updates.findIndex((update) => update.model === model);
      const pulled = await quietly(machine, again, () => {
        signal?.throwIfAborted();
        return pullOnce(updates[number]!, number, link, served);
      });
      samples[index]!.push(pulled);
      progress.step(`${link.name} ${model}`);
    }
  }
  return cells.map(({ model, link }, index) => {
    const update = updates.find((one) => one.model === model)!;
    return [model, cellMeasures(update, link, samples[index]!)];
  });
}

/**
 * What is taken between two looks at a machine that does no other work; where it does, again, as often as is left. Only what is
 * looked at around the result that is returned counts.
 */
export async function quietly<Result>(
  machine: Watched,
  again: { left: number },
  take: () => Promise<Result>,
): Promise<Result> {
  for (;;) {
    const before = machine.check();
    const result = await take();
    const checks = [before, machine.check()];
    if (again.left > 0 && !checks.every((one) => machine.isQuiet(one))) {
      again.left--;
      continue;
    }
    for (const one of checks) machine.count(one);
    return result;
  }
}

async function pullOnce(
  { packed, transfer }: Update,
  number: number,
  link: Link,
  served: ServedImages,
): Promise<Sample> {
  const shaped = await openLinkThread(link, served.ports);
  try {
    const endpoints = served.endpoints(number, shaped.ports);
    const { milliseconds, answers } = await pull(
      transfer.plan,
      endpoints,
      link.connections ?? CONCURRENCY,
    );
    const { downBytes, connections } = await shaped.traffic();
    verifyPulled(transfer.plan, answers, packed);
    return { milliseconds, downBytes, connections };
  } finally {
    await shaped.close();
  }
}

function cellMeasures(
  { image, transfer }: Update,
  link: Link,
  samples: readonly Sample[],
): readonly Measurement[] {
  const times = samples.map(({ milliseconds }) => milliseconds);
  const measured = repeated(times, times);
  if (!measured) return [];
  const key = { image, client: 'previous', link: link.name, n: samples.length };
  const error = change(networkMs(transfer, link), median(times));
  const traffic = [
    ['transfer.wire_bytes', median(samples.map(({ downBytes }) => downBytes))!],
    ['transfer.wire_connections', median(samples.map(({ connections }) => connections))!],
  ] as const;
  return [
    { ...key, measure: 'transfer.measured_ms', ...measured },
    ...(error === undefined
      ? []
      : [{ ...key, measure: 'transfer.model_error' as const, value: round(error) }]),
    ...traffic.map(([measure, value]) => ({ ...key, measure, value })),
  ];
}

/** What each shaped link does by itself. */
export async function checkMeasures(
  links: readonly Link[],
  progress: Progress,
): Promise<readonly Measurement[]> {
  const records: Measurement[] = [];
  for (const link of links) {
    const { roundTripsMs, bodyMs, bodyError } = await checkLink(link);
    const key = { image: '*', client: '-', link: link.name };
    records.push(
      { ...key, measure: 'link.round_trip_ms', ...repeated(roundTripsMs, roundTripsMs)! },
      {
        ...key,
        measure: 'link.body_error',
        value: round(bodyError),
        n: 1,
        samples: [round(bodyMs)],
      },
    );
    progress.step(`check ${link.name}`);
  }
  return records;
}

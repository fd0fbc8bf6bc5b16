import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Cache } from '../images/cache.ts';
import type { ImageDescriptor } from '../images/image.ts';
import type { Rounds } from '../measures/rounds.ts';
import { EVERY } from '../measures/throughput.ts';
import { directorySuite } from '../testing/directory.ts';
import { Pace, type PacedPlan } from './pace.ts';
import { Rates } from './rates.ts';

const test = directorySuite('what is left of a run with a timed part');

/** What a model takes on the simulated machine when it is quiet, milliseconds. */
interface Simulated {
  readonly cell: number;
  /** One repetition by one worker, in a round that verifies and writes as well. */
  readonly full: number;
  readonly short: number;
  /** Numbers of workers that it can be divided among. */
  readonly workers: readonly number[];
}

const MODELS: Readonly<Record<string, Simulated>> = {
  // One object: more workers have nothing to do.
  'oci-gzip': { cell: 9000, full: 5000, short: 3200, workers: [1] },
  'tar-zstd': { cell: 4000, full: 2000, short: 1300, workers: [1] },
  'per-file': { cell: 6000, full: 3600, short: 2200, workers: [1, 2] },
  catar: { cell: 7000, full: 4100, short: 2500, workers: [1, 2] },
};
const IMAGES = ['a', 'b', 'c'];
const IDS = Object.keys(MODELS);
const plan = (rounds: Rounds): PacedPlan => ({
  images: IMAGES,
  models: IDS,
  swept: [],
  timed: IDS,
  reproduced: IDS.slice(0, 1),
  rounds,
  workers: 1,
});

interface Scenario {
  readonly rounds: Rounds;
  /** That it comes to. */
  readonly taken: number;
  /** Times as long as when it was remembered: what threads share, and what is timed alone. */
  readonly shared: number;
  readonly timed: number;
}

/** What happens one after another: how long it takes, and what the pace is told when it has ended. */
type Event = readonly [ms: number, told: () => void];

function eventsOf(
  { taken, shared, timed }: Scenario,
  pace: Pace,
  image: (id: string) => ImageDescriptor,
): readonly Event[] {
  const kept = (work: 'contents' | 'cell', of: string, id: string, quiet: number): Event => {
    const ms = quiet * shared;
    return [
      ms,
      () => {
        pace.keep(work, of, image(id), ms);
        pace.settle(work, of, id);
      },
    ];
  };
  const cells = IMAGES.flatMap((id) => [
    kept('contents', '*', id, 200),
    ...IDS.map((model) => kept('cell', model, id, MODELS[model]!.cell)),
  ]);
  const again = 5 * MODELS[IDS[0]!]!.cell * timed;
  const reproduced: Event = [
    again,
    () => {
      pace.keep('reproducibility', IDS[0]!, image('a'), again);
      pace.settle('reproducibility', IDS[0]!);
    },
  ];
  let timing = pace.time(IDS);
  const begun: Event = [
    0,
    () => {
      timing = pace.time(IDS);
    },
  ];
  const rounds = Array.from({ length: taken }, (_, round): readonly Event[] => {
    const kind = round % EVERY === 0 ? 'full' : 'short';
    // The cheapest is timed twice, to tell what the machine cannot tell apart.
    const order = round % 2 === 0 ? [...IDS, 'tar-zstd'] : ['tar-zstd', ...IDS.toReversed()];
    const repetitions = order.flatMap((model, place) =>
      (place === IDS.length ? [1] : MODELS[model]!.workers).map((workers): Event => {
        const ms = (MODELS[model]![kind] * timed) / (workers === 1 ? 1 : 1.7);
        return [ms, () => timing.take(model, workers, round, ms)];
      }),
    );
    return [...repetitions, [0, () => timing.endRound()]];
  });
  const settled: Event = [
    0,
    () => {
      for (const model of IDS) pace.settle('throughput', model);
    },
  ];
  return [...cells, reproduced, begun, ...rounds.flat(), settled];
}

/** What an earlier run on a quiet machine left: rates of everything, and how many rounds it took. */
function remember(cache: Cache, image: ImageDescriptor, rounds: number | undefined): void {
  const rates = new Rates(cache);
  rates.keep('contents', '*', image, 200);
  for (const [model, { cell, full, short, workers }] of Object.entries(MODELS)) {
    const all = workers.reduce((sum, count) => sum + 1 / (count === 1 ? 1 : 1.7), 0);
    const twice = model === 'tar-zstd' ? 2 : 1;
    rates.keep('first-cell', model, image, cell);
    rates.keep('cell', model, image, cell);
    rates.keep('throughput-full', model, image, full * all * twice);
    rates.keep('throughput', model, image, ((full + 2 * short) / 3) * all * twice);
  }
  rates.keep('reproducibility', IDS[0]!, image, 5 * MODELS[IDS[0]!]!.cell);
  if (rounds !== undefined) rates.keepRounds(IDS, rounds);
}

const FROM_MS = 60_000;
const MOST_ERROR = 0.25;

/** Greatest error of the whole run's length, as a share of it, after the first minute, or after so many events if that is later. */
function errorOf(
  scenario: Scenario,
  pace: Pace,
  image: (id: string) => ImageDescriptor,
  after = 0,
): number {
  const events = eventsOf(scenario, pace, image);
  const total = events.reduce((sum, [ms]) => sum + ms, 0);
  let [elapsed, greatest] = [0, 0];
  for (const [place, [ms, told]] of events.entries()) {
    elapsed += ms;
    told();
    if (elapsed < FROM_MS || place < after) continue;
    const left = pace.leftMs();
    assert.ok(left !== undefined, `nothing is known after ${elapsed} ms`);
    greatest = Math.max(greatest, Math.abs(elapsed + left - total) / total);
  }
  assert.is(pace.leftMs(), 0, 'at the end nothing is left');
  return greatest;
}

const FIXED: Rounds = { least: 7, most: 7 };
/** Three images read and packed by four models, then what is done alone for the first time. */
const FIRST_ALONE = 3 * 5;
const SCENARIOS: Readonly<
  Record<string, Scenario & { readonly known?: number; readonly after?: number }>
> = {
  'as it was': { rounds: FIXED, taken: 7, shared: 1, timed: 1 },
  'all of the machine twice as slow': { rounds: FIXED, taken: 7, shared: 2, timed: 2 },
  'what is done alone 1.6 times as slow, threads as before: known when the first of it is done': {
    rounds: FIXED,
    taken: 7,
    shared: 1,
    timed: 1.6,
    after: FIRST_ALONE,
  },
  'threads 2.5 times as slow, what is timed 1.8 times': {
    rounds: FIXED,
    taken: 7,
    shared: 2.5,
    timed: 1.8,
  },
  'a machine twice as fast': { rounds: FIXED, taken: 7, shared: 0.5, timed: 0.5 },
  'rounds as many as last time': {
    rounds: { least: 7, most: 31 },
    taken: 9,
    known: 9,
    shared: 1.5,
    timed: 1.5,
  },
  'two rounds more than last time': {
    rounds: { least: 7, most: 31 },
    taken: 11,
    known: 9,
    shared: 1,
    timed: 1,
  },
};

for (const [name, scenario] of Object.entries(SCENARIOS)) {
  test(`the whole run is known to a quarter from the first minute on: ${name}`, ({ directory }) => {
    const path = join(directory, 'a.tar');
    writeFileSync(path, new Uint8Array(1000));
    const image = (id: string): ImageDescriptor => ({
      id,
      digest: '',
      config: '',
      layers: [{ diffId: '', path }],
    });
    mkdirSync(join(directory, 'cache'));
    const cache = new Cache(join(directory, 'cache'));
    remember(cache, image('a'), scenario.known);
    const pace = new Pace(plan(scenario.rounds), cache);
    const error = errorOf(scenario, pace, image, scenario.after);
    assert.ok(error <= MOST_ERROR, `${(100 * error).toFixed(1)} %`);
  });
}

test('what is in a round is what the first has measured, not what was planned', ({ directory }) => {
  const path = join(directory, 'a.tar');
  writeFileSync(path, new Uint8Array(1000));
  mkdirSync(join(directory, 'cache'));
  const pace = new Pace(
    { ...plan(FIXED), images: ['a'], models: [], reproduced: [] },
    new Cache(join(directory, 'cache')),
  );
  const timing = pace.time(IDS);
  for (const [place, model] of IDS.entries()) timing.take(model, 1, 0, 100 * (place + 1));
  timing.endRound();
  // 1000 a round, whatever counts of workers were planned.
  assert.is(pace.leftMs(), 6 * 1000);
  timing.take(IDS[0]!, 1, 1, 100);
  assert.is(pace.leftMs(), 5900);
});

test.run();

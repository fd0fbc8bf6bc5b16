import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { Cache } from '../images/cache.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { directorySuite } from '../testing/directory.ts';
import { EXPECTED_WEIGHT, Pace, type PacedPlan } from './pace.ts';
import { LATER_SHARE, Rates } from './rates.ts';

const test = directorySuite('what is left of a run');

const BYTES = 1000;

/** Rates are quotients of doubles. */
function about(actual: number | undefined, wanted: number): void {
  assert.ok(Math.abs((actual ?? Number.NaN) - wanted) < 1e-9 * wanted, `${actual}, not ${wanted}`);
}

/** A layer of {@link BYTES}. */
function imageIn(directory: string, id: string): ImageDescriptor {
  const path = join(directory, `${id}.tar`);
  writeFileSync(path, new Uint8Array(BYTES));
  return { id, digest: '', config: '', layers: [{ diffId: '', path }] };
}

function cacheIn(directory: string): Cache {
  const path = join(directory, 'cache');
  mkdirSync(path, { recursive: true });
  return new Cache(path);
}

const plan: PacedPlan = {
  images: ['a', 'b'],
  models: ['m', 'n'],
  swept: [],
  timed: ['m'],
  reproduced: ['m'],
  rounds: { least: 3, most: 3 },
  workers: 2,
};

test('all phases count: what threads share by their number, what is timed alone', ({
  directory,
}) => {
  const cache = cacheIn(directory);
  const image = imageIn(directory, 'a');
  const known = new Rates(cache);
  known.keep('contents', '*', image, 10);
  known.keep('first-cell', 'm', image, 100);
  known.keep('cell', 'm', image, 100);
  known.keep('first-cell', 'n', image, 200);
  known.keep('cell', 'n', image, 200);
  known.keep('reproducibility', 'm', image, 1000);
  known.keep('throughput', 'm', image, 500);
  const pace = new Pace(plan, cache);
  assert.is(pace.leftMs(), undefined, 'no image is there yet');
  pace.keep('contents', '*', image, 10);
  pace.settle('contents', '*', 'a');
  // Of b: 10 + 100 + 200, of a: 100 + 200; then 1,000 and three rounds of 500.
  about(pace.leftMs(), (310 + 300) / 2 + 1000 + 1500);
  pace.keep('cell', 'm', image, 100);
  pace.settle('cell', 'm', 'a');
  about(pace.leftMs(), (310 + 200) / 2 + 1000 + 1500);
  pace.settle('reproducibility', 'm');
  const timing = pace.time(['m']);
  timing.take('m', 1, 0, 500);
  timing.endRound();
  about(pace.leftMs(), 510 / 2 + 1000);
  pace.settle('throughput', 'm');
  about(pace.leftMs(), 510 / 2);
});

test('a run that is slower than the last one is taken to stay so; what it did itself counts as it was', ({
  directory,
}) => {
  const cache = cacheIn(directory);
  const image = imageIn(directory, 'a');
  const known = new Rates(cache);
  known.keep('first-cell', 'm', image, 100);
  known.keep('cell', 'm', image, 100);
  known.keep('first-cell', 'n', image, 200);
  known.keep('cell', 'n', image, 200);
  const pace = new Pace({ ...plan, timed: [], reproduced: [] }, cache);
  for (const id of ['a', 'b']) pace.settle('contents', '*', id);
  pace.keep('cell', 'm', image, 300);
  pace.settle('cell', 'm', 'a');
  // m of b takes 300 again, n three times as long as before, twice.
  about(pace.leftMs(), (300 + 600 + 600) / 2);
});

test('what was never done here is taken for a multiple of a packing, until it is done', ({
  directory,
}) => {
  const image = imageIn(directory, 'a');
  const pace = new Pace({ ...plan, timed: [] }, cacheIn(directory));
  for (const id of ['a', 'b']) pace.settle('contents', '*', id);
  assert.is(pace.leftMs(), undefined);
  pace.keep('cell', 'm', image, 100);
  pace.settle('cell', 'm', 'a');
  // n of a as m of a; both of b a share of that, since most of it is compressed by then.
  about(pace.leftMs(), (100 + 2 * LATER_SHARE * 100) / 2 + EXPECTED_WEIGHT.reproducibility * 100);
  pace.keep('cell', 'm', imageIn(directory, 'b'), 30);
  pace.settle('cell', 'm', 'b');
  about(pace.leftMs(), (100 + 0.3 * 100) / 2 + EXPECTED_WEIGHT.reproducibility * 100);
});

test('a run of one image leaves what later images take; what this run saw comes before what was kept', ({
  directory,
}) => {
  const cache = cacheIn(directory);
  const [a, b] = ['a', 'b'].map((id) => imageIn(directory, id)) as [
    ImageDescriptor,
    ImageDescriptor,
  ];
  const series: PacedPlan = { ...plan, models: ['m'], timed: [], reproduced: [], workers: 1 };
  const before = new Pace(series, cache);
  before.keep('contents', '*', a, 10);
  before.keep('cell', 'm', a, 1000);
  before.keep('cell', 'm', b, 100);
  new Pace({ ...series, images: ['a'] }, cache).keep('cell', 'm', a, 1000);
  const pace = new Pace(series, cache);
  pace.keep('contents', '*', a, 20);
  pace.settle('contents', '*', 'a');
  pace.keep('cell', 'm', a, 2000);
  pace.settle('cell', 'm', 'a');
  // Of b contents as those of a, and the cell a tenth of that of a.
  about(pace.leftMs(), 20 + 200);
});

test('a tar that is gone ends no run', ({ directory }) => {
  const path = join(directory, 'gone.tar');
  const pace = new Pace(plan, cacheIn(directory));
  pace.keep('cell', 'm', { id: 'a', digest: '', config: '', layers: [{ diffId: '', path }] }, 1);
  assert.is(pace.leftMs(), undefined);
});

test.run();

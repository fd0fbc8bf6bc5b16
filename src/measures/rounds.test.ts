import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { adaptiveRounds, BUDGET_MS, type Rounds, type RoundsTaken, takeRounds } from './rounds.ts';

/** What a check before or after a round sees. */
const BETWEEN = -1;

interface Making {
  readonly rounds?: Rounds;
  /** Numbers of the rounds in which the machine does other work. */
  readonly busy?: (number: number) => boolean;
  readonly settledAt?: number;
  readonly roundMs?: number;
}

/** Rounds whose results are their numbers. */
async function taken({
  rounds = { least: 7, most: 31 },
  busy = () => false,
  settledAt = Number.POSITIVE_INFINITY,
  roundMs = 1000,
}: Making): Promise<RoundsTaken<number> & { readonly counted: readonly number[] }> {
  const counted: number[] = [];
  let [current, clock] = [BETWEEN, 0];
  const watch = {
    check: () => current,
    isQuiet: (number: number) => number === BETWEEN || !busy(number),
    count: (number: number) => void counted.push(number),
  };
  const found = await takeRounds(
    rounds,
    watch,
    async (number, check) => {
      current = number;
      check();
      current = BETWEEN;
      clock += roundMs;
      return number;
    },
    (results) => results.length >= settledAt,
    () => clock,
  );
  return { ...found, counted };
}

test('rounds end where the figures are settled, not before the least and not after the most', async () => {
  const count = async (settledAt: number): Promise<number> =>
    (await taken({ settledAt })).kept.length;
  assert.equal([await count(1), await count(12), await count(99)], [7, 12, 31]);
  assert.equal(adaptiveRounds(2), { least: 7, most: 31 });
  assert.equal(adaptiveRounds(5), { least: 9, most: 31 });
});

test('the budget ends them, but no more than the least', async () => {
  const count = async (roundMs: number): Promise<number> => (await taken({ roundMs })).kept.length;
  assert.is(await count(BUDGET_MS / 10), 10);
  assert.is(await count(BUDGET_MS / 2), 7);
  assert.is((await taken({ rounds: { least: 3, most: 3 } })).kept.length, 3);
});

test('a round beside other work is timed again, and counts nowhere', async () => {
  const { kept, disturbed, repeated, counted } = await taken({
    settledAt: 7,
    busy: (number) => number === 2 || number === 5,
  });
  assert.equal(kept, [0, 1, 3, 4, 6, 7, 8]);
  assert.equal([disturbed, repeated], [[], 2]);
  assert.not.ok(counted.includes(2) || counted.includes(5));
  // Where the budget has no time for narrower intervals any more.
  const late = await taken({ busy: (number) => number === 2, roundMs: BUDGET_MS / 7 });
  assert.equal([late.kept.length, late.disturbed, late.repeated], [7, [], 1]);
});

test('where the machine is never idle the rounds are bounded, and marked', async () => {
  const never = await taken({ busy: (number) => number > 0 });
  assert.equal(never.kept, [0, 1, 2, 3, 4, 5, 6]);
  assert.equal([never.disturbed, never.repeated], [[1, 2, 3, 4, 5, 6], 7]);
  assert.equal([...new Set(never.counted)], [BETWEEN, 0]);
  const long = await taken({ busy: (number) => number > 5, roundMs: BUDGET_MS });
  assert.equal([long.kept.length, long.disturbed, long.repeated], [7, [6], 0], 'no time for more');
});

test.run();

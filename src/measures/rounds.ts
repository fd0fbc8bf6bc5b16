import { pairsOf, roundsToCompare } from '../stats/mod.ts';

/** Rounds of what is timed in turns, as many as it takes, on a machine that does nothing else. */

/** How many rounds there are: as many as it takes where these differ. */
export interface Rounds {
  /** Whatever they take. */
  readonly least: number;
  /** Within the budget. */
  readonly most: number;
}

/** As many as it takes, and at least as many as can tell so many things apart. Beyond 31 a median moves by little. */
export function adaptiveRounds(things: number): Rounds {
  const least = Math.max(7, roundsToCompare(pairsOf(things)));
  return { least, most: Math.max(31, least) };
}

/** An interval of the median that is nowhere farther from it than this share is narrow enough. */
export const NARROW = 0.03;

/** Rounds that narrow intervals end here: the least of the default run take about as long, and three more narrow by a seventh. */
export const BUDGET_MS: number = 3 * 60_000;
/** Rounds in place of disturbed ones end here: without them what was timed is compared nowhere. */
export const REPEATED_BUDGET_MS: number = 4 * 60_000;

/** Between the least that they take and the most. @param ms of one */
export function expectedMs({ least, most }: Rounds, ms: number): number {
  const lower = least * ms;
  return (lower + Math.max(lower, Math.min(most * ms, BUDGET_MS))) / 2;
}

/** Looks at the machine: see src/results/machine.ts. */
export interface Watch<Check> {
  check(): Check;
  /** Judged by all checks so far. */
  isQuiet(check: Check): boolean;
  /** The check is of figures that are kept. */
  count(check: Check): void;
}

export interface RoundsTaken<Result> {
  /** In the order taken. */
  readonly kept: readonly Result[];
  /** Of these, taken while the machine did other work. */
  readonly disturbed: readonly Result[];
  /** Taken, disturbed and not kept. */
  readonly repeated: number;
}

/**
 * Takes rounds until there are enough that were not disturbed. Beyond the least number none begins that its budget has no
 * time for, that of narrower intervals or that of rounds in place of disturbed ones; one in two may be such.
 * @param round calls `check` between what it times; there is a check before it and after it
 * @param isSettled whether these results need no more rounds
 * @param now milliseconds
 */
export async function takeRounds<Result, Check>(
  { least, most }: Rounds,
  watch: Watch<Check>,
  round: (number: number, check: () => void) => Promise<Result>,
  isSettled: (results: readonly Result[]) => boolean,
  now: () => number = () => performance.now(),
): Promise<RoundsTaken<Result>> {
  const taken: { readonly result: Result; readonly checks: readonly Check[] }[] = [];
  const begin = now();
  for (;;) {
    const checks = [watch.check()];
    const check = (): void => void checks.push(watch.check());
    const result = await round(taken.length, check);
    check();
    taken.push({ result, checks });
    if (taken.length < least) continue;
    const quiet = taken.filter((one) => one.checks.every((each) => watch.isQuiet(each)));
    const spent = now() - begin;
    const budget = quiet.length < least ? REPEATED_BUDGET_MS : BUDGET_MS;
    const isSpent = spent + spent / taken.length > budget;
    const isEnough =
      quiet.length < least
        ? taken.length >= 2 * least
        : quiet.length >= most || isSettled(quiet.map((one) => one.result));
    if (!isSpent && !isEnough) continue;
    const lack = Math.max(0, least - quiet.length);
    const filling = taken.filter((one) => !quiet.includes(one)).slice(0, lack);
    const kept = taken.filter((one) => quiet.includes(one) || filling.includes(one));
    // Of the others each record says that it was disturbed.
    for (const each of quiet.flatMap((one) => one.checks)) watch.count(each);
    return {
      kept: kept.map((one) => one.result),
      disturbed: filling.map((one) => one.result),
      repeated: taken.length - kept.length,
    };
  }
}

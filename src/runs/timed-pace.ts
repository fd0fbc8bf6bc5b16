import { BUDGET_MS, type Rounds } from '../measures/rounds.ts';
import { defined, divide, type Maybe, mean } from '../stats/mod.ts';

/** What is timed in a round: a model by a number of workers. */
interface Repetition {
  readonly model: string;
  readonly workers: number;
  readonly round: number;
  readonly ms: number;
}

/** What is known of a model before it was timed in this run: milliseconds of one repetition by all numbers of workers. */
export interface Expected {
  /** Of a round in which objects are verified and written as well. */
  readonly full: Maybe;
  /** Of any round, on average. */
  readonly average: Maybe;
  /** True where it was never timed here: how far it is off says nothing of the load of the machine. */
  readonly isGuess: boolean;
}

/**
 * How long what is left of the rounds takes. How much is in a round is what the first one has measured, and nothing that was
 * planned: some models have one number of workers alone, and one cell is timed twice. Until the first round has ended, models that
 * were not timed yet take what they took before, times what the others took now beside what they took before: the machine may be
 * busier, and what is timed alone feels that otherwise than what threads share.
 */
export class TimedPace {
  readonly #models: readonly string[];
  readonly #rounds: Rounds;
  readonly #every: number;
  readonly #taken: Repetition[] = [];
  /** Rounds that have ended. */
  #ended = 0;

  /** @param every so many rounds one is full: it verifies and writes as well, the first among them */
  constructor(models: readonly string[], rounds: Rounds, every: number) {
    this.#models = models;
    this.#rounds = rounds;
    this.#every = every;
  }

  take(model: string, workers: number, round: number, ms: number): void {
    this.#taken.push({ model, workers, round, ms });
  }

  endRound(): void {
    this.#ended++;
  }

  /**
   * Milliseconds; undefined where of a model nothing is known.
   * @param expected of a model
   * @param rounds how many it took last time; undefined where it never did
   */
  leftMs(expected: (model: string) => Expected, rounds: Maybe): Maybe {
    const full = this.#ended === 0 ? this.#firstMs(expected) : this.#roundMs(true);
    // The first round is full: one that is not has ended after the second.
    const short = this.#ended < 2 ? this.#shortMs(expected, full) : this.#roundMs(false);
    if (full === undefined || short === undefined) return undefined;
    const msOf = (round: number): number => (round % this.#every === 0 ? full : short);
    const spent = sumOf(this.#taken.filter(({ round }) => round === this.#ended));
    const present = Math.max(0, msOf(this.#ended) - spent);
    let left = this.#isOver(msOf) ? 0 : present;
    for (let round = this.#ended + 1; round < this.#expectedRounds(msOf, rounds); round++) {
      left += msOf(round);
    }
    return left;
  }

  /** After the last round that is needed nothing is left, where none has begun. */
  #isOver(msOf: (round: number) => number): boolean {
    const isBegun = this.#taken.some(({ round }) => round === this.#ended);
    return !isBegun && this.#ended >= this.#expectedRounds(msOf, undefined, true);
  }

  /**
   * As many as last time, and no fewer than the least; where nothing is known, halfway to the most that the budget has time for,
   * and so again where more are taken than were expected.
   */
  #expectedRounds(msOf: (round: number) => number, known: Maybe, areMost = false): number {
    const { least, most } = this.#rounds;
    let [within, ms] = [0, 0];
    while (within < most && ms + msOf(within) <= BUDGET_MS) ms += msOf(within++);
    const bound = Math.max(least, within);
    if (areMost) return bound;
    const guess = known ?? (least + bound) / 2;
    const count = Math.round(Math.min(bound, Math.max(least, guess)));
    return this.#ended < count
      ? count
      : Math.max(this.#ended, Math.ceil((this.#ended + bound) / 2));
  }

  /** Of the first round: what was timed as it was, the others by what they took before. */
  #firstMs(expected: (model: string) => Expected): Maybe {
    const seen = [...new Set(this.#taken.map(({ model }) => model))];
    // The last one may not have been timed with all numbers of workers yet.
    const done = seen.slice(0, -1);
    const taken = (models: readonly string[]): number =>
      sumOf(this.#taken.filter(({ model }) => models.includes(model)));
    const before = (models: readonly string[]): Maybe => {
      const all = models.map((model) => expected(model).full);
      return all.includes(undefined) ? undefined : defined(all).reduce((sum, ms) => sum + ms, 0);
    };
    let rest = 0;
    for (const isGuess of [false, true]) {
      const alike = this.#models.filter((model) => expected(model).isGuess === isGuess);
      const ended = alike.filter(
        (model) => done.includes(model) && expected(model).full !== undefined,
      );
      const left = before(alike.filter((model) => !done.includes(model)));
      if (left === undefined) return undefined;
      // Of guesses one may be far off by itself: they are corrected by as much of the round as has been taken.
      const prior = isGuess ? left : 0;
      const slower = divide(taken(ended) + prior, (before(ended) ?? 0) + prior) ?? 1;
      rest += slower * left;
    }
    return taken(done) + Math.max(rest, taken(seen.slice(-1)));
  }

  /** Beside a full round, as the average of rounds was before. */
  #shortMs(expected: (model: string) => Expected, full: Maybe): Maybe {
    const quotients = this.#models.map((model) => {
      const { full: long, average } = expected(model);
      return divide(average, long);
    });
    const average = mean(defined(quotients)) ?? 1;
    // The average of one full round and `every` - 1 short ones.
    const short = Math.max(0.1, (this.#every * average - 1) / Math.max(1, this.#every - 1));
    return full === undefined ? undefined : full * Math.min(1, short);
  }

  /** A mean of rounds of the kind that have ended, else of any. */
  #roundMs(isFull: boolean): number {
    const own = (round: number): boolean => (round % this.#every === 0) === isFull;
    const ended = Array.from({ length: this.#ended }, (_, round) => round);
    const alike = ended.filter(own);
    const rounds = alike.length > 0 ? alike : ended;
    return sumOf(this.#taken.filter(({ round }) => rounds.includes(round))) / rounds.length;
  }
}

function sumOf(repetitions: readonly Repetition[]): number {
  return repetitions.reduce((sum, { ms }) => sum + ms, 0);
}

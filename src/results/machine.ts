import { loadavg } from 'node:os';
import { formatNumber, plural } from '../format.ts';
import { divide } from '../stats/mod.ts';
import type { Environment, MachineChecks } from './run.ts';

/** Did the machine do other work while figures were timed? Figures of a busy machine are kept, and not compared. */

/** A reference loop that is slower than its best by more than this had to wait for a processor. */
const SLOWER = 0.15;

/** One check: short slices, so that some are never interrupted and show the loop's best even on a busy machine. */
const SLICES = 50;
/** About a millisecond. */
const SLICE_STEPS = 900_000;

export interface Probes {
  /** One-minute load average. */
  load(): number;
  /** Milliseconds of one slice of the reference loop. */
  slice(): number;
}

const probes: Probes = { load: () => loadavg()[0] ?? 0, slice: timeSlice };

/** What was seen at one moment. */
export interface Check {
  /** Mean time of the reference loop: milliseconds. */
  readonly sliceMs: number;
  /** One-minute load average. */
  readonly load: number;
}

/** Looks at the machine before something is timed and between repetitions. */
export class MachineWatch {
  readonly #probes: Probes;
  readonly #threads: number;
  #count = 0;
  #highestLoad = 0;
  #best = Number.POSITIVE_INFINITY;
  #slowest = 0;

  /** @param threads that the run itself may keep busy between checks: they are part of the load */
  constructor(threads: number, own: Probes = probes) {
    this.#threads = threads;
    this.#probes = own;
    // Compiled before it is timed.
    for (let slice = 0; slice < 10; slice++) own.slice();
  }

  /** Looks, for figures that may yet be dropped. */
  check(): Check {
    const slices = Array.from({ length: SLICES }, () => this.#probes.slice());
    // One interruption is what any machine does now and then.
    const kept = slices.toSorted((a, b) => a - b).slice(0, -1);
    this.#best = Math.min(this.#best, kept[0]!);
    const sliceMs = kept.reduce((sum, ms) => sum + ms, 0) / kept.length;
    return { sliceMs, load: this.#probes.load() };
  }

  /** @param cores of the machine */
  isQuiet({ sliceMs, load }: Check, cores: number): boolean {
    const slower = divide(sliceMs, this.#best) ?? 1;
    return slower - 1 <= SLOWER && load <= cores + this.#threads;
  }

  /** Figures of this check are kept. */
  count({ sliceMs, load }: Check): void {
    this.#count++;
    this.#slowest = Math.max(this.#slowest, sliceMs);
    this.#highestLoad = Math.max(this.#highestLoad, load);
  }

  /** @param earlier checks of the same run before it was interrupted, of which figures were kept */
  checks(earlier?: MachineChecks): MachineChecks | undefined {
    const slower = divide(this.#slowest, this.#best);
    if (this.#count === 0 || slower === undefined) return earlier;
    const own: MachineChecks = {
      count: this.#count,
      threads: this.#threads,
      highestLoad: this.#highestLoad,
      referenceMs: this.#best,
      slowestShare: slower - 1,
    };
    return earlier ? joined(earlier, own) : own;
  }
}

/** What was seen of a machine while figures were timed; the cores are its own. */
export type SeenMachine = Pick<Environment, 'load' | 'checks'>;

/** Of a run that has figures of another one: the worse of both. The checks that are counted stay its own. */
export function worse(own: SeenMachine | undefined, other: SeenMachine): SeenMachine {
  if (!own) return other;
  const checks =
    own.checks && other.checks
      ? { ...joined(own.checks, other.checks), count: own.checks.count }
      : (own.checks ?? other.checks);
  return { load: Math.max(own.load, other.load), ...(checks ? { checks } : {}) };
}

function joined(earlier: MachineChecks, own: MachineChecks): MachineChecks {
  return {
    count: earlier.count + own.count,
    threads: Math.min(earlier.threads, own.threads),
    highestLoad: Math.max(earlier.highestLoad, own.highestLoad),
    referenceMs: Math.min(earlier.referenceMs, own.referenceMs),
    slowestShare: Math.max(earlier.slowestShare, own.slowestShare),
  };
}

function timeSlice(): number {
  const start = performance.now();
  let hash = 0x811c9dc5;
  for (let step = 0; step < SLICE_STEPS; step++) hash = Math.imul(hash ^ (step & 255), 0x01000193);
  const ms = performance.now() - start;
  // The loop is of no use to a compiler unless something depends on it.
  return hash === 0.5 ? 0 : ms;
}

type Seen = SeenMachine & Pick<Environment, 'cores'>;

/** Why timed figures of this run are not compared; undefined where the machine was idle, as far as was seen. */
export function busyReason({ cores, load, checks }: Seen): string | undefined {
  const reasons: string[] = [];
  if (load > (checks ? cores : endLoad(cores))) {
    reasons.push(`load ${formatNumber(load, 1)} when it began`);
  }
  if (checks && checks.highestLoad > cores + checks.threads) {
    const highest = formatNumber(checks.highestLoad, 1);
    reasons.push(`load ${highest} while it was timed, at most ${checks.threads} its own`);
  }
  if (checks && checks.slowestShare > SLOWER) {
    const times = formatNumber(1 + checks.slowestShare, 2);
    reasons.push(`a reference loop took up to ${times} times its best time`);
  }
  const on = plural(cores, 'core');
  return reasons.length > 0 ? `the machine of ${on} was busy (${reasons.join('; ')})` : undefined;
}

/** Runs from before there were checks wrote the load at their end, their own threads included. */
function endLoad(cores: number): number {
  return 2 * cores;
}

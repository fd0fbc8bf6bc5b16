import { availableParallelism, loadavg } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { formatNumber } from '../../src/format.ts';

/** A load average of a minute is nearly past after as long. Milliseconds. */
const MOST_MS = 60_000;
const STEP_MS = 2_000;

export interface Settling {
  /** One-minute load average. */
  load(): number;
  readonly cores: number;
  wait(ms: number): Promise<void>;
}

/**
 * Waits until the load of work that has ended, our own before all, has passed: what is timed next would be told as disturbed by
 * it. At most a minute, since a machine that others keep busy is told as busy.
 */
export async function letLoadPass(
  note: (text: string) => void,
  { load, cores, wait }: Settling,
): Promise<void> {
  const first = load();
  if (first <= cores) return;
  note(`load ${formatNumber(first, 1)}: waiting until it has passed, at most a minute`);
  for (let ms = 0; ms < MOST_MS && load() > cores; ms += STEP_MS) await wait(STEP_MS);
}

export function systemSettling(signal: AbortSignal | undefined): Settling {
  return {
    load: () => loadavg()[0] ?? 0,
    cores: availableParallelism(),
    wait: (ms) => setTimeout(ms, undefined, signal ? { signal } : {}),
  };
}

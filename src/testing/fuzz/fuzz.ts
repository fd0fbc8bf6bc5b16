import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Target } from './targets.ts';

export interface Finding {
  readonly target: string;
  readonly seed: number;
  /** The smallest input that was found, and what went wrong. */
  readonly report: string;
}

/** Milliseconds after which an input that waits for something counts as a hang. */
const WAIT_MS = 5000;
/** Memory that one target may take with inputs of a few KiB: bytes. */
const GROWTH = 512 << 20;

/**
 * Runs one target with inputs that follow from the seed alone. A promise that never settles, or settles late, counts as a
 * crash, and so does memory beyond bounds; code that never returns is found by the watchdog of whoever runs this.
 *
 * @param beat called after each input
 */
export async function fuzz(
  target: Target,
  seed: number,
  runs: number,
  beat: () => void = () => {},
): Promise<Finding | undefined> {
  const directory = mkdtempSync(join(tmpdir(), 'ocibench-fuzz-'));
  const before = process.memoryUsage.rss();
  const ended = (): void => {
    beat();
    const grown = process.memoryUsage.rss() - before;
    if (grown > GROWTH) throw new Error(`memory grew by ${grown >> 20} MiB`);
  };
  try {
    const result = await fc.check(target.property(directory, ended), {
      seed,
      numRuns: runs,
      timeout: WAIT_MS,
    });
    if (!result.failed) return undefined;
    const { counterexample, errorInstance } = result;
    const error = errorInstance instanceof Error ? errorInstance.stack : String(errorInstance);
    return {
      target: target.name,
      seed,
      report: `${JSON.stringify(counterexample, short)}\n${error}`,
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Bytes as base64: for a test, `Buffer.from(text, 'base64')`. */
function short(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}

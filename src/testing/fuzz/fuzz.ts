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

/** Milliseconds after which one input counts as a hang; inputs have a few KiB. */
const HANG_MS = 5000;

/**
 * Runs one target with inputs that follow from the seed alone. A promise that never settles, or settles late, counts as a
 * crash; code that never returns ends by the limit of whoever runs this.
 */
export async function fuzz(
  target: Target,
  seed: number,
  runs: number,
): Promise<Finding | undefined> {
  const directory = mkdtempSync(join(tmpdir(), 'ocibench-fuzz-'));
  try {
    const result = await fc.check(target.property(directory), {
      seed,
      numRuns: runs,
      timeout: HANG_MS,
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

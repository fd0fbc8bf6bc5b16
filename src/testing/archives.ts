import * as assert from 'uvu/assert';
import { BenchError, InputError } from '../errors.ts';
import { limits } from '../limits.ts';
import { MemorySource } from '../streams/source.ts';
import { applyLayers, type MergedTree } from '../trees/layers.ts';
import { readTar, type TarArchive } from '../trees/tar.ts';
import { archive } from './evil.ts';

/** What tests of hostile archives ask again and again. */

export const readParts = (...parts: readonly string[]): TarArchive =>
  readTar(new MemorySource(archive(...parts)));

export const mergeLayers = (...layers: readonly Uint8Array[]): MergedTree =>
  applyLayers(layers.map((layer) => new MemorySource(layer)));

/** Paths below the root. */
export const pathsOf = ({ entries }: MergedTree): readonly string[] =>
  entries.slice(1).map(({ path }) => path);

/** Fails where `work` succeeds, or ends in anything but an InputError that says so. */
export function refuses(work: () => unknown, says: RegExp): void {
  try {
    work();
  } catch (error) {
    assert.instance(error, InputError);
    assert.match(String(error), says);
    return;
  }
  assert.unreachable('the input was accepted');
}

/** undefined where `work` succeeds. */
export async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Fails where `work` succeeds, or ends in what is none of the typed errors. */
export async function refused(work: Promise<unknown>, says: RegExp): Promise<BenchError> {
  const error = await errorOf(work);
  assert.instance(error, BenchError, String(error));
  assert.match(String(error), says);
  return error as BenchError;
}

/** Runs `work` under lower bounds: at the real ones, inputs would be too large for a test. */
export async function withLimits<Result>(
  lower: Partial<typeof limits>,
  work: () => Result | Promise<Result>,
): Promise<Result> {
  const own = limits as Record<string, number>;
  const before = { ...own };
  Object.assign(own, lower);
  try {
    return await work();
  } finally {
    Object.assign(own, before);
  }
}

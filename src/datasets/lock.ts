import { existsSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import * as z from 'zod';
import { storageError } from '../errors.ts';
import { type Lock, waitForLock } from '../locks.ts';
import { writeWhole } from '../write-whole.ts';
import { parseChecked } from './json.ts';
import type { Manifest } from './manifest.ts';
import { providerOf } from './providers.ts';

/** The file beside a manifest that says what its images are pinned to. */

const lockSchema = z.strictObject({
  schemaVersion: z.literal(1),
  images: z.record(z.string(), z.unknown()),
});

/**
 * Where the lock of a manifest is written: beside it. That of an installed package goes into the current directory, since the
 * package is replaced when it is installed again.
 */
export function lockPath(manifest: string): string {
  const beside = besideOf(manifest);
  return /[\\/]node_modules[\\/]/.test(manifest) ? resolve(basename(beside)) : beside;
}

/** As {@link lockPath}; the lock that the package has, where none was written. */
export function existingLock(manifest: string): string {
  const path = lockPath(manifest);
  return existsSync(path) ? path : besideOf(manifest);
}

function besideOf(manifest: string): string {
  return manifest.replace(/\.json$/, '.lock.json');
}

/** What images are pinned to, in the order of the manifest. */
export function writeLock(
  path: string,
  manifest: Manifest,
  pins: ReadonlyMap<string, unknown>,
): void {
  const images = Object.fromEntries(
    manifest.images.filter(({ id }) => pins.has(id)).map(({ id }) => [id, pins.get(id)]),
  );
  writeWhole(path, `${JSON.stringify({ schemaVersion: 1, images }, undefined, 1)}\n`);
}

/**
 * Adds what images were pinned to and returns all that they are pinned to now: where another process pinned one in the meantime,
 * that stands, since runs were made of it.
 */
export function extendLock(
  path: string,
  manifest: Manifest,
  found: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, unknown> {
  return changing(path, () => {
    const pins = new Map([...found, ...readLock(path, manifest)]);
    writeLock(path, manifest, pins);
    return pins;
  });
}

/** Waits until no other process reads a file of a dataset to write it again; none does until what is returned is released. */
export function beginChange(path: string): Lock {
  return waitForLock(`${path}.lock`, { does: `is writing ${path}` });
}

/** Runs such work. */
export function changing<Result>(path: string, work: () => Result): Result {
  const lock = beginChange(path);
  try {
    return work();
  } finally {
    lock.release();
  }
}

/** What the lock says of images that are no longer in the manifest is of no account. */
export function readLock(path: string, manifest: Manifest): ReadonlyMap<string, unknown> {
  if (!existsSync(path)) return new Map();
  const remedy = 'remove it and write it anew with `bench dataset relock`';
  const { value, fault } = parseChecked(readText(path), path, lockSchema, remedy);
  const locked = new Map(Object.entries(value.images));
  const pins = new Map<string, unknown>();
  for (const image of manifest.images) {
    if (!locked.has(image.id)) continue;
    const { pinsSchema = z.unknown() } = providerOf(image);
    const result = pinsSchema.safeParse(locked.get(image.id));
    if (!result.success) {
      const issue = result.error.issues[0]!;
      throw fault(['images', image.id, ...issue.path], issue.message);
    }
    pins.set(image.id, result.data);
  }
  return pins;
}

export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw storageError(error, path);
  }
}

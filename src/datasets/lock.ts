import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { storageError } from '../errors.ts';
import { writeWhole } from '../write-whole.ts';
import { parseChecked } from './json.ts';
import type { Manifest } from './manifest.ts';
import { providerOf } from './providers.ts';

/** The file beside a manifest that says what its images are pinned to. */

const lockSchema = z.strictObject({
  schemaVersion: z.literal(1),
  images: z.record(z.string(), z.unknown()),
});

export function lockPath(manifest: string): string {
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

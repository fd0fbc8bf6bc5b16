import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Image } from '../../src/images/image.ts';
import { openArtefact, writeArtefact } from '../../src/models/artefact.ts';
import { createModel } from '../../src/models/mod.ts';
import type { Model } from '../../src/models/model.ts';
import { inline } from '../../src/objects/executor.ts';
import { type Inventory, takeInventory } from '../../src/packers/inventory.ts';
import type { Manifest } from '../../src/packers/packer.ts';
import { differences } from '../../src/trees/compare.ts';

/** An image as one of our models packs it, on disk. */
export interface Ours {
  readonly model: Model;
  readonly inventory: Inventory;
  readonly manifest: Manifest;
  /** Its OCI layout; loose objects in `objects` beside. */
  readonly directory: string;
  /** The bytes of a blob by its digest, `sha256:…`. */
  blob(digest: string): Buffer;
}

export async function packOurs(image: Image, id: string, directory: string): Promise<Ours> {
  const model = await createModel(id);
  const packed = await model.pack(image, inline);
  await writeArtefact(packed, directory, inline);
  return {
    model,
    inventory: takeInventory('peer', model.id, packed),
    manifest: JSON.parse(new TextDecoder().decode(packed.manifest)) as Manifest,
    directory,
    blob: (digest) => readFileSync(join(directory, 'blobs/sha256', digest.slice(7))),
  };
}

/** Differences of the tree that is read back from the directory, as text: none where it is the image. */
export async function differencesOf(
  { model, directory }: Ours,
  image: Image,
): Promise<readonly string[]> {
  const { manifest, store } = openArtefact(directory);
  const tree = await model.unpack(manifest, store, inline);
  return differences(image.tree, tree, model.fidelity).map(String);
}

export const sum = (lengths: Iterable<number>): number => {
  let total = 0;
  for (const length of lengths) total += length;
  return total;
};

/** Names of all objects: the SHA-256 of their contents, hexadecimal. */
export function objectNames({ inventory: { objects } }: Ours): readonly string[] {
  return Array.from({ length: objects.count }, (_, index) =>
    Buffer.from(objects.digests.subarray(32 * index, 32 * index + 32)).toString('hex'),
  );
}

/** Bytes of the objects as they are stored. */
export function storedBytes({ inventory: { objects } }: Ours): number {
  return sum(objects.stored);
}

/** Bytes of the blobs that say how objects are arranged. */
export function metadataBytes({ inventory: { layers } }: Ours): number {
  return sum(layers.filter(({ role }) => role === 'metadata').map(({ size }) => size));
}

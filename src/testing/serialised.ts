import { createHash } from 'node:crypto';
import { InputError } from '../errors.ts';
import type {
  MerkleSerialiser,
  Metadata,
  Serialised,
  Serialiser,
  StreamReference,
} from '../serialisers/serialiser.ts';
import { readAll } from '../streams/source.ts';

/** What a serialiser made, as its own `restore` takes it, without chunks, objects and packs between. */

/** Every stream as one chunk. */
export function references({ streams }: Serialised): readonly StreamReference[] {
  return streams.map(({ bytes }) => {
    const digest = createHash('sha256').update(readAll(bytes)).digest();
    return { length: bytes.length, chunks: [{ digest, length: bytes.length }] };
  });
}

export function metadataOf(serialised: Serialised): Metadata | undefined {
  return serialised.root?.(references(serialised));
}

/** The root in one piece, as `restore` and `readReferences` take it. */
export function flatRoot(
  serialiser: Serialiser | MerkleSerialiser,
  metadata: Metadata | undefined,
): Uint8Array | undefined {
  if (!metadata || !('flatten' in serialiser)) return metadata?.root;
  return serialiser.flatten(metadata.root, (digest) => {
    const found = metadata.objects?.find(
      ({ bytes }) => Buffer.compare(createHash('sha256').update(bytes).digest(), digest) === 0,
    );
    if (found) return found.bytes;
    throw new InputError('no such object');
  });
}

/** What `restore` takes: every stream, or where they are parts of layers, the layers. */
export function restorable({ streams }: Serialised): readonly Uint8Array[] {
  if (!streams.some(({ contentOf, entries }) => contentOf || entries)) {
    return streams.map(({ bytes }) => readAll(bytes));
  }
  const layers: Uint8Array[] = [];
  for (const { bytes, layer } of streams) {
    layers[layer!] = Buffer.concat([layers[layer!] ?? new Uint8Array(0), readAll(bytes)]);
  }
  return layers;
}

import { createHash } from 'node:crypto';
import type { ObjectTable } from '../objects/objects.ts';
import type { Pieces } from '../objects/work.ts';
import type { ObjectRounds, PackedStream } from '../packers/packer.ts';
import type { Metadata } from '../serialisers/serialiser.ts';
import { Rope } from '../streams/rope.ts';
import type { ByteSource } from '../streams/source.ts';

interface Stored {
  readonly objects: ObjectTable;
  readonly stored: Pieces;
}

/**
 * Enters the objects of a divided root behind those of the content.
 *
 * @param compress contents that lie end to end, each by itself
 */
export async function addMetadataObjects(
  { objects, stored }: Stored,
  streams: readonly PackedStream[],
  metadata: Metadata,
  compress: (contents: ByteSource, lengths: Float64Array) => Promise<Pieces>,
): Promise<Stored & { readonly rounds: ObjectRounds }> {
  const added = metadata.objects ?? [];
  const count = objects.count + added.length;
  const digests = new Uint8Array(32 * count);
  digests.set(objects.digests);
  const generations = new Uint16Array(count);
  for (const [stream, { objects: numbers }] of streams.entries()) {
    const generation = metadata.generations?.[stream] ?? 1;
    for (const number of numbers) {
      const known = generations[number]!;
      generations[number] = known === 0 ? generation : Math.min(known, generation);
    }
  }
  for (const [index, { bytes, generation }] of added.entries()) {
    const number = objects.count + index;
    digests.set(createHash('sha256').update(bytes).digest(), 32 * number);
    generations[number] = generation;
  }
  const contents = new Rope();
  for (const { bytes } of added) contents.literal(bytes);
  const lengths = Float64Array.from(added, ({ bytes }) => bytes.length);
  const pieces = await compress(contents, lengths);
  const bytes = new Rope().append(stored.bytes).append(pieces.bytes);
  return {
    objects: {
      count,
      digests,
      lengths: join(objects.lengths, lengths),
      // They are part of no stream.
      offsets: join(
        objects.offsets,
        added.map(() => Number.NaN),
      ),
    },
    stored: {
      bytes,
      lengths: join(stored.lengths, pieces.lengths),
    },
    rounds: { metadataFrom: objects.count, generations },
  };
}

function join(numbers: Float64Array, more: ArrayLike<number>): Float64Array {
  const all = new Float64Array(numbers.length + more.length);
  all.set(numbers);
  all.set(more, numbers.length);
  return all;
}

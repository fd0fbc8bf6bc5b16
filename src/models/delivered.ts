import type { Image } from '../images/image.ts';
import type { Executor } from '../objects/executor.ts';
import type { ObjectTable } from '../objects/objects.ts';
import type { Pieces } from '../objects/work.ts';
import { digestAt } from '../packers/blobs.ts';
import { Rope } from '../streams/rope.ts';
import { FileSource } from '../streams/source.ts';

/**
 * Objects of the `layers` serialiser are whole layers: each takes the blob that came with it, or is compressed.
 *
 * @param codec for layers that no registry delivered
 */
export async function deliveredPieces(
  image: Image,
  all: Rope,
  objects: ObjectTable,
  executor: Executor,
  codec: string,
): Promise<Pieces> {
  const byDiffId = new Map(image.layers.map((layer) => [layer.diffId, layer]));
  const bytes = new Rope();
  const lengths = new Float64Array(objects.count);
  for (let number = 0; number < objects.count; number++) {
    const blob = byDiffId.get(`sha256:${digestAt(objects, number)}`)?.delivered;
    const one = {
      offsets: objects.offsets.slice(number, number + 1),
      lengths: objects.lengths.slice(number, number + 1),
    };
    const piece = blob
      ? new FileSource(blob.path)
      : (await executor.compress(all, one, codec)).bytes;
    bytes.append(piece);
    lengths[number] = piece.length;
  }
  return { bytes, lengths };
}

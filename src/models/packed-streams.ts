import type { ObjectTable } from '../objects/objects.ts';
import type { PackedStream } from '../packers/packer.ts';
import type { Stream, StreamReference } from '../serialisers/serialiser.ts';

/** The streams with the numbers of their objects. @param sequence of all chunks, as in `Distinct` */
export function packedStreams(
  streams: readonly Stream[],
  cuts: readonly Float64Array[],
  sequence: Uint32Array,
): readonly PackedStream[] {
  let start = 0;
  return streams.map((stream, index) => {
    const count = cuts[index]!.length;
    const objects = sequence.subarray(start, start + count);
    start += count;
    return { ...stream, length: stream.bytes.length, objects };
  });
}

/** As a metadata root refers to them. */
export function referencesOf(
  streams: readonly PackedStream[],
  objects: Pick<ObjectTable, 'digests' | 'lengths'>,
): readonly StreamReference[] {
  return streams.map((stream) => ({
    length: stream.length,
    chunks: Array.from(stream.objects, (number) => ({
      digest: objects.digests.subarray(32 * number, 32 * number + 32),
      length: objects.lengths[number]!,
    })),
  }));
}

import type { Image } from '../images/image.ts';
import { createSerialiser } from '../serialisers/mod.ts';
import { Rope } from '../streams/rope.ts';
import type { Streams } from './shares.ts';

/** The streams of an image by each serialiser. */
export function serialiseAll(image: Image, serialisers: readonly string[]): readonly Streams[] {
  return serialisers.map((id) => {
    const { streams } = createSerialiser(id).serialise(image);
    const only = streams.length === 1 ? streams[0]!.bytes : undefined;
    const rope = only instanceof Rope ? only : new Rope();
    if (rope !== only) for (const { bytes } of streams) rope.append(bytes);
    return {
      rope: rope.describe(),
      lengths: Float64Array.from(streams, ({ bytes }) => bytes.length),
    };
  });
}

import type { Codec } from '../codecs/codec.ts';
import { Rope } from '../streams/rope.ts';
import { makeBlob } from './blobs.ts';
import { type Frame, type FramedLayer, frameLayers, placeFrames } from './framed.ts';
import { DIGEST_ANNOTATION, LENGTH_ANNOTATION, type Packer } from './packer.ts';
import { type TocRow, type TocStyle, tocRows } from './toc.ts';

/** What a format writes behind the frames of a layer. */
interface TocIndex {
  readonly bytes: Uint8Array;
  /** Beside those of every layer. */
  readonly annotations: Readonly<Record<string, string>>;
  /** sha256 of what the layer decompresses to, hexadecimal. */
  readonly diffId: string;
}

/** Layers of a frame per chunk, each with its table of contents behind it: in what eStargz and zstd:chunked differ. */
export interface TocFormat {
  readonly style: TocStyle;
  index(rows: readonly TocRow[], layer: FramedLayer, codec: Codec): TocIndex;
  /** As in {@link placeFrames}. */
  isFetched(frame: Frame): boolean;
}

export function packWithToc({ style, index, isFetched }: TocFormat): Packer['pack'] {
  return (input) => {
    const { objects, codec, streamMediaType } = input;
    const layers = frameLayers(input);
    const type = streamMediaType + codec.mediaTypeSuffix;
    const indexes = layers.map((layer) => index(tocRows(layer, objects, style), layer, codec));
    const indexLengths = Float64Array.from(indexes, ({ bytes }) => bytes.length);
    return {
      loose: false,
      layers: layers.map(({ bytes, length, digest }, number) =>
        makeBlob('content', type, new Rope().append(bytes).literal(indexes[number]!.bytes), {
          ...indexes[number]!.annotations,
          [LENGTH_ANNOTATION]: String(length),
          [DIGEST_ANNOTATION]: digest,
        }),
      ),
      diffIds: indexes.map(({ diffId }) => `sha256:${diffId}`),
      placement: placeFrames(objects.count, layers, indexLengths, isFetched),
    };
  };
}

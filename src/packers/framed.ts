import { createHash, type Hash } from 'node:crypto';
import { startsOf } from '../objects/work.ts';
import { Rope } from '../streams/rope.ts';
import { type ByteSource, hashSource } from '../streams/source.ts';
import type { PackedStream, PackInput, Placement } from './packer.ts';

/** Layers whose parts are compressed one by one: what eStargz, zstd:chunked and offset maps have in common. */

/** One compressed piece of a layer. */
export interface Frame {
  /** Number of the object that it holds. */
  readonly object: number;
  readonly stream: PackedStream;
  /** Where it starts in the compressed layer, and in its stream: bytes. */
  readonly offset: number;
  readonly streamOffset: number;
  /** Compressed: bytes. */
  readonly storedLength: number;
  /** Bytes. */
  readonly length: number;
}

export interface FramedLayer {
  /** The frames end to end, repeated contents included: they decompress to the layer. */
  readonly bytes: ByteSource;
  readonly frames: readonly Frame[];
  /** sha256 of the layer, hexadecimal. */
  readonly digest: string;
  /** As {@link digest}, with more bytes behind it. */
  digestWith(more: Uint8Array): string;
  /** The layer before compression. */
  readonly tar: ByteSource;
  /** Of that: bytes. */
  readonly length: number;
}

export function frameLayers(input: PackInput): readonly FramedLayer[] {
  const byLayer: PackedStream[][] = [];
  for (const stream of input.streams) {
    byLayer[stream.layer!] ??= [];
    byLayer[stream.layer!]!.push(stream);
  }
  const starts = startsOf(input.stored.lengths);
  return byLayer.map((streams) => frameLayer(streams, input, starts));
}

function frameLayer(
  streams: readonly PackedStream[],
  { objects, stored }: PackInput,
  starts: Float64Array,
): FramedLayer {
  const frames: Frame[] = [];
  let offset = 0;
  for (const stream of streams) {
    let streamOffset = 0;
    for (const object of stream.objects) {
      const [storedLength, length] = [stored.lengths[object]!, objects.lengths[object]!];
      frames.push({ object, stream, offset, streamOffset, storedLength, length });
      offset += storedLength;
      streamOffset += length;
    }
  }
  const bytes = new Rope();
  for (const { object, storedLength } of frames) {
    bytes.append(stored.bytes, starts[object]!, storedLength);
  }
  const hash = hashOf(streams);
  const tar = new Rope();
  for (const stream of streams) tar.append(stream.bytes);
  return {
    bytes,
    tar,
    frames,
    digest: hash.copy().digest('hex'),
    digestWith: (more) => hash.copy().update(more).digest('hex'),
    length: streams.reduce((sum, stream) => sum + stream.length, 0),
  };
}

/** sha256 of streams end to end, not ended. */
export function hashOf(streams: readonly PackedStream[]): Hash {
  const hash = createHash('sha256');
  for (const { bytes } of streams) hashSource(bytes, hash);
  return hash;
}

/**
 * Where clients find the objects.
 *
 * @param isFetched of which frames a client needs the content; it has the others' from the index
 */
export function placeFrames(
  count: number,
  layers: readonly FramedLayer[],
  indexLengths: Float64Array,
  isFetched: (frame: Frame) => boolean,
): Placement {
  const placed = new Uint32Array(count);
  const offsets = new Float64Array(count).fill(-1);
  for (const [layer, { frames }] of layers.entries()) {
    for (const frame of frames) {
      if (offsets[frame.object]! >= 0 || !isFetched(frame)) continue;
      placed[frame.object] = layer;
      offsets[frame.object] = frame.offset;
    }
  }
  return { layers: placed, offsets, indexLengths };
}

import { VerificationError } from '../errors.ts';
import type { Image } from '../images/image.ts';
import { resolveChain } from '../models/choices.ts';
import { referencesOf } from '../models/packed-streams.ts';
import type { Inventory } from '../packers/inventory.ts';
import type { PackedStream } from '../packers/packer.ts';
import { createSerialiser } from '../serialisers/mod.ts';
import type { Stream } from '../serialisers/serialiser.ts';
import { Owners } from './owners.ts';
import { metadataSpans } from './roots.ts';
import type { Span, Spans } from './spans.ts';
import { describeStreams, type StreamSpans } from './streams.ts';

/** A chunk of a stream. */
export interface Chunk {
  /** Number of its object. */
  readonly object: number;
  /** Number of the stream, and where in it it starts: bytes. */
  readonly stream: number;
  readonly offset: number;
  readonly length: number;
}

/** One image packed by a chain, with what every byte before compression belongs to. */
export interface MappedImage {
  readonly inventory: Inventory;
  readonly owners: Owners;
  /** In stream order. */
  readonly chunks: readonly Chunk[];
  /** Layer that each stream is a part of; undefined where layers are not known. */
  readonly layers: readonly (number | undefined)[];
  /** Metadata root before compression; undefined where the streams say it all. */
  readonly root: Spans | undefined;
  /** Path of each directory but the root, where every one is an object → number of that object. */
  readonly directories: ReadonlyMap<string, number>;
  /** What one chunk is. */
  spansOf(chunk: Chunk): readonly Span[];
  /** What an object is: where it occurs several times, what it is at the first. */
  spansOfObject(number: number): readonly Span[];
}

/**
 * Serialises an image again as it was when it was packed; where it was cut, what was packed says. Nothing is cut, hashed or
 * compressed. Throws a VerificationError where the chunks do not make up the streams.
 */
export function mapImage(image: Image, inventory: Inventory): MappedImage {
  const { choices } = resolveChain(inventory.model);
  const owners = new Owners(image);
  const serialiser = createSerialiser(choices.serialiser.id);
  const serialised = serialiser.serialise(image);
  const { objects } = inventory;
  const streams = streamsOf(serialised.streams, inventory);
  const described = describeStreams(image, choices.serialiser, serialised.streams, owners);
  const metadata = serialised.root?.(referencesOf(streams, objects));
  const made = metadataSpans(choices.serialiser, metadata, image, owners);
  const contents = inventory.rounds?.metadataFrom ?? objects.count;
  const chunks: Chunk[] = [];
  const first: Chunk[] = [];
  for (const [stream, { objects: numbers }] of streams.entries()) {
    let offset = 0;
    for (const object of numbers) {
      const chunk = { object, stream, offset, length: objects.lengths[object]! };
      chunks.push(chunk);
      first[object] ??= chunk;
      offset += chunk.length;
    }
  }
  const spansOf = ({ stream, offset, length }: Chunk): readonly Span[] => {
    const { spans, offset: start }: StreamSpans = described[stream]!;
    return spans.within(start + offset, length);
  };
  return {
    inventory,
    owners,
    chunks,
    layers: streams.map(({ layer }) => layer),
    root: made.root,
    directories: new Map([...made.directories].map(([path, number]) => [path, contents + number])),
    spansOf,
    spansOfObject: (number) =>
      number < contents ? spansOf(first[number]!) : [made.objects[number - contents]!],
  };
}

/** The streams with the numbers of their objects. An empty stream has one chunk, of no length. */
function streamsOf(streams: readonly Stream[], inventory: Inventory): readonly PackedStream[] {
  const { image, model, objects, sequence = new Uint32Array() } = inventory;
  let next = 0;
  const packed = streams.map((stream) => {
    const { length } = stream.bytes;
    const first = next;
    let left = length;
    do left -= objects.lengths[sequence[next++]!] ?? Number.NaN;
    while (left > 0);
    return { ...stream, length, objects: sequence.subarray(first, next), isWhole: left === 0 };
  });
  if (next === sequence.length && packed.every(({ isWhole }) => isWhole)) return packed;
  throw new VerificationError(
    'the image is not cut as when it was packed',
    { image, model },
    'pack it again: bench run --fresh',
  );
}

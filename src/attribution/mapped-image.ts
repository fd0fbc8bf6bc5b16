import { createChunker } from '../chunkers/mod.ts';
import { VerificationError } from '../errors.ts';
import type { Image } from '../images/image.ts';
import { resolveChain } from '../models/choices.ts';
import { cutStreams, findObjects } from '../models/cut-streams.ts';
import { noClock } from '../models/model.ts';
import { packedStreams, referencesOf } from '../models/packed-streams.ts';
import type { Executor } from '../objects/executor.ts';
import type { Inventory } from '../packers/inventory.ts';
import { createSerialiser } from '../serialisers/mod.ts';
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
 * Serialises and cuts an image again as it was when it was packed: where chunks lie in streams is kept nowhere. Nothing is
 * compressed. Throws a VerificationError where the chunks are not those that were packed.
 */
export async function mapImage(
  image: Image,
  inventory: Inventory,
  executor: Executor,
): Promise<MappedImage> {
  const { choices } = resolveChain(inventory.model);
  const owners = new Owners(image);
  const serialiser = createSerialiser(choices.serialiser.id);
  const chunker = createChunker(choices.chunker.id, { isHeldOnUse: true });
  const cut = await cutStreams(image, serialiser, chunker, executor, noClock);
  const { objects, sequence } = await findObjects(cut, executor, noClock);
  checkObjects(inventory, objects.digests);
  const { serialised } = cut;
  const streams = packedStreams(serialised.streams, cut.cuts, sequence);
  const described = describeStreams(image, choices.serialiser, serialised.streams, owners);
  const metadata = serialised.root?.(referencesOf(streams, objects));
  const made = metadataSpans(choices.serialiser, metadata, image, owners);
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
    directories: new Map(
      [...made.directories].map(([path, number]) => [path, first.length + number]),
    ),
    spansOf,
    spansOfObject: (number) =>
      number < first.length ? spansOf(first[number]!) : [made.objects[number - first.length]!],
  };
}

function checkObjects({ image, model, objects, rounds }: Inventory, digests: Uint8Array): void {
  const count = rounds?.metadataFrom ?? objects.count;
  if (Buffer.compare(objects.digests.subarray(0, 32 * count), digests) === 0) return;
  throw new VerificationError(
    'the image is cut otherwise than when it was packed',
    { image, model },
    'pack it again: bench run --fresh',
  );
}

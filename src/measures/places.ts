import { digestAt } from '../packers/blobs.ts';
import { DIGEST_ANNOTATION, type Packed } from '../packers/packer.ts';

/** Where what a client unpacks lies in what it fetches. */

/** Bytes of a blob or of a loose object, as stored. */
export interface Part {
  /** `sha256:…`, as a request names it. */
  readonly source: string;
  readonly offset: number;
  readonly length: number;
}

/** What is decompressed as one: its parts each by itself, or in order. */
export interface Unit {
  readonly parts: readonly Part[];
  readonly isDivided: boolean;
}

/** A client goes on with what it has of a long object: bytes. */
const PIECE = 64 << 10;

/** Numbers of the objects in each layer, in the order of the layer; of loose objects, and of what a layer holds beside them, none. */
export function objectsByLayer({ output, objects }: Packed): readonly (readonly number[])[] {
  const { layers, placement, loose } = output;
  const lists: number[][] = layers.map(() => []);
  if (loose) return lists;
  if (placement) {
    for (let number = 0; number < objects.count; number++) {
      if (placement.offsets[number]! >= 0) lists[placement.layers[number]!]!.push(number);
    }
    for (const list of lists) list.sort((a, b) => placement.offsets[a]! - placement.offsets[b]!);
    return lists;
  }
  const numbers = numbersOf(objects);
  let next = 0;
  for (const [layer, { role, descriptor }] of layers.entries()) {
    if (role !== 'content') continue;
    // A blob of one object; where it says of which, two may be of one.
    const named = numbers.get(descriptor.annotations?.[DIGEST_ANNOTATION] ?? '');
    lists[layer]!.push(named ?? next++);
  }
  return lists;
}

/** By digest of the content, hexadecimal. */
export function unitFinder(packed: Packed): (digest: string) => Unit {
  const { output, objects, stored } = packed;
  const { layers, placement, layerIndexes, loose } = output;
  const numbers = numbersOf(objects);
  const lists = objectsByLayer(packed);
  const layerOf = new Map(lists.flatMap((list, layer) => list.map((number) => [number, layer])));
  const byContent = new Map(
    layers.map(({ descriptor }, layer) => [descriptor.annotations?.[DIGEST_ANNOTATION], layer]),
  );
  const sourceOf = (layer: number): string => layers[layer]!.descriptor.digest;
  const partOf = (number: number): Part => {
    const length = stored.lengths[number]!;
    if (loose) return { source: `sha256:${digestAt(objects, number)}`, offset: 0, length };
    const offset = placement?.offsets[number] ?? 0;
    return { source: sourceOf(layerOf.get(number)!), offset, length };
  };
  return (digest) => {
    const layer = byContent.get(digest);
    const spans = layerIndexes?.indexes.find((index) => index.layer === layer)?.spans;
    if (spans) {
      const parts = spans.map((span) => ({ source: sourceOf(layer!), ...span }));
      return { parts, isDivided: true };
    }
    if (layer !== undefined && placement) {
      const parts = lists[layer]!.map(partOf);
      // It may have headers alone.
      const whole = { source: sourceOf(layer), offset: 0, length: layers[layer]!.bytes.length };
      return parts.length > 0 ? { parts, isDivided: true } : { parts: [whole], isDivided: false };
    }
    return { parts: inPieces(partOf(numbers.get(digest)!)), isDivided: false };
  };
}

function inPieces({ source, offset, length }: Part): readonly Part[] {
  const count = Math.max(1, Math.ceil(length / PIECE));
  return Array.from({ length: count }, (_, index) => ({
    source,
    offset: offset + index * PIECE,
    length: Math.min(PIECE, length - index * PIECE),
  }));
}

function numbersOf(objects: Packed['objects']): ReadonlyMap<string, number> {
  const numbers = Array.from({ length: objects.count }, (_, number) => number);
  return new Map(numbers.map((number) => [digestAt(objects, number), number]));
}

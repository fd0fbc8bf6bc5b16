import { SkippedError, VerificationError } from '../errors.ts';
import { resolveChain } from '../models/choices.ts';
import { blobsOf, type Inventory } from '../packers/inventory.ts';
import { storedRootLength } from '../packers/table.ts';
import type { Chunk, MappedImage } from './mapped-image.ts';
import type { Part, Span } from './spans.ts';

/** Bytes of a blob that were made of one thing. */
export interface Piece {
  /** Where it starts in the blob: bytes. */
  readonly offset: number;
  /** As it is stored: bytes. */
  readonly length: number;
  /** Number of the object that it holds, in the image that brought the blob; undefined where it is none. */
  readonly object?: number;
  /** Of the blob's own index, which counts as metadata whatever the blob does. */
  readonly isIndex?: boolean;
  /** What it is before compression. */
  spans(): readonly Span[];
}

/** A blob as pieces, end to end. */
export interface BlobLayout {
  readonly pieces: readonly Piece[];
  /** The image that brought it. */
  readonly image: MappedImage;
}

/**
 * How the blobs that an image brings are made up, by digest; those of `known` are left out.
 *
 * @param placed as the store of the series keeps it
 */
export function layOut(
  image: MappedImage,
  placed: Inventory,
  known: ReadonlyMap<string, BlobLayout>,
): ReadonlyMap<string, BlobLayout> {
  const layouts = new Map<string, BlobLayout>();
  const packed = packedLayers(image, placed, known);
  for (const blob of blobsOf(placed)) {
    const { digest, size } = blob;
    if (known.has(digest) || layouts.has(digest)) continue;
    const layer = placed.layers.indexOf(blob);
    const part = blob === placed.config ? 'configuration' : 'index';
    const pieces = packed[layer] ?? inOrder([onePart(size, part)]);
    const sum = pieces.reduce((all, { length }) => all + length, 0);
    if (sum !== size) {
      throw new VerificationError(
        `blob ${digest} has ${size} bytes, and what it is made of ${sum}`,
        { image: placed.image, model: placed.model },
        'this is a fault of explain: report it with the image',
      );
    }
    layouts.set(digest, { image, pieces });
  }
  return layouts;
}

type Unplaced = Omit<Piece, 'offset'>;

function inOrder(parts: readonly Unplaced[]): readonly Piece[] {
  let offset = 0;
  return parts.map((part) => {
    const piece = { ...part, offset };
    offset += part.length;
    return piece;
  });
}

/** Pieces by number of the layer; undefined for those that are one index. */
function packedLayers(
  image: MappedImage,
  placed: Inventory,
  known: ReadonlyMap<string, BlobLayout>,
): readonly (readonly Piece[] | undefined)[] {
  const { packer } = resolveChain(placed.model).choices;
  const { layers } = placed;
  if (!packer.member.plugin) {
    switch (packer.member.name) {
      case 'layers':
      case 'ztoc':
        return wholeStreams(image, placed);
      case 'objects':
        return [rootBlob(image, placed)];
      case 'manifest': {
        const metadata = image.root ? 1 : image.layers.length;
        const objects = placed.objects.stored.length;
        return layers.map((_, layer) => {
          if (layer === 0 && image.root) return rootBlob(image, placed);
          const object = layer - metadata;
          if (object < 0 || object >= objects) return undefined;
          return inOrder([objectPart(image, placed, object)]);
        });
      }
      case 'blob': {
        const objects = Array.from(placed.objects.stored, (_, object) =>
          objectPart(image, placed, object),
        );
        const tail = indexParts(image, placed, placed.placement!.indexLengths[0]!);
        return [inOrder([...objects, ...tail.map((part) => ({ ...part, isIndex: true }))])];
      }
      case 'packs':
        return layers.map(({ digest, role, size }, layer) => {
          if (layer === 0) return inOrder(indexParts(image, placed, size));
          const isPack = role === 'content' && !known.has(digest);
          return isPack ? packPieces(image, placed, layer) : undefined;
        });
      case 'estargz':
      case 'zstd-chunked':
      case 'offset-map':
        return framedLayers(image, placed);
    }
  }
  throw new SkippedError(
    `what packer '${packer.id}' writes cannot be divided among paths`,
    { model: placed.model },
    'explain knows the packers of this program: choose a model with one of them',
  );
}

function wholeStreams(image: MappedImage, { layers }: Inventory): readonly (readonly Piece[])[] {
  return image.chunks.map((chunk, stream) =>
    inOrder([chunkPart(image, chunk, layers[stream]!.size)]),
  );
}

/** Objects of a new pack are all of this image: it is filled by what the image brings. */
function packPieces(image: MappedImage, placed: Inventory, layer: number): readonly Piece[] {
  const { layers, offsets } = placed.placement!;
  const pieces: Piece[] = [];
  for (const [object, own] of layers.entries()) {
    if (own !== layer) continue;
    pieces.push({ ...objectPart(image, placed, object), offset: offsets[object]! });
  }
  return pieces.sort((a, b) => a.offset - b.offset);
}

/** Frames as the streams of a layer follow each other, repeated contents included; then its own index. */
function framedLayers(image: MappedImage, placed: Inventory): readonly (readonly Piece[])[] {
  const parts: Unplaced[][] = [];
  for (const chunk of image.chunks) {
    const layer = image.layers[chunk.stream]!;
    parts[layer] ??= [];
    parts[layer]!.push(chunkPart(image, chunk, placed.objects.stored[chunk.object]!));
  }
  return parts.map((frames, layer) => {
    const index = placed.placement!.indexLengths[layer]!;
    return inOrder(index > 0 ? [...frames, { ...onePart(index, 'index'), isIndex: true }] : frames);
  });
}

/** The metadata root by itself; undefined where there is none. */
function rootBlob(image: MappedImage, { layers }: Inventory): readonly Piece[] | undefined {
  return image.root && inOrder([rootPart(image, layers[0]!.size)]);
}

/** Metadata root, where there is one, and the table of objects. */
function indexParts(
  image: MappedImage,
  { objects }: Inventory,
  length: number,
): readonly Unplaced[] {
  if (!image.root) return [onePart(length, 'index')];
  const root = storedRootLength(length, objects.count);
  return [rootPart(image, root), onePart(length - root, 'index')];
}

function rootPart({ root }: MappedImage, length: number): Unplaced {
  return { length, spans: () => root!.within(0, root!.length) };
}

function objectPart(image: MappedImage, { objects }: Inventory, object: number): Unplaced {
  const spans = (): readonly Span[] => image.spansOfObject(object);
  return { length: objects.stored[object]!, object, spans };
}

function chunkPart(image: MappedImage, chunk: Chunk, length: number): Unplaced {
  return { length, object: chunk.object, spans: () => image.spansOf(chunk) };
}

/** What belongs to no path. */
export function onePart(length: number, part: Part): Unplaced {
  return { length, spans: () => [{ length, of: part, kind: 'index' }] };
}

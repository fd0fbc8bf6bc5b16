import type { Chunk, MappedImage } from '../attribution/mapped-image.ts';
import type { Owner, SpanKind } from '../attribution/spans.ts';
import type { Range } from '../fetchers/fetcher.ts';

/** Bytes of one path that lie in one chunk. */
export interface Place {
  readonly chunk: Chunk;
  readonly kind: SpanKind;
  /** Where in the stream they start, and how many: bytes. */
  readonly offset: number;
  readonly length: number;
  /** Of content: where in that of the path they start; bytes. */
  readonly contentOffset: number;
}

/** Where the bytes of an owner's path lie, in stream order. */
export interface OwnedPlaces {
  readonly owner: Owner;
  readonly places: readonly Place[];
}

/** Path, latin1 → where its bytes lie; several where more than one layer describes it. */
export function placesByPath(image: MappedImage): ReadonlyMap<string, readonly OwnedPlaces[]> {
  const byOwner = new Map<Owner, { readonly places: Place[]; content: number }>();
  for (const chunk of image.chunks) {
    let offset = chunk.offset;
    for (const { length, of, kind } of image.spansOf(chunk)) {
      if (typeof of !== 'string') {
        const own = byOwner.get(of) ?? { places: [], content: 0 };
        byOwner.set(of, own);
        own.places.push({ chunk, kind, offset, length, contentOffset: own.content });
        if (kind === 'content') own.content += length;
      }
      offset += length;
    }
  }
  const byPath = new Map<string, OwnedPlaces[]>();
  for (const [owner, { places }] of byOwner) {
    const all = byPath.get(owner.path) ?? [];
    byPath.set(owner.path, all);
    all.push({ owner, places });
  }
  return byPath;
}

/** True where the range has bytes of a part that starts at `offset`. */
export function meets(range: Range, offset: number, length: number): boolean {
  return range.length > 0 && offset < range.offset + range.length && range.offset < offset + length;
}

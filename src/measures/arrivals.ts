import type { Request, Transfer } from '../fetchers/fetcher.ts';
import { type Link, networkMs } from '../links/mod.ts';
import type { Inventory } from '../packers/inventory.ts';
import type { Part } from './places.ts';

/** When a client that downloads over a link has what: milliseconds from its first request. */
export interface Arrivals {
  /** What leads to the objects. */
  readonly index: number;
  /** Last byte of a part; 0 where it is not fetched. */
  at(part: Part): number;
}

/** Bytes of one answer that lie together in a blob or object. */
interface Piece {
  readonly offset: number;
  readonly length: number;
  /** Bytes of the same answer behind it. */
  readonly after: number;
  /** When the answer is there. */
  readonly ms: number;
}

/** The bytes of an answer arrive one after another, as fast as the link lets them, the last when the answer is there. */
export function arrivalsOf(transfer: Transfer, link: Link, inventory: Inventory): Arrivals {
  const bytesPerMs = link.bandwidth / 8000;
  const pieces = new Map<string, Piece[]>();
  const ending = indexedBlobs(inventory);
  let index = 0;
  networkMs(transfer, link, (request, ms) => {
    const { digest, role, ranges } = request;
    if (role === 'metadata' || (!ranges && ending.has(digest))) index = Math.max(index, ms);
    const list = pieces.get(digest) ?? [];
    pieces.set(digest, list);
    list.push(...piecesOf(request, ms));
  });
  for (const list of pieces.values()) list.sort((a, b) => a.offset - b.offset);
  return {
    index,
    at({ source, offset, length }) {
      const end = offset + length;
      const piece = lastBefore(pieces.get(source) ?? [], end);
      if (!piece) return 0;
      const left = piece.after + Math.max(0, piece.offset + piece.length - end);
      return piece.ms - left / bytesPerMs;
    },
  };
}

/** Blobs that say themselves, at their end, what lies in them. */
function indexedBlobs({ layers, placement }: Inventory): ReadonlySet<string> {
  const own = layers.filter((_, layer) => (placement?.indexLengths[layer] ?? 0) > 0);
  return new Set(own.map(({ digest }) => digest));
}

function piecesOf({ bytes, ranges }: Request, ms: number): readonly Piece[] {
  let after = bytes;
  return (ranges ?? [{ offset: 0, length: bytes }]).map((range) => {
    after -= range.length;
    return { ...range, after, ms };
  });
}

/** The last piece that starts before `end`. */
function lastBefore(sorted: readonly Piece[], end: number): Piece | undefined {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]!.offset < end) low = middle + 1;
    else high = middle;
  }
  return sorted[low - 1];
}

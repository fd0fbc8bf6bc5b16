import type { Held, Request, Transfer } from '../fetchers/fetcher.ts';
import { digestAt } from '../packers/blobs.ts';
import type { Inventory } from '../packers/inventory.ts';
import { Account, type Attribution } from './account.ts';
import type { Known } from './known.ts';
import { type BlobLayout, onePart, type Piece } from './layout.ts';
import type { MappedImage } from './mapped-image.ts';
import type { Span } from './spans.ts';

export interface TransferInput {
  readonly image: MappedImage;
  /** The image as the store of the series keeps it. */
  readonly placed: Inventory;
  /** Of all blobs that may be asked for, by digest. */
  readonly layouts: ReadonlyMap<string, BlobLayout>;
  readonly held: Held;
  /** What the images say that the client holds. */
  readonly known: Known;
}

/** What every byte of a transfer is. */
export function attributeTransfer({ plan }: Transfer, input: TransferInput): Attribution {
  const account = new Account();
  const objects = objectNumbers(input.placed);
  for (const request of plan.flat()) addRequest(account, request, input, objects);
  return account.finish();
}

function addRequest(
  account: Account,
  { kind, digest, role, bytes, ranges }: Request,
  { image, placed, layouts, held, known }: TransferInput,
  objects: ReadonlyMap<string, number>,
): void {
  const causeOf = known.causeOf.bind(known);
  if (digest === `sha256:${placed.digest}`) {
    account.add(role, onePart(bytes, 'manifest'), causeOf);
    return;
  }
  if (kind === 'object') {
    const spans = (): readonly Span[] => image.spansOfObject(objects.get(digest)!);
    account.add(role, { length: bytes, spans }, causeOf);
    return;
  }
  const layout = layouts.get(digest)!;
  if (!ranges) {
    for (const piece of layout.pieces) account.add(role, piece, causeOf);
    return;
  }
  const wanted = wantedPieces(placed, digest, held);
  for (const range of ranges) {
    const end = range.offset + range.length;
    for (const piece of piecesFrom(layout, range.offset)) {
      if (piece.offset >= end) break;
      const from = Math.max(range.offset, piece.offset);
      const length = Math.min(end, piece.offset + piece.length) - from;
      const own = wanted?.get(piece.offset);
      const isGap = wanted !== undefined && piece.object !== undefined && own === undefined;
      // A pack may have been brought by another image, where the same content belongs to another path.
      const spans =
        own === undefined || layout.image === image ? piece.spans : () => image.spansOfObject(own);
      account.add(
        role,
        { length: piece.length, spans },
        isGap ? () => 'range gap' : causeOf,
        length,
      );
    }
  }
}

/** Where in a layer objects start that the client lacks, with their numbers; undefined where objects have no places. */
function wantedPieces(
  { placement, layers, objects }: Inventory,
  digest: string,
  held: Held,
): ReadonlyMap<number, number> | undefined {
  if (!placement) return undefined;
  const wanted = new Map<number, number>();
  for (const [number, offset] of placement.offsets.entries()) {
    if (offset < 0 || objects.stored[number] === 0) continue;
    if (layers[placement.layers[number]!]!.digest !== digest) continue;
    if (held.objects.find(objects.digests, 32 * number) < 0) wanted.set(offset, number);
  }
  return wanted;
}

/** Those with bytes from an offset on. */
function* piecesFrom({ pieces }: BlobLayout, offset: number): Generator<Piece> {
  let [low, high] = [0, pieces.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const { offset: start, length } = pieces[middle]!;
    if (start + length > offset) high = middle;
    else low = middle + 1;
  }
  for (let index = low; index < pieces.length; index++) {
    if (pieces[index]!.length > 0) yield pieces[index]!;
  }
}

function objectNumbers(inventory: Inventory): ReadonlyMap<string, number> {
  if (!inventory.loose) return new Map();
  return new Map(
    Array.from(inventory.objects.stored, (_, number) => [
      `sha256:${digestAt(inventory.objects, number)}`,
      number,
    ]),
  );
}

import type { Held } from '../fetchers/fetcher.ts';
import { blobsOf, type Inventory } from '../packers/inventory.ts';
import { Account, type Attribution } from './account.ts';
import type { Known } from './known.ts';
import { type BlobLayout, onePart } from './layout.ts';
import type { MappedImage } from './mapped-image.ts';
import type { Span } from './spans.ts';

/**
 * What every byte is that a registry keeps of one image beside those before it: the manifest, the blobs and objects that it
 * has not yet.
 *
 * @param before what it has; `known` what the images before say
 */
export function attributeStored(
  image: MappedImage,
  placed: Inventory,
  layouts: ReadonlyMap<string, BlobLayout>,
  before: Held,
  known: Known,
): Attribution {
  const account = new Account();
  const causeOf = known.causeOf.bind(known);
  account.add('metadata', onePart(placed.manifestBytes, 'manifest'), causeOf);
  const fresh = new Set<string>();
  for (const { digest, role } of blobsOf(placed)) {
    if (before.blobs.has(digest) || fresh.has(digest)) continue;
    fresh.add(digest);
    for (const piece of layouts.get(digest)!.pieces) {
      account.add(piece.isIndex ? 'metadata' : role, piece, causeOf);
    }
  }
  if (placed.loose) {
    const { objects, rounds } = placed;
    for (const [number, length] of objects.stored.entries()) {
      if (before.objects.find(objects.digests, 32 * number) >= 0) continue;
      const spans = (): readonly Span[] => image.spansOfObject(number);
      const isContent = number < (rounds?.metadataFrom ?? objects.count);
      account.add(isContent ? 'content' : 'metadata', { length, spans }, causeOf);
    }
  }
  return account.finish();
}

import type { BlobFacts, Inventory } from '../packers/inventory.ts';

/** Digest of the object of a letter. */
export const digestOf = (letter: string): Uint8Array =>
  new Uint8Array(32).fill(letter.charCodeAt(0));

/** An inventory by hand: objects are letters, each `raw` bytes of content and `stored` bytes compressed. */
export function inventory(
  image: string,
  letters: string,
  { raw = 100, stored = 40, ...more }: Partial<Inventory> & { raw?: number; stored?: number } = {},
): Inventory {
  const count = letters.length;
  const digests = new Uint8Array(32 * count);
  for (let n = 0; n < count; n++) digests.set(digestOf(letters[n]!), 32 * n);
  const index: BlobFacts = { digest: `sha256:index-${image}`, size: 10, role: 'metadata' };
  return {
    image,
    model: 'm',
    digest: image,
    streamBytes: raw * count,
    chunks: { count, mean: raw, p5: raw, p50: raw, p95: raw, shareAtLongest: undefined },
    objects: {
      count,
      digests,
      lengths: new Float64Array(count).fill(raw),
      stored: new Float64Array(count).fill(stored),
    },
    manifestBytes: 7,
    config: { digest: 'sha256:config', size: 5, role: 'metadata' },
    layers: [index],
    loose: true,
    ...more,
  };
}

import { type Fetcher, type Request, wholeBlob } from './fetcher.ts';

/** GET of every whole blob, then of every loose object, that the client lacks. */
export const get: Fetcher = {
  rounds(inventory, held) {
    const blobs = inventory.layers
      .filter((layer, index, all) => {
        const first = all.findIndex((other) => other.digest === layer.digest) === index;
        return first && !held.blobs.has(layer.digest);
      })
      .map(wholeBlob);
    if (!inventory.loose) return [blobs];

    const { digests, stored } = inventory.objects;
    const objects: Request[] = [];
    for (const [number, bytes] of stored.entries()) {
      if (held.objects.find(digests, 32 * number) >= 0) continue;
      const name = Buffer.from(digests.subarray(32 * number, 32 * number + 32)).toString('hex');
      objects.push({ kind: 'object', digest: `sha256:${name}`, role: 'content', bytes });
    }
    return [blobs, objects];
  },
};

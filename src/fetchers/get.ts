import { add, type Fetcher, type Round } from './fetcher.ts';

const nothing: Round = { contentBytes: 0, metadataBytes: 0, requests: 0 };

/** GET of every whole blob, then of every loose object, that the client lacks. */
export const get: Fetcher = {
  rounds(inventory, held) {
    const blobs = inventory.layers
      .filter((layer, index, all) => {
        const first = all.findIndex((other) => other.digest === layer.digest) === index;
        return first && !held.blobs.has(layer.digest);
      })
      .map(({ role, size }) => ({
        contentBytes: role === 'content' ? size : 0,
        metadataBytes: role === 'metadata' ? size : 0,
        requests: 1,
      }))
      .reduce(add, nothing);
    if (!inventory.loose) return [blobs];

    const { digests, stored } = inventory.objects;
    let contentBytes = 0;
    let requests = 0;
    for (const [number, size] of stored.entries()) {
      if (held.objects.find(digests, 32 * number) >= 0) continue;
      contentBytes += size;
      requests++;
    }
    return [blobs, { contentBytes, metadataBytes: 0, requests }];
  },
};

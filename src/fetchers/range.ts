import type { Fetcher } from './fetcher.ts';

/**
 * Range requests on the single blob: its tail with the index, then the missing objects. Ranges that lie at most `gap`
 * bytes apart become one (containers/storage merges up to 1 KiB); at most `ranges` of them share a request. Bytes of a
 * gap count as content: they are transferred.
 */
export const range: Fetcher = {
  rounds(inventory, held, values) {
    const { placement, objects } = inventory;
    const layer = inventory.layers[0];
    if (!placement || !layer || held.blobs.has(layer.digest)) return [];
    const gap = Number(values['gap']);
    const index = { contentBytes: 0, metadataBytes: placement.indexLength, requests: 1 };

    let contentBytes = 0;
    let ranges = 0;
    let end = Number.NEGATIVE_INFINITY;
    for (let number = 0; number < objects.count; number++) {
      if (held.objects.find(objects.digests, 32 * number) >= 0) continue;
      const start = placement.offsets[number]!;
      const stored = objects.stored[number]!;
      if (start - end <= gap) {
        contentBytes += start - end;
      } else {
        ranges++;
      }
      contentBytes += stored;
      end = start + stored;
    }
    const requests = Math.ceil(ranges / Number(values['ranges']));
    return [index, { contentBytes, metadataBytes: 0, requests }];
  },
};

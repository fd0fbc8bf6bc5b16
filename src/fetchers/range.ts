import type { Fetcher, Range, Request } from './fetcher.ts';

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
    const { digest } = layer;
    const ask = (role: Request['role'], ranges: readonly Range[]): Request => {
      const bytes = ranges.reduce((sum, { length }) => sum + length, 0);
      return { kind: 'blob', digest, role, ranges, bytes };
    };
    const { indexOffset, indexLength } = placement;
    const index = ask('metadata', [{ offset: indexOffset, length: indexLength }]);

    const gap = Number(values['gap']);
    const ranges: { readonly offset: number; length: number }[] = [];
    for (let number = 0; number < objects.count; number++) {
      if (held.objects.find(objects.digests, 32 * number) >= 0) continue;
      const offset = placement.offsets[number]!;
      const length = objects.stored[number]!;
      const last = ranges.at(-1);
      if (last && offset - (last.offset + last.length) <= gap) {
        last.length = offset + length - last.offset;
      } else {
        ranges.push({ offset, length });
      }
    }
    const most = Number(values['ranges']);
    const requests: Request[] = [];
    for (let first = 0; first < ranges.length; first += most) {
      requests.push(ask('content', ranges.slice(first, first + most)));
    }
    return [[index], requests];
  },
};

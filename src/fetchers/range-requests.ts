import type { Values } from '../ids.ts';
import type { BlobFacts } from '../packers/inventory.ts';
import type { Range, Request } from './fetcher.ts';

/**
 * Requests for parts of one blob, by the parameters of `range`.
 *
 * @param missing sorted by offset
 */
export function rangeRequests(
  layer: BlobFacts,
  missing: readonly Range[],
  values: Values,
): readonly Request[] {
  const ranges = merge(missing, Number(values['gap']));
  const together = Number(values['ranges']);
  return Array.from({ length: Math.ceil(ranges.length / together) }, (_, number) =>
    partsOf(layer, 'content', ranges.slice(number * together, (number + 1) * together)),
  );
}

/** One request. */
export function partsOf(
  { digest }: BlobFacts,
  role: Request['role'],
  ranges: readonly Range[],
): Request {
  const bytes = ranges.reduce((sum, { length }) => sum + length, 0);
  return { kind: 'blob', digest, role, ranges, bytes };
}

/** @param sorted by offset */
function merge(sorted: readonly Range[], gap: number): readonly Range[] {
  const merged: { readonly offset: number; length: number }[] = [];
  for (const { offset, length } of sorted) {
    const last = merged.at(-1);
    if (last && offset - (last.offset + last.length) <= gap) {
      last.length = offset + length - last.offset;
    } else {
      merged.push({ offset, length });
    }
  }
  return merged;
}

import { formatBinary, formatNumber, formatShare } from '../../format.ts';
import { change } from '../../stats/mod.ts';
import { groupBy } from '../group.ts';
import { familyLabel, familyOf } from '../models.ts';
import { lastImage, meanPerUpdate, type View } from '../view.ts';

export function chunkSize(view: View): readonly string[] {
  const image = lastImage(view, 'dedup.unique_bytes');
  if (image === undefined) return [];
  const families = groupBy(view.info.models, ({ id }) => familyOf(id).family);
  return [...families].flatMap(([family, models]) => {
    const points = models.flatMap(({ id }) => {
      const mean = view.number(image, id, 'chunks.mean');
      const unique = view.number(image, id, 'dedup.unique_bytes');
      const requests = meanPerUpdate(view, id, 'transfer.requests');
      return mean === undefined || unique === undefined ? [] : [{ mean, unique, requests }];
    });
    if (points.length < 2) return [];
    const ordered = points.toSorted((a, b) => a.mean - b.mean);
    const [small, large] = [ordered[0]!, ordered.at(-1)!];
    const growth = change(large.unique, small.unique);
    if (growth === undefined || small.mean === large.mean) return [];
    const more = `${formatShare(Math.abs(growth))} ${growth < 0 ? 'fewer' : 'more'}`;
    const asked =
      small.requests === undefined || large.requests === undefined
        ? ''
        : `, ${formatNumber(large.requests)} instead of ${formatNumber(small.requests)} requests per update (mean)`;
    return [
      `${familyLabel(family)}: from a mean chunk of ${formatBinary(small.mean)} to ${formatBinary(large.mean)}, ${more} unique bytes${asked}.`,
    ];
  });
}

import { formatBinary, formatNumber, formatShare } from '../../format.ts';
import { change } from '../../stats/mod.ts';
import { groupBy } from '../group.ts';
import { familyLabel, familyOf } from '../models.ts';
import { meanPerStep, perStep } from '../steps.ts';
import { lastImage, type View } from '../view.ts';

export function chunkSize(view: View): readonly string[] {
  const image = lastImage(view, 'dedup.unique_bytes');
  if (image === undefined) return [];
  const families = groupBy(view.info.models, ({ id }) => familyOf(id).family);
  return [...families].flatMap(([family, models]) => {
    const points = models.flatMap(({ id }) => {
      const mean = view.number(image, id, 'chunks.mean');
      const unique = view.number(image, id, 'dedup.unique_bytes');
      return mean === undefined || unique === undefined ? [] : [{ id, mean, unique }];
    });
    if (points.length < 2) return [];
    const ordered = points.toSorted((a, b) => a.mean - b.mean);
    const [small, large] = [ordered[0]!, ordered.at(-1)!];
    const growth = change(large.unique, small.unique);
    if (growth === undefined || small.mean === large.mean) return [];
    const more = `${formatShare(Math.abs(growth))} ${growth < 0 ? 'fewer' : 'more'}`;
    const asked = view.steps.flatMap((group) => {
      const [fewer, most] = [large, small].map(({ id }) =>
        meanPerStep(view, group, id, 'transfer.requests'),
      );
      if (fewer === undefined || most === undefined) return [];
      return `, ${formatNumber(fewer)} instead of ${formatNumber(most)} requests ${perStep(group)}`;
    });
    return [
      `${familyLabel(family)}: from a mean chunk of ${formatBinary(small.mean)} to ${formatBinary(large.mean)}, ${more} unique bytes${asked.join('')}.`,
    ];
  });
}

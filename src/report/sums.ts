import { measures } from '../measures/mod.ts';
import type { View } from './view.ts';

/**
 * Sums over a series whose images return to one before each edit: that image and all edits so far, which nobody stores or pulls
 * together. Reports leave them out; records and summary.csv have them.
 */

/** False where the run has returns: see METHODS.md, "Edits". */
export function hasSums({ returns }: Pick<View, 'returns'>): boolean {
  return returns.length === 0;
}

/** What a report says in their place. */
export const WITHOUT_SUMS =
  'The series returns to the image before each edit, so that sums over it (stored and unique bytes, cumulative transfer) are of nothing that anybody keeps or pulls; they are left out.';

function isSum(measure: string): boolean {
  return measure === 'transfer.cumulative_bytes' || measures.get(measure)?.of === 'series so far';
}

/** The view that sentences, tables and charts are made from: without sums where these mean nothing. */
export function withoutVainSums(view: View): View {
  if (hasSums(view)) return view;
  return {
    ...view,
    values: view.values.filter(({ measure }) => !isSum(measure)),
    of: (measure) => (isSum(measure) ? [] : view.of(measure)),
    record: (image, model, measure, client) =>
      isSum(measure) ? undefined : view.record(image, model, measure, client),
    number: (image, model, measure, client) =>
      isSum(measure) ? undefined : view.number(image, model, measure, client),
  };
}

import { formatShare, plural } from '../../format.ts';
import type { RunModel } from '../../results/run.ts';
import { busy, NOT_COMPARED } from '../noise.ts';
import { errorSizes, timingsOf } from '../timings.ts';
import type { View } from '../view.ts';
import type { Namer } from './compare.ts';

/** How far the modelled times are from real ones. */
export function timeModel(view: View, name: Namer): readonly string[] {
  const timings = timingsOf(view);
  const sizes = errorSizes(timings);
  if (!sizes) return [];
  const reason = busy(view);
  if (reason !== undefined) return [NOT_COMPARED];
  const { middle, worst } = sizes;
  const byId = new Map(view.info.models.map((model): [string, RunModel] => [model.id, model]));
  const model = byId.get(worst.model);
  const link = view.info.links.find(({ id }) => id === worst.link)?.title ?? worst.link;
  const place = model ? ` (${name(model)}, ${link})` : '';
  return [
    `Over ${plural(timings.length, 'transfer')} from real servers, modelled and measured time differ by ${formatShare(middle)} in the median and ${formatShare(Math.abs(worst.error))} at most${place}.`,
  ];
}

import { formatNumber, listWords } from '../../format.ts';
import { SCHEDULED } from '../../measures/schedule.ts';
import { busy } from '../noise.ts';
import type { View } from '../view.ts';
import type { Namer } from './compare.ts';

/** The most that cores can gain, of each operation from the least to the most. */
export function parallelism(view: View, name: Namer): readonly string[] {
  if (busy(view) !== undefined) return [];
  const parts = SCHEDULED.flatMap((operation) => {
    const known = view.of(`parallel.${operation}_work_per_span`).flatMap(({ model: id, value }) => {
      const model = view.info.models.find((one) => one.id === id);
      return model ? [{ model, value: Number(value) }] : [];
    });
    const sorted = known.toSorted((a, b) => a.value - b.value);
    const [least, most] = [sorted[0], sorted.at(-1)];
    if (!least || !most) return [];
    const told = ({ model, value }: typeof least): string =>
      `${formatNumber(value, 1)} (${name(model)})`;
    const range = least === most ? told(least) : `${told(least)} to ${told(most)}`;
    return [`${operation} ${range}`];
  });
  if (parts.length === 0) return [];
  return [
    `Work ÷ span of the recorded stages, the most that any number of cores can gain: ${listWords(parts)}.`,
  ];
}

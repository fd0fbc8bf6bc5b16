import { formatBinary, formatNumber, listWords } from '../format.ts';
import { groupBy } from '../group.ts';
import { type Speed, speedsOf } from '../speeds.ts';
import type { View } from '../view.ts';

export function speed(view: View): readonly string[] {
  const chunkers = speedsOf(view).filter(
    ({ kind, average }) => kind === 'ocibench' && average !== undefined,
  );
  if (chunkers.length === 0) return [];
  const bySize = [...groupBy(chunkers, ({ average }) => formatBinary(average!))];
  const fastest = bySize.map(([size, list]) => {
    const { name, rate } = list.reduce((best, one) => (one.rate > best.rate ? one : best));
    return `${name} at ${size} (${formatNumber(rate)} MB/s)`;
  });
  const compared = [...groupBy(chunkers, ({ name }) => name)].flatMap(([name, list]) => {
    const ratios = list.flatMap(({ ofPeer }: Speed) => ofPeer ?? []);
    if (ratios.length === 0) return [];
    const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map((ratio) =>
      formatNumber(ratio, 1),
    );
    return `${name} ${least === most ? least : `${least} to ${most}`}`;
  });
  const peers =
    compared.length === 0
      ? []
      : [`Times as fast as the npm package of the same kind: ${listWords(compared)}.`];
  return [`The fastest chunkers: ${listWords(fastest)}.`, ...peers];
}

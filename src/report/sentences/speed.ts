import { formatBinary, formatNumber, listWords } from '../../format.ts';
import { groupBy } from '../group.ts';
import { busy, formatRate, isBeyondNoise, NOT_COMPARED } from '../noise.ts';
import { type Speed, speedsOf } from '../speeds.ts';
import type { View } from '../view.ts';

export function speed(view: View): readonly string[] {
  const chunkers = speedsOf(view).filter(
    ({ kind, average }) => kind === 'ocibench' && average !== undefined,
  );
  if (chunkers.length === 0) return [];
  const reason = busy(view);
  if (reason !== undefined) return [NOT_COMPARED];
  const bySize = [...groupBy(chunkers, ({ average }) => formatBinary(average!))];
  const fastest = bySize.map(([size, list]) => fastestAt(size, list));
  const compared = [...groupBy(chunkers, ({ name }) => name)].flatMap(([name, list]) =>
    besidePeer(view, name, list),
  );
  const peers =
    compared.length === 0
      ? []
      : [
          `Times as fast as the npm package of the same kind, with their intervals: ${listWords(compared)}.`,
        ];
  return [`The fastest chunkers: ${listWords(fastest)}.`, ...peers];
}

/** Those whose interval overlaps that of the fastest cannot be told from it. */
function fastestAt(size: string, list: readonly Speed[]): string {
  const best = list.reduce((one, other) => (other.rate > one.rate ? other : one));
  const { low = best.rate } = best.record;
  const others = list.filter((one) => one !== best && (one.record.high ?? one.rate) >= low);
  const names = [best, ...others].map(({ name }) => name).join(' or ');
  return `${names} at ${size} (${formatRate(best.record, 0)})`;
}

function besidePeer(view: View, name: string, list: readonly Speed[]): readonly string[] {
  const told = list.flatMap(({ ofPeer }) =>
    ofPeer && isBeyondNoise(view, ofPeer, undefined) ? [ofPeer] : [],
  );
  if (told.length === 0) return [];
  const fromTo = (numbers: readonly number[]): string => {
    const [least, most] = [Math.min(...numbers), Math.max(...numbers)].map((one) =>
      formatNumber(one, 1),
    );
    return least === most ? `${least}` : `${least} to ${most}`;
  };
  const values = fromTo(told.map(({ value }) => Number(value)));
  return [`${name} ${values} (${fromTo(told.flatMap(({ low, high }) => [low!, high!]))})`];
}

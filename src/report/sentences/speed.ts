import { formatBinary, formatNumber, listWords } from '../../format.ts';
import { type Maybe, pairsOf, roundsToCompare, toldApart } from '../../stats/mod.ts';
import { groupBy } from '../group.ts';
import { busy, disturbance, formatRate, isBeyondNoise, NOT_COMPARED } from '../noise.ts';
import { type Speed, speedsOf } from '../speeds.ts';
import type { View } from '../view.ts';

export function speed(view: View): readonly string[] {
  const chunkers = speedsOf(view).filter(
    ({ kind, average }) => kind === 'ocibench' && average !== undefined,
  );
  if (chunkers.length === 0) return [];
  if (busy(view) !== undefined) return [NOT_COMPARED];
  const disturbed = disturbance(view.of('speed.rate'));
  if (disturbed !== undefined) return [disturbed];
  const floor = speedFloor(view);
  const bySize = [...groupBy(chunkers, ({ average }) => formatBinary(average!))];
  const compared = bySize.filter(([, list]) => roundsOf(list) >= roundsFor(list));
  const fastest = compared.map(([size, list]) => fastestAt(size, list, floor));
  const others = bySize
    .filter((one) => !compared.includes(one))
    .map(([size, list]) => `${size} (it takes ${roundsFor(list)} rounds, not ${roundsOf(list)})`);
  const besides = [...groupBy(chunkers, ({ name }) => name)].flatMap(([name, list]) =>
    besidePeer(view, name, list),
  );
  const peers =
    besides.length === 0
      ? []
      : [
          `Times as fast as the npm package of the same kind, with their intervals: ${listWords(besides)}.`,
        ];
  return [
    ...(fastest.length > 0 ? [`The fastest chunkers: ${listWords(fastest)}.`] : []),
    ...(others.length > 0 ? [`Chunkers are not compared at ${listWords(others)}.`] : []),
    ...peers,
  ];
}

/** Rounds in which all of them were timed. */
function roundsOf(list: readonly Speed[]): number {
  return Math.min(...list.map(({ record }) => record.samples?.length ?? 0));
}

/** Rounds without which nothing can be told of any of them. */
function roundsFor(list: readonly Speed[]): number {
  return list.length < 2 ? 0 : roundsToCompare(pairsOf(list.length));
}

/** With those that cannot be told from the fastest. */
function fastestAt(size: string, list: readonly Speed[], floor: Maybe): string {
  const best = list.reduce((one, other) => (other.rate > one.rate ? other : one));
  const differ = toldApart(
    list.map(({ record }) => record.samples ?? []),
    floor,
  );
  const others = list.filter((one, at) => one !== best && !differ(at, list.indexOf(best)));
  const names = [best, ...others].map(({ name }) => name).join(' or ');
  return `${names} at ${size} (${formatRate(best.record, 0)})`;
}

/** How far a chunker that was timed twice may differ from itself. */
function speedFloor(view: View): Maybe {
  const record = view.of('speed.noise_floor')[0];
  return typeof record?.value === 'number' ? record.value : undefined;
}

function besidePeer(view: View, name: string, list: readonly Speed[]): readonly string[] {
  const told = list.flatMap(({ ofPeer }) =>
    ofPeer && isBeyondNoise(view, ofPeer, speedFloor(view)) ? [ofPeer] : [],
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

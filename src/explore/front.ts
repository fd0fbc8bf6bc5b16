import { type Maybe, paretoFrontOf } from '../stats/mod.ts';
import { type Figure, halfWidth, scaled, sumOf } from './figure.ts';
import { changesBetween, type SpaceModel } from './space.ts';

/** A chain with what it is compared by. */
export interface Standing {
  readonly model: SpaceModel;
  /** Mean over the steps, of each measure. */
  readonly values: readonly number[];
  /** Half of the 95 % interval of each; 0 of what is exact. */
  readonly halves: readonly number[];
}

/** A preset and how far it is from a chain. */
export interface Nearest {
  readonly preset: SpaceModel;
  /** Axes, by number, on which they differ. */
  readonly changes: readonly number[];
}

export interface FrontPoint extends Standing {
  /** Absent where there is no preset. */
  readonly nearest?: Nearest;
}

/** What brings a preset onto the front. */
export interface Move {
  readonly preset: Standing;
  /** It is there already. */
  readonly isOnFront: boolean;
  /** The chain of the front that differs on fewest axes; of several, the one that gains most. */
  readonly to?: Standing;
  /** Axes, by number, on which that differs. */
  readonly changes: readonly number[];
  /** New ÷ old, of each measure. */
  readonly ratios: readonly Maybe[];
}

/** Chains that keep as much of an image as one another. */
export interface Division {
  /** What they drop, in words. */
  readonly drops: readonly string[];
  /** All of them. */
  readonly standings: readonly Standing[];
  /** By the first measure. */
  readonly front: readonly FrontPoint[];
  readonly moves: readonly Move[];
}

/** Mean of each measure over the steps; undefined where one is missing. */
export function standingOf(
  model: SpaceModel,
  figures: readonly (readonly (Figure | undefined)[])[],
): Standing | undefined {
  const means = figures.flatMap((steps) => {
    const sum = steps.length > 0 ? sumOf(steps) : undefined;
    return sum ? [scaled(sum, 1 / steps.length)] : [];
  });
  if (means.length < figures.length) return undefined;
  return { model, values: means.map(({ value }) => value), halves: means.map(halfWidth) };
}

/**
 * The front of one division, and the way there from every preset of it.
 *
 * @param isMore measures of which more is better
 */
export function divisionOf(
  drops: readonly string[],
  standings: readonly Standing[],
  isMore: readonly boolean[],
): Division {
  const oriented = standings.map(({ values }) =>
    values.map((value, index) => (isMore[index] ? -value : value)),
  );
  const front = paretoFrontOf(oriented)
    .map((number) => standings[number]!)
    .toSorted((one, other) => one.values[0]! - other.values[0]!);
  const presets = standings.filter(({ model }) => model.alias !== undefined);
  return {
    drops,
    standings,
    front: front.map((point) => {
      const nearest = nearestTo(point, presets, isMore);
      return nearest
        ? { ...point, nearest: { preset: nearest.to.model, changes: nearest.changes } }
        : point;
    }),
    moves: presets.map((preset): Move => {
      const isOnFront = front.includes(preset);
      const found = isOnFront ? undefined : nearestTo(preset, front, isMore);
      if (!found) return { preset, isOnFront, changes: [], ratios: [] };
      const { to, changes } = found;
      const ratios = to.values.map((value, index) => quotient(value, preset.values[index]!));
      return { preset, isOnFront, to, changes, ratios };
    }),
  };
}

/** Fewest axes changed first, then the greatest gain: the sum of the logarithms of all ratios. */
function nearestTo(
  from: Standing,
  candidates: readonly Standing[],
  isMore: readonly boolean[],
): { readonly to: Standing; readonly changes: readonly number[] } | undefined {
  let best: { to: Standing; changes: readonly number[]; gain: number } | undefined;
  for (const to of candidates) {
    const changes = changesBetween(from.model, to.model);
    if (best && changes.length > best.changes.length) continue;
    const gain = gainOf(from, to, isMore);
    if (!best || changes.length < best.changes.length || gain > best.gain) {
      best = { to, changes, gain };
    }
  }
  return best;
}

function gainOf(from: Standing, to: Standing, isMore: readonly boolean[]): number {
  return to.values.reduce((sum, value, index) => {
    const ratio = quotient(value, from.values[index]!);
    const log = ratio === undefined || ratio <= 0 ? 0 : Math.log(ratio);
    return sum + (isMore[index] ? log : -log);
  }, 0);
}

function quotient(value: number, base: number): Maybe {
  return base === 0 ? undefined : value / base;
}

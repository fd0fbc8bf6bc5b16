import { defined, type Maybe, mean } from '../stats/mod.ts';
import { AXES, type Axis, levelsOf, type SpaceModel } from './space.ts';

/** What a chain came to at each step of one kind: in the order of the steps; undefined where there is no figure. */
export type StepValues = ReadonlyMap<string, readonly Maybe[]>;

/** What choosing a level instead of the axis' baseline does, all else equal. */
export interface Effect {
  readonly axis: Axis;
  readonly level: string;
  readonly baseline: string;
  /** Pairs of chains that differ in nothing else, both with figures. */
  readonly pairs: number;
  /** Geometric mean of level ÷ baseline over pairs and steps; undefined of no pair. */
  readonly ratio: Maybe;
  /** Least and greatest of the geometric means over pairs of single steps. */
  readonly least: Maybe;
  readonly most: Maybe;
}

/** Every level of every axis with two levels or more, against the level that the grid names first. */
export function mainEffects(models: readonly SpaceModel[], values: StepValues): readonly Effect[] {
  const byLevels = new Map(models.map((model) => [keyOf(model.levels), model]));
  return AXES.flatMap((axis, number) => {
    const [baseline, ...others] = levelsOf(models, number);
    return others.map((level): Effect => {
      const ratios: number[][] = [];
      for (const model of models) {
        if (model.levels[number] !== level) continue;
        const partner = byLevels.get(keyOf(model.levels.with(number, baseline!)));
        const own = values.get(model.id);
        const base = partner && values.get(partner.id);
        const logs = own && base && logRatios(own, base);
        if (logs) ratios.push(logs);
      }
      const steps = (ratios[0] ?? []).map((_, step) => mean(ratios.map((logs) => logs[step])));
      const means = defined(steps);
      const power = (log: Maybe): Maybe => (log === undefined ? undefined : Math.exp(log));
      return {
        axis,
        level,
        baseline: baseline!,
        pairs: ratios.length,
        ratio: power(mean(steps)),
        least: power(means.length > 0 ? Math.min(...means) : undefined),
        most: power(means.length > 0 ? Math.max(...means) : undefined),
      };
    });
  });
}

/** undefined where a value is missing or 0: it has no ratio. */
function logRatios(own: readonly Maybe[], base: readonly Maybe[]): number[] | undefined {
  const logs = own.map((value, step) => {
    const other = base[step];
    return value && other && value > 0 && other > 0 ? Math.log(value / other) : undefined;
  });
  const known = defined(logs);
  return known.length === logs.length ? [...known] : undefined;
}

function keyOf(levels: readonly string[]): string {
  return levels.join('|');
}

/** Mean of the logarithms over the steps; undefined where a value is missing or not above 0. */
export function logMean(values: readonly Maybe[]): Maybe {
  return mean(values.map((value) => (value && value > 0 ? Math.log(value) : undefined)));
}

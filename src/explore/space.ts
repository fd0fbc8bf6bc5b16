import { UsageError } from '../errors.ts';
import { resolveGrid } from '../grids.ts';
import { limits } from '../limits.ts';
import { MisfitError, resolveChain } from '../models/choices.ts';
import { aliasOf, presets } from '../models/mod.ts';

/** Design spaces: which chains there are, and which level each has on every axis. */

/** In the order of a chain. */
export const AXES = ['serialiser', 'chunker', 'codec', 'packer', 'fetcher'] as const;
export type Axis = (typeof AXES)[number];

/** One chain of a space. */
export interface SpaceModel {
  /** Canonical id. */
  readonly id: string;
  /** Canonical id of its choice on each axis, in the order of {@link AXES}. */
  readonly levels: readonly string[];
  /** Name, of a preset. */
  readonly alias?: string;
  /** Part of the grid; presets that are not stand beside it. */
  readonly isInGrid: boolean;
}

/** Choices of a grid that cannot be made together. */
export interface Misfit {
  readonly chain: string;
  readonly why: string;
}

export interface Space {
  /** Grids as they were given. */
  readonly grids: readonly string[];
  /** Those of the grid in its order, then the presets that are not among them. */
  readonly models: readonly SpaceModel[];
  readonly misfits: readonly Misfit[];
}

/**
 * Explored unless told otherwise: three ways to order an image, eleven to cut it, three to compress, seventeen to lay out and
 * fetch. Not by gzip, which would take three quarters of the time.
 */
export const DEFAULT_GRIDS: readonly string[] = [
  '{files,catar,tar}|{whole,fixed:size=16KiB..256KiB,fastcdc:avg=16KiB..256KiB}|{none,zstd:1,zstd:3}|{objects,manifest,layers}|get',
  '{files,catar,tar}|{whole,fixed:size=16KiB..256KiB,fastcdc:avg=16KiB..256KiB}|{none,zstd:1,zstd:3}|{blob,packs:size=4MiB,packs:size=64MiB}|{get,range:gap=0,range:gap=1KiB,range:gap=16KiB,range:gap=64KiB}',
];

/**
 * Grids → chains, each once, and the presets. Combinations that do not fit are listed.
 *
 * @param texts chains with `{a,b}` and `16KiB..256KiB`, also over whole members
 * @param withPresets measures the presets beside the grid
 */
export function readSpace(texts: readonly string[], withPresets = true): Space {
  const grids = texts.length > 0 ? texts : DEFAULT_GRIDS;
  const models = new Map<string, SpaceModel>();
  const misfits = new Map<string, Misfit>();
  const add = (chain: string): void => {
    try {
      const model = modelOf(chain, true);
      models.set(model.id, model);
    } catch (error) {
      if (!(error instanceof MisfitError)) throw error;
      misfits.set(chain, { chain, why: `${error.message} — ${error.remedy}` });
    }
  };
  for (const text of grids) {
    checkIsChain(text);
    resolveGrid(text, add, limits.exploredIds);
  }
  if (models.size === 0) {
    const [first] = misfits.values();
    throw new UsageError('no combination fits together', {}, first?.why ?? 'name a chain');
  }
  if (withPresets) {
    for (const preset of presets) {
      const model = modelOf(preset.chain, false);
      if (!models.has(model.id)) models.set(model.id, model);
    }
  }
  return { grids, models: [...models.values()], misfits: [...misfits.values()] };
}

function checkIsChain(text: string): void {
  if (text.includes('|')) return;
  const preset = presets.find(({ alias }) => alias === text);
  const what = preset ? `'${text}' is a preset, and a grid is a chain` : `'${text}' is no chain`;
  const remedy = preset
    ? `give its chain with alternatives: '${preset.chain}'; presets are measured beside every grid`
    : "give five parts, each with alternatives: '{files,catar}|fastcdc:avg=16KiB..256KiB|zstd:3|blob|{get,range}'";
  throw new UsageError(what, {}, remedy);
}

function modelOf(chain: string, isInGrid: boolean): SpaceModel {
  const { id, choices } = resolveChain(chain);
  const alias = aliasOf(id);
  return {
    id,
    levels: Object.values(choices).map((choice: { readonly id: string }) => choice.id),
    ...(alias === undefined ? {} : { alias }),
    isInGrid,
  };
}

/** Levels of an axis in the order in which the models have them first: the first is the baseline. */
export function levelsOf(models: readonly SpaceModel[], axis: number): readonly string[] {
  return [...new Set(models.map(({ levels }) => levels[axis]!))];
}

/** Axes on which models have two levels or more: of the others nothing can be told. */
export function variedAxes(models: readonly SpaceModel[]): readonly number[] {
  return AXES.map((_, axis) => axis).filter((axis) => levelsOf(models, axis).length > 1);
}

/** Axes on which two chains differ. */
export function changesBetween(one: SpaceModel, other: SpaceModel): readonly number[] {
  return AXES.map((_, axis) => axis).filter((axis) => one.levels[axis] !== other.levels[axis]);
}

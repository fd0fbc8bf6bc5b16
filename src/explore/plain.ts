import { METHOD } from '../method.ts';
import { projectPackage } from '../project.ts';
import type { Maybe, VarianceShares } from '../stats/mod.ts';
import type { KindAnalysis, ResponseAnalysis } from './analysis.ts';
import type { Division } from './front.ts';
import type { ExploreReport } from './report.ts';
import { AXES } from './space.ts';

/** `explore.json`: everything that was found, as plain data. Quotients to six decimals, as in records; bytes exact. */
export function plainExploration(report: ExploreReport): object {
  const { dataset, images, space, exploration, analyses } = report;
  const [first] = analyses;
  return {
    ocibench: projectPackage().version,
    method: METHOD,
    dataset: { id: dataset.id, digest: dataset.digest },
    images,
    steps: exploration.steps,
    grids: space.grids,
    ...(report.estimate === undefined ? {} : { estimate: report.estimate }),
    measures: (first?.responses ?? []).map(({ response }) => ({
      id: response.id,
      measure: response.measure.name,
      client: response.client,
      link: response.link,
      added: response.isAdded,
      unit: response.measure.unit,
    })),
    kinds: analyses.map(plainKind),
    misfits: space.misfits,
    failed: [...exploration.explored.values()].flatMap(({ model, error }) =>
      error === undefined ? [] : [{ model, error }],
    ),
  };
}

function plainKind({ kind, images, responses, varied, divisions }: KindAnalysis): object {
  return {
    kind,
    images,
    measures: responses.map((one) => plainResponse(one, varied)),
    divisions: divisions.map(plainDivision),
  };
}

function plainResponse(
  { response, effects, variance, leftOut }: ResponseAnalysis,
  varied: readonly number[],
): object {
  return {
    id: response.id,
    leftOut,
    effects: effects.map(({ ratio, least, most, ...effect }) => ({
      ...effect,
      ratio: rounded(ratio),
      least: rounded(least),
      most: rounded(most),
    })),
    variance: plainVariance(variance, varied),
  };
}

function plainVariance(variance: VarianceShares, varied: readonly number[]): object {
  return {
    chains: variance.observations,
    axes: Object.fromEntries(varied.map((axis) => [AXES[axis], rounded(variance.factors[axis])])),
    main: rounded(variance.main),
    withPairs: rounded(variance.withPairs),
    interactions: variance.interactions.map(({ pair, share, strongest }) => ({
      axes: pair.map((axis) => AXES[axis]),
      share: rounded(share),
      strongest: {
        levels: strongest.levels,
        ratio: rounded(Math.exp(strongest.difference)),
        chains: strongest.observations,
      },
    })),
  };
}

function plainDivision({ drops, standings, front, moves }: Division): object {
  return {
    drops,
    chains: standings.map(({ model, values, halves }) => ({
      model: model.id,
      alias: model.alias,
      grid: model.isInGrid,
      values: values.map(rounded),
      ...(halves.some((half) => half > 0) ? { halfWidths: halves.map(rounded) } : {}),
    })),
    front: front.map(({ model, nearest }) => ({
      model: model.id,
      nearest: nearest?.preset.alias,
      changes: nearest?.changes.map((axis) => AXES[axis]),
    })),
    moves: moves.map(({ preset, isOnFront, to, changes, ratios }) => ({
      preset: preset.model.alias,
      onFront: isOnFront,
      to: to?.model.id,
      changes: changes.map((axis) => AXES[axis]),
      ratios: ratios.map(rounded),
    })),
  };
}

/** Logarithms differ between runtimes in their last digits. */
function rounded(value: Maybe): Maybe {
  return value === undefined ? undefined : Math.round(value * 1e6) / 1e6;
}

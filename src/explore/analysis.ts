import { lost } from '../report/fidelity.ts';
import { hasMean } from '../report/steps.ts';
import { groupSteps, isPulled, type KnownKind } from '../results/steps.ts';
import { createSerialiser } from '../serialisers/mod.ts';
import { type Maybe, type Observation, type VarianceShares, varianceShares } from '../stats/mod.ts';
import { type Effect, logMean, mainEffects } from './effects.ts';
import type { Figure } from './figure.ts';
import { type Division, divisionOf, type Standing, standingOf } from './front.ts';
import type { Exploration } from './measure.ts';
import { type Response, valuesOf } from './responses.ts';
import { AXES, type SpaceModel, variedAxes } from './space.ts';

interface Group {
  /** Tells it apart. */
  readonly id: string;
  readonly kind: KnownKind;
  /** Images that the steps lead to. */
  readonly images: readonly string[];
}

/** What the steps of one kind say about a design space. */
export interface KindAnalysis extends Group {
  readonly responses: readonly ResponseAnalysis[];
  /** Axes, by number, that have two levels or more in the grid. */
  readonly varied: readonly number[];
  /** Those that keep most first. */
  readonly divisions: readonly Division[];
}

/** Of one measure. */
export interface ResponseAnalysis {
  readonly response: Response;
  readonly effects: readonly Effect[];
  /** Of the logarithm of the geometric mean over the steps, over the chains of the grid; interactions of varied axes alone. */
  readonly variance: VarianceShares;
  /** Chains of the grid that have no figure, or none above 0, at some step. */
  readonly leftOut: number;
}

/** Steps of each kind apart: what holds for updates need not hold for releases. Of kinds that have no mean, each step. */
export function analyse(
  models: readonly SpaceModel[],
  { steps, explored }: Exploration,
  responses: readonly Response[],
  images: readonly string[],
): readonly KindAnalysis[] {
  const figures = responses.map(
    (response) =>
      new Map(models.map(({ id }) => [id, valuesOf(explored.get(id)!, response, images)])),
  );
  const pulls = steps.filter(({ kind }) => isPulled(kind));
  const groups = groupSteps(pulls).flatMap(({ kind, images: own }): readonly Group[] =>
    hasMean(kind)
      ? [{ id: kind, kind, images: own }]
      : own.map((image) => ({ id: `${kind}-${image}`, kind, images: [image] })),
  );
  const grid = models.filter(({ isInGrid }) => isInGrid);
  const varied = variedAxes(grid);
  return groups.map(({ id, kind, images: own }) => {
    const perStep = (response: number, id: string): readonly (Figure | undefined)[] =>
      own.map((image) => figures[response]!.get(id)!.get(image));
    const standings = models.flatMap((model): readonly Standing[] => {
      const standing = standingOf(
        model,
        responses.map((_, response) => perStep(response, model.id)),
      );
      return standing ? [standing] : [];
    });
    return {
      id,
      kind,
      images: own,
      varied,
      responses: responses.map((response, number) =>
        analyseResponse(response, { grid, varied }, (id) =>
          perStep(number, id).map((figure) => figure?.value),
        ),
      ),
      divisions: divisionsOf(standings, responses),
    };
  });
}

function analyseResponse(
  response: Response,
  { grid, varied }: { readonly grid: readonly SpaceModel[]; readonly varied: readonly number[] },
  valuesAt: (id: string) => readonly Maybe[],
): ResponseAnalysis {
  const values = new Map(grid.map(({ id }) => [id, valuesAt(id)]));
  const observations = grid.flatMap(({ id, levels }): readonly Observation[] => {
    const value = logMean(values.get(id)!);
    return value === undefined ? [] : [{ levels, value }];
  });
  const variance = varianceShares(observations);
  return {
    response,
    effects: mainEffects(grid, values),
    variance: {
      ...variance,
      interactions: variance.interactions.filter(({ pair }) =>
        pair.every((axis) => varied.includes(axis)),
      ),
    },
    leftOut: grid.length - observations.length,
  };
}

/** Chains whose serialisers keep the same of an image are compared with each other, and with no others. */
function divisionsOf(
  standings: readonly Standing[],
  responses: readonly Response[],
): readonly Division[] {
  const byFidelity = new Map<string, { drops: readonly string[]; members: Standing[] }>();
  for (const standing of standings) {
    const { fidelity } = createSerialiser(standing.model.levels[AXES.indexOf('serialiser')]!);
    const key = JSON.stringify(Object.entries(fidelity).toSorted());
    const known = byFidelity.get(key) ?? { drops: lost({ fidelity }), members: [] };
    known.members.push(standing);
    byFidelity.set(key, known);
  }
  const isMore = responses.map(({ measure }) => measure.better === 'more');
  return [...byFidelity.values()]
    .toSorted((one, other) => one.drops.length - other.drops.length)
    .map(({ drops, members }) => divisionOf(drops, members, isMore));
}

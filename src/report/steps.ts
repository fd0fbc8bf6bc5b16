import { listWords, plural } from '../format.ts';
import { isPulled, type KnownKind, type StepGroup } from '../results/steps.ts';
import { areSettled, type Maybe, mean, paretoFront } from '../stats/mod.ts';
import type { Standing, View } from './view.ts';

/** Steps of a series by their kind, and means over the steps of one kind. None crosses kinds. */

export type { KnownKind, StepGroup };

/** `update`; of a step whose kind nobody knows `step`. */
export function kindName(kind: KnownKind): string {
  return kind === 'unknown' ? 'step' : kind;
}

/** Steps of unknown kind may be of several; each edit is another change, and a mean of flips and upgrades is of neither. */
export function hasMean(kind: KnownKind): boolean {
  return kind !== 'unknown' && kind !== 'edit' && isPulled(kind);
}

/** `per update (mean of 2)`; one step has no mean. */
export function perStep({ kind, images }: StepGroup): string {
  return images.length === 1
    ? `in the one ${kindName(kind)}`
    : `per ${kindName(kind)} (mean of ${images.length})`;
}

/** `2 updates and 1 release`. */
export function countSteps(groups: readonly StepGroup[]): readonly string[] {
  return groups.map(({ kind, images, isPending = false }) => {
    if (kind !== 'unknown') return plural(images.length, kind);
    const steps = plural(images.length, 'step');
    return isPending ? `${steps} whose kind was not measured yet` : `${steps} of unknown kind`;
  });
}

/** ` (2 updates and 1 release)`, of the first images: sums over a series are of all its steps, and releases weigh the most. */
export function stepsUpTo({ info, steps }: View, count: number): string {
  const reached = new Set(info.images.slice(0, count).map(({ id }) => id));
  const groups = steps
    .map((group) => ({ ...group, images: group.images.filter((id) => reached.has(id)) }))
    .filter(({ images }) => images.length > 0);
  return groups.length === 0 ? '' : ` (${listWords(countSteps(groups))})`;
}

/** The kind of the step to each image; absent for the first, and where nothing was measured of it. */
export function kindsOf({ steps, returns, starts }: View): ReadonlyMap<string, KnownKind> {
  const groups: readonly StepGroup[] = [
    ...steps,
    { kind: 'return', images: returns },
    { kind: 'start', images: starts },
  ];
  return new Map(groups.flatMap(({ kind, images }) => images.map((id) => [id, kind])));
}

/** Of each step of a group; undefined unless the model has a value for all of them. */
export function valuesPerStep(
  view: View,
  { images }: StepGroup,
  model: string,
  measure: string,
): readonly number[] | undefined {
  const values = images.map((image) => view.number(image, model, measure, 'previous'));
  return values.every((value) => value !== undefined) ? values : undefined;
}

/** Mean over the steps of a group; undefined unless the model has a value for all, and of kinds without a mean. */
export function meanPerStep(view: View, group: StepGroup, model: string, measure: string): Maybe {
  const values = valuesPerStep(view, group, model, measure);
  return values && (hasMean(group.kind) || values.length === 1) ? mean(values) : undefined;
}

/** Models with a value for every step of a group, least mean first; equal ones in run order. */
export function stepStandings(
  view: View,
  group: StepGroup,
  measure: string,
): readonly (Standing & Required<Pick<Standing, 'steps'>>)[] {
  return view.info.models
    .flatMap((model) => {
      const steps = valuesPerStep(view, group, model.id, measure);
      const value = meanPerStep(view, group, model.id, measure);
      return steps && value !== undefined ? [{ model, value, steps }] : [];
    })
    .toSorted((a, b) => a.value - b.value);
}

/** A model by what it stores at the end of the series, and by the mean of what it asks for in each step of a group. */
export interface StoredAndAsked extends Pick<Standing, 'model'> {
  readonly bytes: number;
  readonly requests: number;
  readonly steps: readonly number[];
}

export function storedAndAsked(
  view: View,
  group: StepGroup,
  image: string,
): readonly StoredAndAsked[] {
  return stepStandings(view, group, 'transfer.requests').flatMap(({ model, value, steps }) => {
    const bytes = view.number(image, model.id, 'stored.bytes');
    return bytes === undefined ? [] : [{ model, bytes, requests: value, steps }];
  });
}

/** Those that no other beats in one without losing in the other; requests that tie beat nobody. Of one step that is none. */
export function frontOf(points: readonly StoredAndAsked[]): readonly StoredAndAsked[] {
  if (points.some(({ steps }) => steps.length < 2)) return [];
  return paretoFront(
    points,
    ({ bytes }) => bytes,
    ({ requests }) => requests,
    (one, other) => areSettled(one.steps, other.steps),
  );
}

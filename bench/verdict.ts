import { aliasOf } from '../src/models/mod.ts';
import { labelModels } from '../src/report/models.ts';
import type { Records } from './experiment.ts';

/** The word of a verdict: what held in every case, in none, or in some. */
export function verdictWord(isMet: readonly boolean[], dependsOn: string): string {
  if (isMet.every(Boolean)) return 'confirmed';
  return isMet.some(Boolean) ? `depends on ${dependsOn}` : 'refuted';
}

/** `12.3 MB`, for verdicts: always in MB, so that the figures of a line compare. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** `2.4 ×`. */
export function times(ratio: number): string {
  return `${ratio.toFixed(2)} ×`;
}

export const NEEDS_SERIES = 'undecided, a series of at least two images is needed';

/** A value of each update of the series, for a client with the image before. */
export function ofUpdates({ images, number }: Records, model: string, measure: string): number[] {
  return images.slice(1).map((image) => number(image, model, measure, 'previous'));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The item with the least value; the first of equal ones. */
export function leastBy<T>(items: readonly T[], value: (item: T) => number): T {
  return items.reduce((least, item) => (value(item) < value(least) ? item : least));
}

/** How models are called in a verdict: as in the report beside it. */
export function namer(models: readonly string[]): (model: string) => string {
  const labels = labelModels(
    models.map((id) => {
      const alias = aliasOf(id);
      return alias === undefined ? { id } : { id, alias };
    }),
  );
  return (model) => labels.get(model)!;
}

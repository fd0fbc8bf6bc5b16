import { groupBy } from '../../src/report/group.ts';
import type { Maybe } from '../../src/stats/mod.ts';
import { CHUNKERS, CONTROLS, OTHER_TABLE, STANDARD } from '../compared-chunkers.ts';
import type { Records } from '../records.ts';
import { interpolate } from '../records.ts';
import { averageOf } from './chains.ts';
import type { Step } from './claim.ts';

/** Chunkers compared at equal actual mean: C09, C29 and C30 share one sweep. */

/** One chunker at one parameter, on one image. */
export interface Point {
  readonly model: string;
  /** undefined of chunkers that are asked for another size than an average, bytes. */
  readonly asked: number | undefined;
  /** Actual mean chunk, bytes. */
  readonly mean: number;
  /** Bytes that the image adds to the series. */
  readonly added: number;
}

/** `fastcdc nc=1`, `rabin`, `fixed` → points of an image. */
export function curvesOf(
  records: Records,
  image: string,
  serialiser: keyof typeof CHUNKERS,
): ReadonlyMap<string, readonly Point[]> {
  const models = records.models(...CHUNKERS[serialiser]);
  const grouped = groupBy(models, (model) => {
    const chunker = model.split('|')[1]!;
    const nc = /seed=0x[1-9a-f]\w*/.exec(chunker)?.[0] ?? /nc=\d/.exec(chunker)?.[0];
    const isStandard = serialiser === 'files' && chunker.startsWith('fastcdc');
    return isStandard ? STANDARD : [chunker.split(':')[0], nc].filter(Boolean).join(' ');
  });
  return new Map(
    [...grouped].map(([name, own]) => [
      name,
      own.map((model) => ({
        model,
        asked: averageOf(model),
        mean: records.number(image, model, 'chunks.mean'),
        added: records.number(image, model, 'dedup.new_bytes'),
      })),
    ]),
  );
}

/** What the update adds by a chunker at an actual mean; undefined where its points do not reach that. */
export function addedAt(points: readonly Point[], mean: number): Maybe {
  return interpolate(
    points.map((one) => [one.mean, one.added] as const),
    mean,
  );
}

/** Chunkers but the standard and its controls, by name, each with the points of a step; and the control by chance. */
export function othersOf(
  records: Records,
  { step }: Pick<Step, 'step'>,
  serialiser: keyof typeof CHUNKERS,
): {
  readonly standard: readonly Point[];
  readonly others: readonly (readonly [string, readonly Point[]])[];
  readonly otherTable: readonly Point[];
} {
  const all = curvesOf(records, step, serialiser);
  return {
    standard: all.get(STANDARD) ?? [],
    others: [...all].filter(([name]) => name !== STANDARD && !CONTROLS.includes(name)),
    otherTable: all.get(OTHER_TABLE) ?? [],
  };
}

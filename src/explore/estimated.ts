import type { ImageDescriptor } from '../images/image.ts';
import { closeImage, openImage } from '../images/open.ts';
import type { Link } from '../links/mod.ts';
import type { Contents } from '../measures/contents.ts';
import type { Measurement } from '../measures/measurement.ts';
import { EstimatedLengths } from '../objects/estimated-lengths.ts';
import { type Executor, withInline } from '../objects/executor.ts';
import { standIns } from '../objects/stored-lengths.ts';
import { DRAWS, type ExploredFigure } from './figure.ts';
import {
  attempt,
  type Cut,
  cutImage,
  type Following,
  foldPacking,
  once,
  packingsOf,
} from './packings.ts';

/** A series that is compressed in part: every figure is that of estimated lengths, with where it may lie. */

interface Series {
  readonly images: readonly ImageDescriptor[];
  readonly contents: readonly (Contents | undefined)[];
  readonly links: readonly Link[];
}

/**
 * As an exact exploration, of the triples of one serialiser and chunker. A figure is found as often as lengths are drawn.
 */
export async function exploreEstimated(
  triples: readonly (readonly Following[])[],
  series: Series,
  power: number,
): Promise<void> {
  await attempt(triples.flat(), async ([first]) => {
    await withInline(async (executor) => {
      const cuts = await cutAll(first!, series.images, executor);
      try {
        for (const triple of triples) {
          await attempt(triple, (left) => exploreTriple(left, cuts, series, power, executor));
        }
      } finally {
        for (const { image } of cuts) closeImage(image);
      }
    });
  });
}

async function cutAll(
  { chain }: Following,
  images: readonly ImageDescriptor[],
  executor: Executor,
): Promise<readonly Cut[]> {
  const cuts: Cut[] = [];
  for (const descriptor of images) {
    cuts.push(await cutImage(chain, openImage(descriptor), executor));
  }
  return cuts;
}

async function exploreTriple(
  triple: readonly Following[],
  cuts: readonly Cut[],
  { contents, links }: Series,
  power: number,
  executor: Executor,
): Promise<void> {
  const { plain } = triple[0]!.chain;
  const surveyed = cuts.map(({ streams, distinct }) => ({
    source: streams.all,
    objects: distinct.objects,
  }));
  const estimated = await EstimatedLengths.of(surveyed, plain.id, power);
  const codec = once(plain);
  const found = new Map<string, (readonly Measurement[])[]>();
  for (let draw = 0; draw <= DRAWS; draw++) {
    // One after the other: what folds remember of a series is held once.
    const working = triple.map(
      ({ chain, model }): Following => ({ chain, model, measurements: [] }),
    );
    const packings = packingsOf(working, links);
    for (const [number, cut] of cuts.entries()) {
      const { objects } = cut.distinct;
      const stored = standIns(objects, estimated.lengths(objects, draw));
      const content = { ...cut.distinct, stored };
      for (const packing of packings) {
        await foldPacking(packing, cut, content, codec, contents[number], executor);
      }
    }
    for (const { chain, measurements, error } of working) {
      if (error !== undefined) throw new Error(error);
      found.set(chain.id, [...(found.get(chain.id) ?? []), measurements]);
    }
  }
  for (const one of triple) one.measurements = withDraws(found.get(one.chain.id)!);
}

/** The first are the estimates; all have the same figures in the same order. */
function withDraws(draws: readonly (readonly Measurement[])[]): readonly ExploredFigure[] {
  const [estimates, ...others] = draws;
  return estimates!.map((estimate, place) => {
    const { value } = estimate;
    const drawn = others.map((figures) => Number(figures[place]!.value));
    // What no length decides is exact.
    if (typeof value !== 'number' || drawn.every((other) => other === value)) return estimate;
    return { ...estimate, draws: drawn };
  });
}

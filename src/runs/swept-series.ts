import type { Division } from '../accounting/divide.ts';
import { SweepAccounting } from '../accounting/mod.ts';
import { divideImage, type Sweep } from '../accounting/shares.ts';
import { DedupTotals } from '../measures/dedup.ts';
import type { Measurement } from '../measures/measurement.ts';
import { whyNoSums } from '../measures/series.ts';
import type { Plan } from '../plan.ts';
import { enterImage } from './enter-image.ts';
import type { PackingSurroundings } from './packed-series.ts';

/** A serialiser, and the chains that cut its streams. */
interface SweptGroup extends Sweep {
  readonly models: readonly string[];
  readonly accounting: SweepAccounting;
  /** By chain. */
  readonly totals: readonly DedupTotals[];
}

/** An image by every sweep, then by chunker; undefined where the image could not be had. */
interface DividedImage {
  readonly id: string;
  readonly divided: readonly (readonly Division[])[] | undefined;
}

/** What is counted besides of the chunks of swept chains, image after image in series order. */
export interface SweptPart {
  /**
   * Enters the next image; what it comes to, by chain.
   * @param divided by chain; undefined where the image could not be had
   */
  enter(
    image: string,
    divided: ReadonlyMap<string, Division> | undefined,
  ): readonly (readonly [model: string, measurements: readonly Measurement[]])[];
}

/**
 * Cuts every image of a plan by all its swept chains, one pass a serialiser, and records what each comes to before
 * compression.
 */
export async function sweepSeries(
  plan: Plan,
  surroundings: PackingSurroundings,
  part?: SweptPart,
): Promise<void> {
  const { run, pool, context, progress, pace, found } = surroundings;
  const groups = groupsOf(plan.swept);
  let missing: string | undefined;
  for await (const { id, divided } of divisions()) {
    if (divided === undefined) {
      missing ??= id;
      for (const { accounting } of groups) accounting.miss();
    } else {
      for (const [number, group] of groups.entries()) record(id, group, divided[number]!);
    }
    for (const [model, counted] of part?.enter(id, divided && byChain(divided)) ?? []) {
      run.record(model, counted);
    }
    pace.settle('sweep', sweptTogether(plan), id);
    progress.step(id);
  }

  function byChain(divided: readonly (readonly Division[])[]): ReadonlyMap<string, Division> {
    return new Map(
      groups.flatMap(({ models }, number) =>
        models.map((model, index) => [model, divided[number]![index]!] as const),
      ),
    );
  }

  function record(
    id: string,
    { models, accounting, totals }: SweptGroup,
    divided: readonly Division[],
  ): void {
    for (const [index, brought] of accounting.enter(divided).entries()) {
      run.record(models[index]!, totals[index]!.add(id, brought));
      if (missing === undefined) continue;
      run.skip(models[index]!, id, 'dedup.unique_bytes', whyNoSums(missing));
    }
  }

  /** The images in series order, divided by several threads, whoever is done first. */
  async function* divisions(): AsyncGenerator<DividedImage> {
    const ahead: Promise<DividedImage>[] = [];
    for (const id of plan.images) {
      const next = divided(id).then((parts) => ({ id, divided: parts }));
      // The first failure is thrown when its turn comes.
      next.catch(() => {});
      ahead.push(next);
      // Divisions are held for no more images than threads need to stay busy.
      if (ahead.length > plan.workers) yield await ahead.shift()!;
    }
    for (const next of ahead) yield await next;
  }

  /** An image that cannot be had or divided fails its cells and no others. */
  async function divided(id: string): Promise<DividedImage['divided']> {
    const fail = (error: unknown): void => {
      for (const model of plan.swept) run.fail(model, id, error);
    };
    const image = await enterImage(plan, id, surroundings, fail);
    if (!image) return undefined;
    try {
      const sweeps = groups.map(({ serialiser, chunkers }) => ({ serialiser, chunkers }));
      const result =
        found?.divisions(id, sweeps) ??
        (await divideImage(pool, image, sweeps, (ms) =>
          pace.keep('sweep', sweptTogether(plan), image, ms),
        ));
      for (const model of plan.swept) run.settle(model, id);
      return result;
    } catch (error) {
      context.signal?.throwIfAborted();
      progress.note(`${id}: ${String(error)}`);
      fail(error);
      return undefined;
    }
  }
}

/** What each pass over an image cuts: the chunkers by serialiser, in the order of the plan. */
export function sweepsOf({ swept }: Pick<Plan, 'swept'>): readonly Sweep[] {
  return groupsOf(swept).map(({ serialiser, chunkers }) => ({ serialiser, chunkers }));
}

/** What one pass over an image is for: names its rate. */
export function sweptTogether({ swept }: Pick<Plan, 'swept'>): string {
  return swept.join(' ');
}

/** Serialisers with the chains that cut what they make: one pass over an image each. */
function groupsOf(chains: readonly string[]): readonly SweptGroup[] {
  const bySerialiser = new Map<string, { models: string[]; chunkers: string[] }>();
  for (const chain of chains) {
    const [serialiser, chunker] = chain.split('|') as [string, string];
    const { models, chunkers } = bySerialiser.get(serialiser) ?? { models: [], chunkers: [] };
    bySerialiser.set(serialiser, { models: [...models, chain], chunkers: [...chunkers, chunker] });
  }
  return [...bySerialiser].map(([serialiser, { models, chunkers }]) => ({
    serialiser,
    models,
    chunkers,
    accounting: new SweepAccounting(chunkers),
    totals: chunkers.map(() => new DedupTotals()),
  }));
}

import type { Division, Sweep } from '../accounting/divide.ts';
import { SweepAccounting } from '../accounting/mod.ts';
import { fetchImage } from '../datasets/mod.ts';
import type { ImageDescriptor } from '../images/image.ts';
import { DedupTotals } from '../measures/dedup.ts';
import { imageMeasures } from '../measures/image.ts';
import type { Plan } from '../plan.ts';
import type { PackingSurroundings } from './packed-series.ts';
import { Rates } from './rates.ts';

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

/**
 * Cuts every image of a plan by all its swept chains, one pass a serialiser, and records what each comes to before
 * compression.
 */
export async function sweepSeries(
  plan: Plan,
  { run, pool, context, progress }: Omit<PackingSurroundings, 'store'>,
): Promise<void> {
  const groups = groupsOf(plan.swept);
  const rates = new Rates(context.cache);
  progress.more(plan.images.length);
  let missing: string | undefined;
  for await (const { id, divided } of divisions()) {
    if (divided === undefined) {
      missing ??= id;
      for (const { accounting } of groups) accounting.miss();
    } else {
      for (const [number, group] of groups.entries()) record(id, group, divided[number]!);
    }
    progress.step(id);
  }

  function record(
    id: string,
    { models, accounting, totals }: SweptGroup,
    divided: readonly Division[],
  ): void {
    for (const [index, found] of accounting.enter(divided).entries()) {
      run.record(models[index]!, totals[index]!.add(id, found));
      if (missing === undefined) continue;
      const why = `sums over the series need ${missing}, which is missing`;
      run.skip(models[index]!, id, 'dedup.unique_bytes', why);
    }
  }

  /** The images in series order, divided by several threads, whoever is done first. */
  async function* divisions(): AsyncGenerator<DividedImage> {
    const sweeps = groups.map(({ serialiser, chunkers }) => ({ serialiser, chunkers }));
    const ahead: Promise<DividedImage>[] = [];
    for (const id of plan.images) {
      const next = fetched(id).then(async (image) => ({
        id,
        divided:
          image &&
          (await attempt(id, () =>
            pool.call<DividedImage['divided']>('sweep', { image, sweeps }, [], (ms) =>
              rates.keep('sweep', sweptTogether(plan), image, ms),
            ),
          )),
      }));
      // The first failure is thrown when its turn comes.
      next.catch(() => {});
      ahead.push(next);
      // Divisions are held for no more images than threads need to stay busy.
      if (ahead.length > plan.workers) yield await ahead.shift()!;
    }
    for (const next of ahead) yield await next;
  }

  async function fetched(id: string): Promise<ImageDescriptor | undefined> {
    const known = run.images.find((image) => image.id === id);
    if (known) return known;
    return attempt(id, async () => {
      const image = await fetchImage(plan.dataset, id, context);
      run.record('*', imageMeasures(image));
      run.enter(image);
      return image;
    });
  }

  /** An image that cannot be had or divided fails its cells and no others. */
  async function attempt<T>(id: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await work();
      for (const model of plan.swept) run.settle(model, id);
      return result;
    } catch (error) {
      context.signal?.throwIfAborted();
      progress.note(`${id}: ${String(error)}`);
      for (const model of plan.swept) run.fail(model, id, error);
      return undefined;
    }
  }
}

/** What one pass over an image is for: names its rate. */
export function sweptTogether({ swept }: Pick<Plan, 'swept'>): string {
  return swept.join(' ');
}

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

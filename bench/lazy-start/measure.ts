import { AccessMap, type FileAccess } from '../../src/access/mod.ts';
import type { FetchContext } from '../../src/datasets/provider.ts';
import type { ImageDescriptor } from '../../src/images/image.ts';
import { openLatest } from '../../src/images/open.ts';
import { Holdings } from '../../src/measures/holdings.ts';
import type { Measurement } from '../../src/measures/measurement.ts';
import type { MeasureName } from '../../src/measures/mod.ts';
import { createModel } from '../../src/models/mod.ts';
import type { Model } from '../../src/models/model.ts';
import { inline } from '../../src/objects/executor.ts';
import { memoryStore } from '../../src/packers/store.ts';
import type { Progress } from '../../src/progress.ts';
import type { RunDirectory } from '../../src/results/run-directory.ts';
import type { Cell, CellStore } from '../../src/runs/cell-store.ts';
import type { WorkerPool } from '../../src/workers/pool.ts';
import type { Start } from './starts.ts';

export interface Surroundings {
  readonly run: RunDirectory;
  readonly store: CellStore;
  readonly pool: WorkerPool;
  readonly context: FetchContext;
  readonly progress: Progress;
}

/** Packs one image by every model, and records what its starts take by each. A model that fails costs its own figures. */
export async function measureImage(
  image: ImageDescriptor,
  starts: readonly Start[],
  models: readonly string[],
  { run, store, pool, context, progress }: Surroundings,
): Promise<void> {
  const made = models.map(async (id) => {
    const model = await createModel(id);
    const cell = await store.packed(model, image, [image], (input) =>
      pool.call<Cell>('cell', input),
    );
    return { model, cell };
  });
  // All are begun before the first is waited for: a failure is met below.
  for (const one of made) one.catch(() => {});
  for (const [number, id] of models.entries()) {
    try {
      const { model, cell } = await made[number]!;
      run.record(id, await startMeasures(model, cell, image, starts));
      run.settle(id, image.id);
    } catch (error) {
      context.signal?.throwIfAborted();
      progress.note(String(error));
      run.fail(id, image.id, error);
    }
    progress.step(`${image.id} ${id}`);
  }
}

async function startMeasures(
  model: Model,
  cell: Cell,
  descriptor: ImageDescriptor,
  starts: readonly Start[],
): Promise<readonly Measurement[]> {
  const image = openLatest(descriptor);
  const map = await AccessMap.of(model, image, cell, inline, async () =>
    memoryStore(await model.pack(image, inline)),
  );
  const key = { image: descriptor.id, client: 'none' };
  const whole = model.transfer(cell, new Holdings());
  const facts = (
    values: readonly (readonly [MeasureName, number])[],
    program?: string,
  ): readonly Measurement[] =>
    values.map(([measure, value]) => ({
      ...key,
      ...(program === undefined ? {} : { program }),
      measure,
      value,
    }));
  return [
    ...facts([
      ['transfer.bytes', whole.contentBytes + whole.metadataBytes],
      ['transfer.content_bytes', whole.contentBytes],
      ['transfer.metadata_bytes', whole.metadataBytes],
      ['transfer.requests', whole.requests],
      ['transfer.rounds', whole.rounds],
    ]),
    ...starts.flatMap((start) => {
      const cost = map.read(wantedOf(start), { configuration: true });
      const touched = map.read(touchedOf(start), { configuration: true });
      return facts(
        [
          ['lazy.bytes', cost.bytes],
          ['lazy.requests', cost.requests],
          ['lazy.round_trips', cost.roundTrips],
          ...(isWatched(start)
            ? ([
                ['lazy.touched_bytes', touched.bytes],
                ['lazy.touched_requests', touched.requests],
              ] as const)
            : []),
        ],
        start.program,
      );
    }),
  ];
}

/** True where it is known which pages of every mapped file were touched. */
function isWatched({ accesses }: Start): boolean {
  return accesses.every(({ mapped, touched }) => mapped === undefined || touched !== undefined);
}

/** As {@link wantedOf}, of mapped files only what was touched. */
export function touchedOf({ accesses }: Pick<Start, 'accesses'>): readonly FileAccess[] {
  return wantedOf({
    accesses: accesses.map(({ path, ranges, touched }) => ({ path, ranges: touched ?? ranges })),
  });
}

/** The accesses of a start; of what was only looked up no content. */
export function wantedOf({ accesses }: Pick<Start, 'accesses'>): readonly FileAccess[] {
  return accesses.map(({ path, ranges }) => ({
    path,
    ranges: ranges.map(([offset, length]) => ({ offset, length })),
  }));
}

import { measureParallelism } from '../measures/parallel-cells.ts';
import { isScheduled } from '../measures/parallelism.ts';
import { aliasOf } from '../models/mod.ts';
import type { Plan } from '../plan.ts';
import type { TimingSurroundings } from './timed-cells.ts';

/** How parallel each timed chain is by its own stages; programs of others do not say what theirs take. */
export async function measureParallelisms(
  { timed, links, rounds }: Plan,
  { run, packed, context, progress, pace }: TimingSurroundings,
  workers: readonly number[],
): Promise<void> {
  const [image] = run.images;
  for (const model of timed.filter(isScheduled)) {
    // A link that was added has no figures yet.
    const isMeasured =
      image &&
      run.has(model, image.id, 'parallel.pack_work_ms') &&
      links.every(({ name: link }) =>
        run.has(model, image.id, 'parallel.receive_span_ms', { client: 'none', link }),
      );
    if (!image || isMeasured || packed.digestOf(image.id, model) === undefined) {
      pace.settle('parallelism', model);
      progress.more(-1);
      continue;
    }
    const start = performance.now();
    try {
      const plan = {
        image,
        model,
        links,
        workers,
        repeat: rounds.least,
        signal: context.signal,
      };
      run.record(model, await measureParallelism(plan, run.machine));
      pace.keep('parallelism', model, image, performance.now() - start);
      run.settle(model, image.id, 'parallel.pack_work_ms');
    } catch (error) {
      context.signal?.throwIfAborted();
      run.fail(model, image.id, error, 'parallel.pack_work_ms');
    }
    pace.settle('parallelism', model);
    progress.step(`parallelism of ${aliasOf(model) ?? model}`);
  }
}

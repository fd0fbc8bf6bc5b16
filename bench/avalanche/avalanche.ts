import { fetchImage } from '../../src/datasets/mod.ts';
import { closeImage, openImage } from '../../src/images/open.ts';
import { factsOf } from '../../src/measures/measurement.ts';
import { resolveModels } from '../../src/models/mod.ts';
import { describeModels } from '../../src/plan.ts';
import { createTimed, type Experiment, type TimedInput } from '../experiment.ts';
import type { Finding } from '../verdict.ts';
import { factorsOf, factorTables } from './factors.ts';
import { resyncOf, resyncTable } from './resync.ts';

/**
 * How much does a small change move? Each kind of edit, drawn many times from one image, as distributions: bytes pulled ÷ bytes
 * changed of models, and how far behind an edit each chunker cuts as before.
 */

const DRAWS = 50;
/** One frame has all of an image: nothing of it is known from another draw, and a second is spent on each. */
const DRAWS_OF_SOLID = 10;
const divided = resolveModels(['per-file', 'catar', 'catar-blob']);
const solid = resolveModels(['tar-zstd']);
const models = [...divided, ...solid];

export const avalanche: Experiment = createTimed({
  name: 'avalanche',
  title: 'How many bytes does a small change move?',
  dataset: 'ci-slice',
  timed: {
    images: (planned) => planned.slice(-1),
    wanted: [['*', 'avalanche.draws']],
    verdict: () => [],
    appendix: (view) => [...factorTables(view), ...resyncTable(view)].join('\n\n'),
    measure,
  },
});

async function measure({ plan, run, context, progress }: TimedInput): Promise<readonly Finding[]> {
  const descriptor = await fetchImage(plan.dataset, plan.images[0]!, context);
  run.enter(descriptor);
  const image = openImage(descriptor);
  try {
    const { draws, findings } = await factorsOf(
      image,
      [
        { models: divided, draws: DRAWS },
        { models: solid, draws: DRAWS_OF_SOLID },
      ],
      progress,
    );
    const resync = await resyncOf(image, DRAWS, progress);
    run.describeModels([...(await describeModels(models)), ...resync.models]);
    run.record('*', factsOf(descriptor.id, [['avalanche.draws', draws]]));
    for (const [model, median] of resync.medians) {
      run.record(model, factsOf(descriptor.id, [['avalanche.resync_bytes', median]]));
    }
    return [...findings, ...resync.findings];
  } finally {
    closeImage(image);
  }
}

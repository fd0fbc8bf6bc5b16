import { fetchImage } from '../../src/datasets/mod.ts';
import { closeImage, openImage } from '../../src/images/open.ts';
import { type Fact, factsOf } from '../../src/measures/measurement.ts';
import { resolveModels } from '../../src/models/mod.ts';
import { describeModels } from '../../src/plan.ts';
import { createTimed, type Experiment, type TimedInput } from '../experiment.ts';
import type { Finding } from '../verdict.ts';
import type { Asked } from './columns.ts';
import { factorsOf, factorTables } from './factors.ts';
import { resyncOf, resyncTable } from './resync.ts';
import { seamsOf, seamTable } from './seams.ts';
import { madeSizeOf, sizesOf, sizeTable } from './sizes.ts';
import { upgradesOf } from './upgrades.ts';

/**
 * How much does a small change move? Each kind of edit, drawn many times from one image, as distributions: bytes pulled ÷ bytes
 * changed of models, how far behind an edit each chunker cuts as before, and what it loses where a file gets other neighbours.
 */

const DRAWS = 50;
/** Where nothing of a draw is known from another one, a second is spent on each; and they differ little. */
const DRAWS_OF_SOLID = 5;
/** The index of all layers is made anew for each. */
const DRAWS_OF_INDEXED = 10;
/** Of each kind, in a file of 100 MiB: each takes as long as many others. */
const DRAWS_OF_MADE = 2;

const divided = resolveModels(['per-file', 'catar', 'catar-blob']);
const solid = resolveModels(['tar-zstd']);
/** Models that carry layers, of which a change may be one more. Made anew, layers of one frame are what `tar-zstd` is. */
const layered = resolveModels(['oci-zstd']);
const indexed = resolveModels(['zstd-chunked']);
const models = [...divided, ...solid, ...layered, ...indexed];

const ASKED: readonly Asked[] = [
  { models: divided, draws: DRAWS },
  { models: [...solid, ...indexed], draws: DRAWS_OF_SOLID },
  { models: layered, draws: DRAWS, form: 'layer' },
  { models: indexed, draws: DRAWS_OF_INDEXED, form: 'layer' },
];

export const avalanche: Experiment = createTimed({
  name: 'avalanche',
  title: 'How many bytes does a small change move?',
  dataset: 'ci-slice',
  timed: {
    images: (planned) => planned,
    takes:
      'about eight minutes of one processor for an image of 36 MB, as ci-slice has, and in proportion for others',
    wanted: [['*', 'avalanche.draws']],
    verdict: () => [],
    appendix: (view) =>
      [...factorTables(view), ...sizeTable(view), ...resyncTable(view), ...seamTable(view)].join(
        '\n\n',
      ),
    measure,
  },
});

async function measure({ plan, run, context, progress }: TimedInput): Promise<readonly Finding[]> {
  const { dataset, images } = plan;
  progress.start(images.length);
  for (const id of images) {
    run.enter(await fetchImage(dataset, id, context));
    progress.step(id);
  }
  const image = openImage(run.images.at(-1)!);
  try {
    const { descriptor } = image;
    const factors = await factorsOf(image, ASKED, progress);
    const upgrades = await upgradesOf(dataset, images, ASKED, context, progress);
    const made = [{ models: divided, draws: DRAWS_OF_MADE }];
    const sizes = [...sizesOf(image, factors.rows), ...(await madeSizeOf(image, made, progress))];
    const resync = await resyncOf(image, DRAWS, progress);
    const seams = await seamsOf(image, DRAWS, progress);
    const chunkers = new Map([...resync.models, ...seams.models].map((one) => [one.id, one]));
    run.describeModels([...(await describeModels(models)), ...chunkers.values()]);
    const draws = factors.draws + upgrades.draws;
    run.record('*', factsOf(descriptor.id, [['avalanche.draws', draws]]));
    const record = (chunker: string, ...facts: readonly Fact[]): void =>
      run.record(chunker, factsOf(descriptor.id, facts));
    for (const [chunker, median] of resync.medians) {
      record(chunker, ['avalanche.resync_bytes', median]);
    }
    for (const { chunker, moved, reordered } of seams.records) {
      if (moved !== undefined) record(chunker, ['avalanche.seam_bytes', moved]);
      record(chunker, ['avalanche.reordered_share', reordered]);
    }
    return [
      ...factors.findings,
      ...upgrades.findings,
      ...sizes,
      ...resync.findings,
      ...seams.findings,
    ];
  } finally {
    closeImage(image);
  }
}

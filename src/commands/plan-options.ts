import { UsageError } from '../errors.ts';
import { DEFAULT_DATASET, type PlanOptions } from '../plan.ts';
import { type Option, type Words, workerCount, workersOption } from './command.ts';
import { datasetOptions, platformOption } from './context.ts';
import { pluginOption } from './plugins.ts';

/** What `run` and `plan` take alike: a plan is of the run with the same words. */
export const runOptions: readonly Option[] = [
  {
    name: 'dataset',
    value: 'NAME',
    repeated: 'several images are a series: bench run a.tar b.tar',
    description: `name, manifest file, or image on disk, PATH or PATH#NAME (default ${DEFAULT_DATASET})`,
  },
  platformOption,
  { name: 'image', value: 'ID', multiple: true, description: 'only these images of the dataset' },
  {
    name: 'model',
    value: 'ID',
    multiple: true,
    description: 'preset, chain, grid or all (default: ten presets and a sweep of chunk sizes)',
  },
  {
    name: 'link',
    value: 'ID',
    multiple: true,
    description: 'links to model: names, default, or all (see bench list links)',
  },
  { name: 'out', value: 'DIR', description: 'where the run is kept (default below reports/)' },
  pluginOption,
  workersOption,
  {
    name: 'repeat',
    value: 'N',
    description:
      'repetitions of each timed cell (default 7 to 31, as it takes; 0 leaves throughput out)',
  },
  { name: 'no-reproducibility', description: 'leave out the packings under varied conditions' },
  { name: 'extend', description: 'add these models, images and links to the run in --out' },
  { name: 'fresh', description: 'remove the run that is there first, and measure everything anew' },
  ...datasetOptions,
];

/** How the run is made, and what becomes of one that is there. */
export function keepingOf(words: Words): Pick<PlanOptions, 'workers' | 'fresh' | 'extend'> {
  const [extend, fresh] = [words.flag('extend'), words.flag('fresh')];
  if (extend && words.text('out') === undefined) {
    throw new UsageError('--extend adds to a run', {}, 'name its directory with --out');
  }
  if (extend && fresh) {
    throw new UsageError('--fresh replaces the run that --extend adds to', {}, 'give one of them');
  }
  return { workers: workerCount(words), fresh, extend };
}

/** Where models are compared. */
export function timingOf(words: Words): Pick<PlanOptions, 'repeat' | 'reproducibility'> {
  return {
    repeat: words.text('repeat') === undefined ? 'adaptive' : words.count('repeat', 0, 0, 1000),
    reproducibility: !words.flag('no-reproducibility'),
  };
}

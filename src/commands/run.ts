import { relative } from 'node:path';
import type { Experiment } from '../../bench/experiment.ts';
import { UsageError } from '../errors.ts';
import { plural } from '../format.ts';
import { pin, run } from '../library.ts';
import { createPlan, type PlanOptions } from '../plan.ts';
import {
  type Details,
  EXIT,
  type Io,
  type Option,
  type Words,
  workerCount,
  workersOption,
} from './command.ts';
import { datasetOptions, surroundingsOf } from './context.ts';
import { runExperiment } from './experiment.ts';
import { noteTo, readAsked } from './inputs.ts';
import { planOptions, planOptionsOf } from './plan.ts';
import { createProgress } from './progress.ts';

const runOptions: readonly Option[] = [
  workersOption,
  {
    name: 'repeat',
    value: 'N',
    description: 'repetitions of each timed cell (default 3; 0 leaves throughput out)',
  },
  { name: 'no-reproducibility', description: 'leave out the packings under varied conditions' },
  { name: 'extend', description: 'add these models, images and links to the run in --out' },
  { name: 'fresh', description: 'measure everything anew' },
];

export const runCommand: Details = {
  usage: '[EXPERIMENT] [INPUT]… [--model ID]…',
  options: [...planOptions, ...runOptions, ...datasetOptions],
  examples: [
    ['run', 'the default comparison on the default Debian series'],
    [
      "run --model oci-gzip --model 'catar|fastcdc:avg=64KiB|zstd:3|blob|range'",
      'two models, one of them a chain of your own',
    ],
    ["run --model 'files|fastcdc:avg=4KiB..1MiB|none|objects|get'", 'nine chunk sizes'],
    ['run chunk-size', 'one experiment (see bench list experiments); prints a verdict'],
    ['run speed', 'every chunker on the first image, beside npm peers and a plain memory pass'],
    ['run time-model', 'modelled times of updates against real servers on shaped links'],
    ['run v1.tar v2.tar v3.tar', 'your own images as a series, in this order'],
    ['run ./archives', 'the same of a directory that holds nothing but archives: v2 before v10'],
    ['run --dataset ./my-images.json --out reports/mine', 'a manifest of yours'],
  ],
  async run(words, io) {
    const { experiment, inputs } = readAsked(words, io);
    if (experiment) return runNamed(experiment, inputs, words, io);
    const progress = createProgress(io);
    const { failures, files } = await run(
      {
        ...planOptionsOf(words, inputs),
        ...keepingOf(words),
        repeat: words.count('repeat', 3, 0, 1000),
        reproducibility: !words.flag('no-reproducibility'),
      },
      surroundingsOf(words, io, progress),
    );
    for (const path of files) io.out(`${relative('.', path)}\n`);
    if (failures === 0) return EXIT['fine']!;
    progress.note(`${plural(failures, 'cell')} failed: see the report; run again to retry them`);
    return EXIT['different']!;
  },
};

/** How the run is made, and what becomes of one that is there. */
function keepingOf(words: Words): Pick<PlanOptions, 'workers' | 'fresh' | 'extend'> {
  if (words.flag('extend') && words.text('out') === undefined) {
    throw new UsageError('--extend adds to a run', {}, 'name its directory with --out');
  }
  return {
    workers: workerCount(words),
    fresh: words.flag('fresh'),
    extend: words.flag('extend'),
  };
}

async function runNamed(
  experiment: Experiment,
  inputs: readonly string[],
  words: Words,
  io: Io,
): Promise<number> {
  const { name, packed, swept, timed, dataset, links = [] } = experiment;
  if (words.texts('model').length > 0) {
    throw new UsageError(`${name} chooses its models`, {}, 'leave out --model');
  }
  if (words.text('repeat') !== undefined || words.flag('no-reproducibility')) {
    const what = `${name} chooses what it times`;
    throw new UsageError(what, {}, 'leave out --repeat and --no-reproducibility');
  }
  const asked = planOptionsOf(words, inputs);
  const options: PlanOptions = {
    ...(dataset === undefined ? {} : { dataset }),
    ...asked,
    ...keepingOf(words),
    ...(links.length > 0 ? { links: [...links, ...(asked.links ?? [])] } : {}),
    experiment: name,
    models: packed,
    swept,
  };
  const surroundings = surroundingsOf(words, io, createProgress(io));
  const prepare: Parameters<typeof createPlan>[1] = (one) => pin(one, surroundings);
  let plan = await createPlan(options, prepare, noteTo(io));
  if (timed) plan = await createPlan({ ...options, images: timed.images(plan.images) }, prepare);
  return runExperiment(experiment, plan, words, io);
}

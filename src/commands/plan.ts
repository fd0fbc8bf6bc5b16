import type { Experiment } from '../../bench/experiment.ts';
import type { Dataset } from '../datasets/mod.ts';
import { UsageError } from '../errors.ts';
import { describePlan } from '../estimate.ts';
import { plural } from '../format.ts';
import { createPlan, type Plan, type PlanOptions } from '../plan.ts';
import { type Details, EXIT, type Io, type Words } from './command.ts';
import { CACHE_SIZE, checkSources, platformOf } from './context.ts';
import { datasetWords, noteTo, readAsked } from './inputs.ts';
import { keepingOf, runOptions, timingOf } from './plan-options.ts';
import { planLines } from './plan-table.ts';

/** What the words of `run` and `plan` mean. */
export interface Planned {
  readonly plan: Plan;
  readonly experiment?: Experiment;
}

/** @param pinned the dataset, where it is to be pinned first */
export async function readPlan(
  words: Words,
  io: Io,
  pinned: (dataset: Dataset) => Dataset | Promise<Dataset> = (dataset) => dataset,
): Promise<Planned> {
  const prepare: typeof pinned = (dataset) => {
    checkSources(words, dataset);
    return pinned(dataset);
  };
  // Checked also by who fetches nothing.
  words.size('cache-size', CACHE_SIZE);
  const { experiment, inputs } = readAsked(words, io);
  const asked = askedOf(words, inputs);
  if (!experiment) {
    const options = { ...asked, ...timingOf(words) };
    const plan = await createPlan(options, prepare, noteTo(io));
    if (
      words.text('repeat') === undefined ||
      words.text('repeat') === '0' ||
      plan.timed.length > 0
    ) {
      return { plan };
    }
    const remedy = 'leave it out, or name presets, or at most eight models';
    throw new UsageError('--repeat has no effect: none of these models is timed', {}, remedy);
  }
  checkExperiment(experiment, words);
  const { name, packed, swept, timed, dataset, links = [] } = experiment;
  const options: PlanOptions = {
    ...(dataset === undefined ? {} : { dataset }),
    ...asked,
    ...(links.length > 0 ? { links: [...links, ...(asked.links ?? [])] } : {}),
    experiment: name,
    models: packed,
    swept,
  };
  const plan = await createPlan(options, prepare, noteTo(io));
  if (!timed) return { experiment, plan };
  const images = timed.images(plan.images, {
    dataset: plan.dataset.id,
    areNamed: asked.images !== undefined,
  });
  return { experiment, plan: await createPlan({ ...options, images }, prepare) };
}

/** What an experiment chooses itself is refused, and so is what it would not look at. */
function checkExperiment({ name, packed, swept }: Experiment, words: Words): void {
  const given = (...options: readonly string[]): boolean =>
    options.some((option) => words.text(option) !== undefined || words.texts(option).length > 0);
  const refuse = (what: string, options: string): never => {
    throw new UsageError(`${name} ${what}`, {}, `leave out ${options}`);
  };
  if (given('model')) refuse('chooses its models', '--model');
  if (given('repeat') || words.flag('no-reproducibility')) {
    refuse('chooses what it times', '--repeat and --no-reproducibility');
  }
  if (packed.length === 0 && given('link')) refuse('models no links', '--link');
  if (packed.length + swept.length === 0 && given('workers')) {
    refuse('measures in one thread', '--workers');
  }
}

function askedOf(words: Words, inputs: readonly string[]): PlanOptions {
  const dataset = datasetWords(words, inputs, 'bench run');
  const directory = words.text('out');
  const platform = platformOf(words);
  const lists = { images: 'image', models: 'model', links: 'link' } as const;
  const given = Object.entries(lists)
    .map(([field, option]) => [field, words.texts(option)] as const)
    .filter(([, texts]) => texts.length > 0);
  return {
    ...(dataset === undefined ? {} : { dataset }),
    ...(directory === undefined ? {} : { directory }),
    ...Object.fromEntries(given),
    ...(platform === undefined ? {} : { platform }),
    ...keepingOf(words),
  };
}

export const planCommand: Details = {
  usage: '[EXPERIMENT] [INPUT]… [--model ID]… [--json]',
  options: [...runOptions, { name: 'json', description: 'the same as JSON' }],
  examples: [
    ['plan chunk-size --dataset apps', 'an experiment'],
    ['plan v1.tar v2.tar', 'a series of images on disk'],
    [
      "plan --model 'catar|rabin:avg=8KiB..64KiB|zstd:3|objects|get' --json",
      'what a grid expands to, as JSON',
    ],
  ],
  async run(words, io) {
    const { plan, experiment } = await readPlan(words, io);
    const planned = await describePlan(plan, {
      cache: words.text('cache'),
      isNamed: words.text('out') !== undefined,
      wanted: experiment?.timed?.wanted,
      takes: experiment?.timed?.takes,
    });
    const { dataset, unpinned } = planned;
    if (unpinned.length > 0) {
      io.err(
        `${dataset}: ${plural(unpinned.length, 'image')} not pinned yet, so its digest and the directory are open: \`bench dataset fetch\` pins\n`,
      );
    }
    const isData = words.flag('json');
    const text = isData ? JSON.stringify(planned, undefined, 2) : planLines(planned).join('\n');
    io.out(`${text}\n`);
    return EXIT['fine']!;
  },
};

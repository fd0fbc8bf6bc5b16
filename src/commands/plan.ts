import type { Experiment } from '../../bench/experiment.ts';
import { unpinnedImages } from '../datasets/mod.ts';
import { UsageError } from '../errors.ts';
import { estimate } from '../estimate.ts';
import { plural } from '../format.ts';
import { Cache } from '../images/cache.ts';
import { aliasOf } from '../models/mod.ts';
import { createPlan, outlineOf, type Plan, type PlanOptions } from '../plan.ts';
import { isComplete } from '../results/run-directory.ts';
import { type Command, EXIT, type Io, type Words } from './command.ts';
import { checkSources, platformOf } from './context.ts';
import { datasetWords, noteTo, readAsked } from './inputs.ts';
import { keepingOf, runOptions, timingOf } from './plan-options.ts';
import { planLines } from './plan-table.ts';

/** What the words of `run` and `plan` mean. */
export interface Planned {
  readonly plan: Plan;
  readonly experiment?: Experiment;
}

/** @param prepare as in {@link createPlan} */
export async function readPlan(
  words: Words,
  io: Io,
  prepare?: Parameters<typeof createPlan>[1],
): Promise<Planned> {
  const { experiment, inputs } = readAsked(words, io);
  const asked = askedOf(words, inputs);
  if (!experiment) {
    const options = { ...asked, ...timingOf(words) };
    const plan = await createPlan(options, prepare, noteTo(io));
    if (words.text('repeat') === undefined || plan.repeat === 0 || plan.timed.length > 0) {
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
  const images = timed.images(plan.images);
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

export const planCommand: Command = {
  name: 'plan',
  summary:
    'Shows what `bench run` with the same words would fetch and measure, and how long it takes; fetches nothing.',
  usage: '[EXPERIMENT] [INPUT]… [--model ID]… [--json]',
  options: [...runOptions, { name: 'json', description: 'the same as JSON' }],
  examples: [
    ['plan', 'the default comparison: MB to fetch, cells, minutes, disk'],
    ['plan chunk-size --dataset apps', 'an experiment'],
    ['plan v1.tar v2.tar', 'a series of images on disk'],
    [
      "plan --model 'catar|rabin:avg=8KiB..64KiB|zstd:3|objects|get' --json",
      'what a grid expands to, as JSON',
    ],
  ],
  async run(words, io) {
    const { plan, experiment } = await readPlan(words, io);
    checkSources(words, plan.dataset);
    const { id, digest } = plan.dataset;
    const unpinned = unpinnedImages(plan.dataset).map((image) => image.id);
    const isPinned = unpinned.length === 0;
    if (!isPinned) {
      io.err(
        `${id}: ${plural(unpinned.length, 'image')} not pinned yet, so its digest and the directory are open: \`bench dataset fetch\` pins\n`,
      );
    }
    const outline = await outlineOf(plan, experiment?.timed?.wanted);
    const rows = {
      dataset: isPinned ? `${id}@${digest}` : id,
      unpinned,
      // Named after the digest of the dataset, which pinning changes.
      directory: isPinned || words.text('out') !== undefined ? plan.directory : null,
      complete: isPinned && !plan.fresh && (await isComplete(outline)),
      images: plan.images,
      models: plan.models.map((id) => ({ id, alias: aliasOf(id), timed: plan.timed.includes(id) })),
      swept: plan.swept,
      links: plan.links.map((link) => link.name),
      cells: plan.images.length * plan.models.length,
      estimate: await estimate(plan, new Cache(words.text('cache'))),
    };
    io.out(
      words.flag('json')
        ? `${JSON.stringify(rows, undefined, 2)}\n`
        : `${planLines(rows).join('\n')}\n`,
    );
    return EXIT['fine']!;
  },
};

import { UsageError } from '../errors.ts';
import { plural } from '../format.ts';
import { plan } from '../library.ts';
import { DEFAULT_DATASET, type PlanOptions } from '../plan.ts';
import { type Details, EXIT, type Option, type Words } from './command.ts';
import { platformOf, platformOption } from './context.ts';
import { datasetWords, noteTo, readAsked } from './inputs.ts';
import { pluginOption } from './plugins.ts';

export const planOptions: readonly Option[] = [
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
    description: 'preset, chain, grid or all (default: five presets and a sweep of chunk sizes)',
  },
  {
    name: 'link',
    value: 'ID',
    multiple: true,
    description: 'links to model: names, default, or all (see bench list links)',
  },
  { name: 'out', value: 'DIR', description: 'where the run is kept (default below reports/)' },
  pluginOption,
];

/**
 * Words that `run` and `plan` have in common → options.
 * @param inputs paths and names of datasets that were given without an option
 */
export function planOptionsOf(words: Words, inputs: readonly string[]): PlanOptions {
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
  };
}

export const planCommand: Details = {
  usage: '[INPUT]… [--model ID]…',
  options: planOptions,
  examples: [
    ['plan', 'the default comparison'],
    ['plan v1.tar v2.tar', 'a series of images on disk'],
    ["plan --model 'catar|rabin:avg=8KiB..64KiB|zstd:3|objects|get'", 'what a grid expands to'],
  ],
  async run(words, io) {
    const { experiment, inputs } = readAsked(words, io);
    if (experiment) {
      throw new UsageError(
        `'${experiment.name}' is an experiment, and chooses its models`,
        {},
        `run it: bench run ${experiment.name}`,
      );
    }
    const options = { ...planOptionsOf(words, inputs), repeat: 1 };
    const planned = await plan(options, { progress: { note: noteTo(io) } });
    const { dataset, unpinned } = planned;
    if (unpinned.length > 0) {
      io.err(
        `${dataset}: ${plural(unpinned.length, 'image')} not pinned yet, so its digest and the directory are open: \`bench dataset fetch\` pins\n`,
      );
    }
    io.out(`${JSON.stringify(planned, undefined, 2)}\n`);
    return EXIT['fine']!;
  },
};

import { resolve } from 'node:path';
import { quoted } from '../datasets/inputs.ts';
import { openDataset } from '../datasets/mod.ts';
import { checkReportPlace, explore, readResponses, readSpace } from '../explore/mod.ts';
import { plural } from '../format.ts';
import { contextOf, pin } from '../library.ts';
import { resolveLinks } from '../links/mod.ts';
import { chooseImages, DEFAULT_DATASET } from '../plan.ts';
import { shownPath } from '../progress.ts';
import { type Details, EXIT, type Words, workerCount, workersOption } from './command.ts';
import { datasetOptions, platformOf, platformOption, surroundingsOf } from './context.ts';
import { pluginOption } from './plugins.ts';
import { createProgress } from './progress.ts';

/** Of the contents, one in two to the power of this is compressed where figures are estimated. */
const ESTIMATE = 3;

export const exploreCommand: Details = {
  usage: '[INPUT]… [--model GRID]… [--measures ID]…',
  options: [
    {
      name: 'dataset',
      value: 'NAME',
      description: `name, manifest file, or image on disk (default ${DEFAULT_DATASET})`,
    },
    platformOption,
    { name: 'image', value: 'ID', multiple: true, description: 'only these images of the dataset' },
    {
      name: 'model',
      value: 'GRID',
      multiple: true,
      description:
        'chain with {a,b} and 16KiB..256KiB, also over whole members; the first level of an axis is its baseline (default: 1,700 chains)',
    },
    {
      name: 'measures',
      value: 'ID',
      multiple: true,
      description:
        'what the front is drawn over, NAME[@CLIENT][@LINK] (default: transfer.bytes, transfer.requests, stored.bytes)',
    },
    { name: 'link', value: 'ID', multiple: true, description: 'links to model (default: default)' },
    {
      name: 'estimate',
      description: `compress about one of ${2 ** ESTIMATE} contents and estimate the others; every figure with its 95 % interval`,
    },
    { name: 'no-presets', description: 'measure the grid alone' },
    { name: 'out', value: 'DIR', description: 'where the report goes (default below reports/)' },
    { name: 'fresh', description: 'measure everything anew' },
    pluginOption,
    workersOption,
    ...datasetOptions,
  ],
  examples: [
    [
      "explore --model 'catar|{fixed:size=64KiB,fastcdc:avg=16KiB..256KiB}|{none,zstd:3}|{objects,blob}|{get,range}'",
      'a grid of yours: main effects, interactions, Pareto front, the way there from each preset',
    ],
    ['explore --measures transfer.network_ms@previous@dsl-20ms --measures stored.bytes', 'time'],
  ],
  async run(words, io) {
    const progress = createProgress(io);
    const surroundings = surroundingsOf(words, io, progress);
    const links = resolveLinks(words.texts('link').length > 0 ? words.texts('link') : ['default']);
    const space = readSpace(words.texts('model'), !words.flag('no-presets'));
    const responses = readResponses(
      words.texts('measures'),
      links.map(({ name }) => name),
    );
    const out = words.text('out');
    if (out !== undefined) checkReportPlace(resolve(out));
    const named = words.text('dataset');
    const inputs = [...(named === undefined ? [] : [named]), ...words.positionals];
    const opened = await openDataset(inputs.length > 0 ? inputs : [DEFAULT_DATASET], {
      note: (text) => progress.note(text),
      command: 'bench explore',
      platform: platformOf(words),
    });
    const dataset = await pin(opened, surroundings);
    const { failures, files } = await explore(
      {
        dataset,
        images: chooseImages(dataset, words.texts('image')),
        workers: workerCount(words),
        fresh: words.flag('fresh'),
        links,
        space,
        responses,
        ...(words.flag('estimate') ? { estimate: ESTIMATE } : {}),
        directory: out,
        command: commandOf(words, inputs),
      },
      contextOf(dataset, surroundings),
      progress,
    );
    for (const path of files) io.out(`${shownPath(path)}\n`);
    if (failures === 0) return EXIT['fine']!;
    progress.note(`${plural(failures, 'chain')} failed: see the report`);
    return EXIT['different']!;
  },
};

/** What repeats the figures; where they are kept, and by how many threads, does not matter to them. */
function commandOf(words: Words, inputs: readonly string[]): string {
  const platform = words.text('platform');
  const options = ['image', 'model', 'measures', 'link', 'plugin'].flatMap((name) =>
    words.texts(name).map((text) => `--${name} ${quoted(text)}`),
  );
  return [
    'bench explore',
    ...inputs.map(quoted),
    ...(platform === undefined ? [] : [`--platform ${quoted(platform)}`]),
    ...options,
    ...['estimate', 'no-presets'].filter(words.flag).map((name) => `--${name}`),
  ].join(' ');
}

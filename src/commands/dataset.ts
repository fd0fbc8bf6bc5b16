import { describeDataset, fetchImage, loadDataset, relock } from '../datasets/mod.ts';
import { UsageError } from '../errors.ts';
import { nearest } from '../ids.ts';
import { type Command, EXIT } from './command.ts';
import { createContext, datasetOptions } from './context.ts';
import { DEFAULT_DATASET } from './plan.ts';
import { createProgress } from './progress.ts';

const ACTIONS = ['fetch', 'show', 'relock'];

export const datasetCommand: Command = {
  name: 'dataset',
  summary: 'Fetches a dataset into the cache, shows what is in it, or pins its packages anew.',
  usage: '(fetch|show|relock) [NAME]',
  options: datasetOptions,
  examples: [
    ['dataset show', 'what the default dataset is, why it was chosen, and its images'],
    [
      'dataset fetch debian-series',
      'downloads and builds it, prints image, digest and layers; a later run needs no network',
    ],
    ['dataset relock debian-series', 'pins what the mirror serves today'],
  ],
  async run(words, io) {
    const [action = '', name = DEFAULT_DATASET, ...rest] = words.positionals;
    if (!ACTIONS.includes(action) || rest.length > 0) {
      const suggestion = nearest(action, ACTIONS);
      throw new UsageError(
        `unknown action '${rest[0] ?? action}'`,
        {},
        suggestion ? `did you mean '${suggestion}'?` : `give one of ${ACTIONS.join(', ')}`,
      );
    }
    const dataset = await loadDataset(name);
    const progress = createProgress(io);
    const context = createContext(words, io, dataset, progress);
    if (action === 'show') {
      io.out(await describeDataset(dataset));
    } else if (action === 'relock') {
      io.out(`${await relock(dataset, context)}\n`);
    } else {
      progress.start(dataset.images.length);
      for (const { id } of dataset.images) {
        const image = await fetchImage(dataset, id, context);
        progress.step(id);
        const layers = image.layers.map((layer) => layer.path);
        io.out(`${[id, image.digest, ...layers].join('\t')}\n`);
      }
    }
    progress.end();
    return EXIT['fine']!;
  },
};

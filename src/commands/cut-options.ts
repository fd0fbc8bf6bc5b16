import { createChunker } from '../chunkers/mod.ts';
import type { Dataset } from '../datasets/mod.ts';
import { UsageError } from '../errors.ts';
import { resolveGrid } from '../grids.ts';
import { pin, type Surroundings } from '../library.ts';
import { chooseImages, DEFAULT_DATASET } from '../plan.ts';
import { createSerialiser } from '../serialisers/mod.ts';
import type { Io } from './command.ts';
import { type Option, type Words, workersOption } from './command.ts';
import { checkSources, datasetOptions, platformOption } from './context.ts';
import { chooseDataset, datasetWords } from './inputs.ts';
import { pluginOption } from './plugins.ts';

const DEFAULT_SERIALISER = 'files';

/** What verbs take alike that cut all images of a dataset by several chunkers. */
export const cutOptions: readonly Option[] = [
  {
    name: 'dataset',
    value: 'NAME',
    repeated: 'several images are a series: give their paths',
    description: `name, manifest file, or image on disk (default ${DEFAULT_DATASET})`,
  },
  { name: 'image', value: 'ID', multiple: true, description: 'only these images of the dataset' },
  { name: 'chunker', value: 'ID', multiple: true, description: 'chunker or grid' },
  {
    name: 'serialiser',
    value: 'ID',
    description: `what makes the streams that are cut (default ${DEFAULT_SERIALISER}: each file one)`,
  },
  platformOption,
  workersOption,
  pluginOption,
  ...datasetOptions,
];

/** Images, and what cuts them: ids. */
export interface Cutting {
  readonly dataset: Dataset;
  readonly images: readonly string[];
  readonly chunkers: readonly string[];
  readonly serialiser: string;
}

/** @param command as it is called: `bench trace` */
export async function readCutting(
  words: Words,
  inputs: readonly string[],
  command: string,
  surroundings: Surroundings,
  io: Io,
): Promise<Cutting> {
  const grids = words.texts('chunker');
  if (grids.length === 0) throw new UsageError('--chunker is missing', {}, 'give --chunker ID');
  const chunkers = grids.flatMap((grid) => resolveGrid(grid, (id) => createChunker(id).id));
  const serialiser = createSerialiser(words.text('serialiser') ?? DEFAULT_SERIALISER).id;
  const named = datasetWords(words, inputs, command) ?? [DEFAULT_DATASET];
  const opened = await chooseDataset(named, words, io, { command });
  checkSources(words, opened);
  const dataset = await pin(opened, surroundings);
  const images = chooseImages(dataset, words.texts('image'));
  return { dataset, images, chunkers: [...new Set(chunkers)], serialiser };
}

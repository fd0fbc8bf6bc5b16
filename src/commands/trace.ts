import { resolve } from 'node:path';
import { createChunker } from '../chunkers/mod.ts';
import { UsageError } from '../errors.ts';
import { formatBytes, plural } from '../format.ts';
import { expandGrid } from '../ids.ts';
import { contextOf, pin } from '../library.ts';
import { chooseImages, DEFAULT_DATASET, threadCount } from '../plan.ts';
import { shownPath } from '../progress.ts';
import { createSerialiser } from '../serialisers/mod.ts';
import { writeTrace } from '../traces/write-trace.ts';
import { createPool } from '../workers/pooled.ts';
import { type Details, EXIT, required, workerCount, workersOption } from './command.ts';
import { checkSources, datasetOptions, platformOption, surroundingsOf } from './context.ts';
import { chooseDataset, datasetWords } from './inputs.ts';
import { pluginOption } from './plugins.ts';
import { createProgress } from './progress.ts';

const DEFAULT_SERIALISER = 'files';

export const traceCommand: Details = {
  usage: '[INPUT]… --chunker ID --out DIR',
  options: [
    {
      name: 'dataset',
      value: 'NAME',
      repeated: 'several images are a series: bench trace a.tar b.tar',
      description: `name, manifest file, or image on disk (default ${DEFAULT_DATASET})`,
    },
    { name: 'image', value: 'ID', multiple: true, description: 'only these images of the dataset' },
    { name: 'chunker', value: 'ID', multiple: true, description: 'chunker or grid' },
    {
      name: 'serialiser',
      value: 'ID',
      description: `what makes the streams that are cut (default ${DEFAULT_SERIALISER}: each file one)`,
    },
    { name: 'out', value: 'DIR', description: 'new directory for the tables' },
    platformOption,
    workersOption,
    pluginOption,
    ...datasetOptions,
  ],
  examples: [
    [
      "trace v1.tar v2.tar --chunker whole --chunker 'fastcdc:avg=4KiB..64KiB' --out trace",
      'whole files and five chunk sizes of two images',
    ],
  ],
  async run(words, io) {
    const grids = words.texts('chunker');
    if (grids.length === 0) throw new UsageError('--chunker is missing', {}, 'give --chunker ID');
    const chunkers = grids.flatMap((grid) => expandGrid(grid)).map((id) => createChunker(id).id);
    const serialiser = createSerialiser(words.text('serialiser') ?? DEFAULT_SERIALISER).id;
    const directory = resolve(required(words, 'out'));
    const progress = createProgress(io);
    const surroundings = surroundingsOf(words, io, progress);
    const named = datasetWords(words, words.positionals, 'bench trace') ?? [DEFAULT_DATASET];
    const opened = await chooseDataset(named, words, io, { command: 'bench trace' });
    checkSources(words, opened);
    const dataset = await pin(opened, surroundings);
    const images = chooseImages(dataset, words.texts('image'));
    const pool = createPool(threadCount(workerCount(words)));
    try {
      const plan = { dataset, images, chunkers: [...new Set(chunkers)], serialiser };
      const context = contextOf(dataset, surroundings);
      const { chunks, streamBytes } = await writeTrace(plan, directory, pool, context, progress);
      progress.note(`${plural(chunks, 'chunk')} of ${formatBytes(streamBytes)}`);
    } finally {
      await pool.close();
      progress.end();
    }
    io.out(`${shownPath(directory)}\n`);
    return EXIT['fine']!;
  },
};

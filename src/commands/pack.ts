import { pack } from '../library.ts';
import {
  type Details,
  EXIT,
  onlyPositional,
  required,
  workerCount,
  workersOption,
} from './command.ts';
import { datasetOptions, platformOf, platformOption, surroundingsOf } from './context.ts';
import { pluginOption } from './plugins.ts';
import { createProgress } from './progress.ts';

export const packCommand: Details = {
  usage: '(DIR|TAR)[#NAME] --model ID --out DIR',
  options: [
    { name: 'model', value: 'ID', description: 'preset or chain (see bench list models)' },
    {
      name: 'out',
      value: 'DIR',
      description:
        'new directory: an OCI image layout, with a chunk store beside it where the model keeps one',
    },
    platformOption,
    workersOption,
    pluginOption,
    ...datasetOptions,
  ],
  examples: [
    ["pack ./rootfs --model 'files|whole|zstd:19|objects|get' --out packed", 'a chain of your own'],
  ],
  async run(words, io) {
    const packed = await pack(
      {
        input: onlyPositional(words, '(DIR|TAR)'),
        out: required(words, 'out'),
        model: required(words, 'model'),
        platform: platformOf(words),
        workers: workerCount(words),
      },
      surroundingsOf(words, io, createProgress(io)),
    );
    io.out(`${JSON.stringify(packed)}\n`);
    return EXIT['fine']!;
  },
};

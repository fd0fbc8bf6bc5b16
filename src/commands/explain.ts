import { explanationText } from '../attribution/text.ts';
import { UsageError } from '../errors.ts';
import { explain } from '../library.ts';
import { type Details, EXIT, workerCount, workersOption } from './command.ts';
import { datasetOptions, platformOf, platformOption, refuse, surroundingsOf } from './context.ts';
import { pluginOption } from './plugins.ts';
import { createProgress, printable } from './progress.ts';

export const explainCommand: Details = {
  usage: '(RUN | A B) [--image ID] [--model ID] [--client ID] [--json]',
  options: [
    { name: 'image', value: 'ID', description: 'image to explain (default: the last)' },
    {
      name: 'model',
      value: 'ID',
      description:
        'preset or chain, of a run one that it measured (default: per-file; of a run without it, the first)',
    },
    {
      name: 'client',
      value: 'ID',
      description:
        'what the client holds: none, previous, all-previous, base, other-distribution, or image:ID (default: previous; of the first image none)',
    },
    { name: 'json', description: 'every path, not only those with most bytes' },
    platformOption,
    workersOption,
    pluginOption,
    ...datasetOptions,
  ],
  examples: [
    ['explain v1.tar v2.tar --model oci-gzip', 'two images of yours, without a run'],
    [
      'explain reports/mine --image v3 --client image:v1 --json',
      'for another program: every byte from v1 to v3',
    ],
  ],
  async run(words, io) {
    const { positionals } = words;
    if (positionals.length === 0) {
      throw new UsageError(
        'RUN is missing',
        {},
        'give the directory of a run, or two images: bench explain v1.tar v2.tar',
      );
    }
    // A run says itself which images it measured.
    if (positionals.length === 1) refuse(words, 'bench explain RUN', ['platform']);
    const explained = await explain(
      {
        inputs: positionals,
        image: words.text('image'),
        model: words.text('model'),
        client: words.text('client'),
        platform: platformOf(words),
        workers: workerCount(words),
      },
      surroundingsOf(words, io, createProgress(io)),
    );
    io.out(words.flag('json') ? `${JSON.stringify(explained)}\n` : text(explained));
    return EXIT['fine']!;
  },
};

/** Names of paths may hold what a terminal would take for a command. */
function text(explained: Parameters<typeof explanationText>[0]): string {
  return explanationText(explained).split('\n').map(printable).join('\n');
}

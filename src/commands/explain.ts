import { type Explanation, keepExplanation, keptOf } from '../attribution/mod.ts';
import { explanationText } from '../attribution/text.ts';
import { UsageError } from '../errors.ts';
import { listWords } from '../format.ts';
import { explain } from '../library.ts';
import { shownPath } from '../progress.ts';
import { writeExplained, writeReport } from '../report/mod.ts';
import { checkNewDirectory } from '../targets.ts';
import { type Details, EXIT, type Io, type Words, workerCount, workersOption } from './command.ts';
import { datasetOptions, platformOf, platformOption, refuse, surroundingsOf } from './context.ts';
import { noteTo } from './inputs.ts';
import { pluginOption } from './plugins.ts';
import { createProgress, printable } from './progress.ts';

export const explainCommand: Details = {
  usage: '(RUN | A B) [--image ID] [--model ID] [--client ID] [--json | --report | --out DIR]',
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
    {
      name: 'report',
      description:
        'draw a treemap and an icicle into the report of RUN, which keeps them; prints the paths of its files',
    },
    {
      name: 'out',
      value: 'DIR',
      description:
        'new directory for a page with the same pictures and explained.json, which has every path',
    },
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
    ['explain reports/mine --report', 'the last update as a treemap and an icicle in report.html'],
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
    checkOutput(words);
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
    for (const path of await files(explained, words, io)) io.out(`${shownPath(path)}\n`);
    return EXIT['fine']!;
  },
};

/** Throws a UsageError before anything is done that takes time. */
function checkOutput(words: Words): void {
  const given = ['json', 'report'].filter((name) => words.flag(name));
  const out = words.text('out');
  if (out !== undefined) given.push('out');
  if (given.length > 1) {
    const names = given.map((name) => `--${name}`);
    throw new UsageError(`${listWords(names)} exclude each other`, {}, 'give one of them');
  }
  if (words.flag('report') && words.positionals.length > 1) {
    const what = '--report draws into the report of a run, and two images have none';
    throw new UsageError(what, {}, 'give --out DIR');
  }
  if (out !== undefined) checkNewDirectory(out);
}

/** Prints, or writes and returns the paths of what was written. */
async function files(explained: Explanation, words: Words, io: Io): Promise<readonly string[]> {
  const out = words.text('out');
  if (out !== undefined) return writeExplained(explained, out);
  if (words.flag('report')) {
    const run = words.positionals[0]!;
    keepExplanation(run, keptOf(explained));
    return writeReport(run, noteTo(io));
  }
  io.out(words.flag('json') ? `${JSON.stringify(explained)}\n` : text(explained));
  return [];
}

/** Names of paths may hold what a terminal would take for a command. */
function text(explained: Explanation): string {
  return explanationText(explained).split('\n').map(printable).join('\n');
}

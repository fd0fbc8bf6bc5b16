import {
  type Compared,
  compare,
  comparedMarkdown,
  comparedModels,
  comparedText,
  overBudget,
  overGrowth,
  readBudget,
} from '../comparison/mod.ts';
import { BenchError, systemError, UsageError } from '../errors.ts';
import { listWords } from '../format.ts';
import { findMember } from '../ids.ts';
import { escapeMarkdown } from '../report/escape.ts';
import { asWord, type Details, EXIT, namesIn, workerCount, workersOption } from './command.ts';
import { datasetOptions, platformOf, platformOption, surroundingsOf } from './context.ts';
import { pluginOption } from './plugins.ts';
import { createProgress, printable } from './progress.ts';

const FORMATS: readonly { readonly name: string; print(compared: Compared): string }[] = [
  { name: 'text', print: comparedText },
  { name: 'md', print: comparedMarkdown },
  { name: 'json', print: ({ data }) => `${JSON.stringify(data)}\n` },
];

export const compareCommand: Details = {
  usage: 'A B [--model ID]… [--fail-over PERCENT] [--budget FILE] [--format NAME]',
  options: [
    {
      name: 'model',
      value: 'ID',
      multiple: true,
      description: `of two images: preset, chain, grid or all (default: ${listWords(comparedModels)})`,
    },
    {
      name: 'fail-over',
      value: 'PERCENT',
      description:
        'exit with 1 where a figure is worse by more: of images what a new client pulls, of runs every figure, timed ones beyond noise',
    },
    {
      name: 'budget',
      value: 'FILE',
      description: 'JSON with limits of measures; exit with 1 where B is beyond one',
    },
    {
      name: 'format',
      value: 'NAME',
      choices: namesIn(FORMATS),
      description: 'text (default), md for a pull request, or json',
    },
    platformOption,
    workersOption,
    pluginOption,
    ...datasetOptions,
  ],
  examples: [
    ['v1.tar v2.tar', 'the same: two images need no verb'],
    ['debian:12.10 debian:12.11', 'two images of a registry; docker://NAME where there is no tag'],
    ['compare reports/before reports/after --fail-over 2%', 'two runs: every figure that differs'],
    [
      'compare v1.tar v2.tar --budget budget.json --format md',
      'for continuous integration: limits, and Markdown for a pull request',
    ],
  ],
  async run(words, io) {
    const format = findMember('format', FORMATS, words.text('format') ?? 'text');
    const most = percentOf(words.text('fail-over'));
    const file = words.text('budget');
    const limits = file === undefined ? [] : asWord(() => readBudget(file));
    const models = words.texts('model');
    let outcome: Awaited<ReturnType<typeof compare>>;
    try {
      outcome = await compare(
        {
          inputs: words.positionals,
          ...(models.length === 0 ? {} : { models }),
          platform: platformOf(words),
          workers: workerCount(words),
        },
        surroundingsOf(words, io, createProgress(io)),
      );
    } catch (error) {
      const told = systemError(error);
      if (io.signal.aborted || !(told instanceof BenchError)) throw error;
      // A job would take 1 for a limit that was passed.
      io.err(`${printable(told.toString())}\n`);
      return EXIT['usage']!;
    }
    const { compared, view, newer } = outcome;
    const over = [
      ...(most === undefined ? [] : overGrowth(compared, most)),
      ...overBudget(view, limits, newer),
    ];
    io.out(format.print(compared));
    if (format.name === 'md' && over.length > 0) {
      io.out(
        `\n**Beyond its limit**\n\n${over.map((line) => `- ${escapeMarkdown(line)}\n`).join('')}`,
      );
    }
    for (const line of over) io.err(`${printable(line)}\n`);
    return over.length === 0 ? EXIT['fine']! : EXIT['different']!;
  },
};

/** `2%`, `2` → 0.02. */
function percentOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const match = /^(\d{1,6}(?:\.\d{1,6})?)\s?%?$/.exec(given);
  if (match) return Number(match[1]) / 100;
  throw new UsageError(`--fail-over is '${given}'`, {}, 'give a percentage such as 2%');
}

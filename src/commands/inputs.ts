import { existsSync } from 'node:fs';
import type { Experiment } from '../../bench/experiment.ts';
import { experiments } from '../../bench/mod.ts';
import { isThere, listedPaths } from '../datasets/inputs.ts';
import { type Dataset, datasetNames, type OpenOptions, openDataset } from '../datasets/mod.ts';
import { UsageError } from '../errors.ts';
import { nearest } from '../ids.ts';
import type { Io, Words } from './command.ts';
import { platformOf } from './context.ts';
import { printable } from './progress.ts';

/** Words without an option: an experiment, then what it is run on. */
export interface Asked {
  readonly experiment?: Experiment;
  /** Paths and names of datasets. */
  readonly inputs: readonly string[];
}

/** What the words of `bench run` mean. Throws a UsageError that suggests what may be meant. */
export function readAsked({ positionals }: Words, io: Io): Asked {
  const [first, ...rest] = positionals;
  if (first === undefined) return { inputs: [] };
  const experiment = experiments.find(({ name }) => name === first);
  const inputs = experiment ? rest : positionals;
  if (experiment && existsSync(first)) {
    noteTo(io)(`'${first}' is read as the experiment; ./${first} is what lies there`);
  }
  for (const word of inputs) checkInput(word);
  return experiment ? { experiment, inputs } : { inputs };
}

/** What is no path must be the name of a dataset. */
function checkInput(word: string): void {
  const isPath = /[./#]/.test(word) || isThere(word);
  if (isPath || datasetNames().includes(word) || isThere(`${word}.json`)) return;
  const names = [...experiments.map(({ name }) => name), ...datasetNames()];
  const suggestion = nearest(word, names);
  throw new UsageError(
    `'${word}' is no experiment, no dataset and no path`,
    {},
    suggestion
      ? `did you mean '${suggestion}'?`
      : 'see bench list experiments, bench list datasets',
  );
}

/** What names the dataset, with --dataset or without; undefined where nothing does. */
export function datasetWords(
  words: Words,
  inputs: readonly string[],
  command: string,
): readonly string[] | undefined {
  const named = words.text('dataset');
  if (named !== undefined && inputs.length > 0) {
    throw new UsageError(
      `both '${inputs[0]}' and --dataset name images`,
      {},
      `leave out --dataset, or give ${command} ${listedPaths(inputs)}`,
    );
  }
  if (inputs.length > 0) return inputs;
  return named === undefined ? undefined : [named];
}

/** The dataset of a command that takes nothing else. */
export function chooseDataset(
  inputs: readonly string[],
  words: Words,
  io: Io,
  options: Pick<OpenOptions, 'command' | 'isSingle'>,
): Promise<Dataset> {
  return openDataset(inputs, { ...options, platform: platformOf(words), note: noteTo(io) });
}

/** Tells how words were read. */
export function noteTo(io: Io): (text: string) => void {
  return (text) => {
    if (!io.isQuiet) io.err(`${printable(text)}\n`);
  };
}

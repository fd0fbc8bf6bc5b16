import { existsSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Experiment, Timing } from '../../bench/experiment.ts';
import { UsageError } from '../errors.ts';
import { run } from '../pipeline.ts';
import type { Plan } from '../plan.ts';
import { writeReport } from '../report/mod.ts';
import { readRun } from '../results/read.ts';
import {
  type Command,
  EXIT,
  type Io,
  type Option,
  type Words,
  workerCount,
  workersOption,
} from './command.ts';
import { createContext, datasetOptions, pin } from './context.ts';
import { runExperiment } from './experiment.ts';
import { readAsked } from './inputs.ts';
import { createPlan, planOptions } from './plan.ts';
import { createProgress } from './progress.ts';

const runOptions: readonly Option[] = [
  workersOption,
  {
    name: 'repeat',
    value: 'N',
    description: 'repetitions of each timed cell (default 3; 0 leaves throughput out)',
  },
  { name: 'no-reproducibility', description: 'leave out the packings under varied conditions' },
  { name: 'fresh', description: 'measure everything anew' },
];

export const runCommand: Command = {
  name: 'run',
  summary:
    'Compares models on a dataset, or asks one question, and writes records, charts and a report.',
  usage: '[QUESTION] [INPUT]… [--model ID]…',
  options: [...planOptions, ...runOptions, ...datasetOptions],
  examples: [
    ['run', 'the default comparison on the default Debian series'],
    [
      "run --model oci-gzip --model 'catar|fastcdc:avg=64KiB|zstd:3|blob|range'",
      'two models, one of them a chain of your own',
    ],
    ["run --model 'files|fastcdc:avg=4KiB..1MiB|none|objects|get'", 'nine chunk sizes'],
    ['run chunk-size', 'one question (see bench list questions); prints a verdict'],
    ['run speed', 'every chunker on the first image, beside npm peers and a plain memory pass'],
    ['run time-model', 'modelled times of updates against real servers on shaped links'],
    ['run v1.tar v2.tar v3.tar', 'your own images as a series, in this order'],
    ['run ./archives', 'the same of a directory that holds nothing but archives: v2 before v10'],
    ['run --dataset ./my-images.json --out reports/mine', 'a manifest of yours'],
  ],
  async run(words, io) {
    const { question, inputs } = readAsked(words, io);
    if (question) return runQuestion(question, inputs, words, io);
    const progress = createProgress(io);
    const settings = {
      workers: workerCount(words),
      repeat: words.count('repeat', 3, 0, 1000),
      reproducibility: !words.flag('no-reproducibility'),
    };
    const plan: Plan = await createPlan(words, inputs, settings, io, (dataset) =>
      pin(words, io, dataset, progress),
    );
    if (words.flag('fresh')) removeRun(plan.directory);
    const directory = relative('.', plan.directory) || '.';
    progress.note(
      `${plan.dataset.id}: ${plan.images.length} images × ${plan.models.length} models → ${directory}`,
    );
    let failures = 0;
    if (await isComplete(plan)) {
      progress.note('this run is complete: it is drawn again; --fresh measures anew');
    } else {
      failures = await run(plan, createContext(words, io, plan.dataset, progress), progress);
    }
    for (const path of await writeReport(plan.directory)) io.out(`${relative('.', path)}\n`);
    if (failures === 0) return EXIT['fine']!;
    progress.note(`${failures} cells failed: see the report; run again to retry them`);
    return EXIT['different']!;
  },
};

async function runQuestion(
  experiment: Experiment | Timing,
  inputs: readonly string[],
  words: Words,
  io: Io,
): Promise<number> {
  if (words.texts('model').length > 0) {
    throw new UsageError(`${experiment.name} chooses its models`, {}, 'leave out --model');
  }
  const { packed } = experiment;
  const links = 'links' in experiment ? experiment.links : [];
  const plan = await createPlan(
    {
      ...words,
      text: (name) =>
        words.text(name) ??
        (name === 'dataset' && inputs.length === 0 && 'dataset' in experiment
          ? experiment.dataset
          : undefined),
      texts: (name) => {
        if (name === 'model') return packed;
        return name === 'link' ? [...links, ...words.texts(name)] : words.texts(name);
      },
    },
    inputs,
    {
      workers: workerCount(words),
      // Sizes alone are asked for.
      repeat: 0,
      reproducibility: false,
    },
    io,
    (dataset) => pin(words, io, dataset, createProgress(io)),
  );
  const directory = resolve(words.text('out') ?? `reports/${experiment.name}-${plan.dataset.id}`);
  if (words.flag('fresh')) removeRun(directory);
  // Without a model, a plan takes the default ones.
  const isPacked = packed.length > 0;
  const chosen = { models: isPacked ? plan.models : [], links: isPacked ? plan.links : [] };
  return runExperiment(experiment, { ...plan, ...chosen, directory }, words, io);
}

/** True for a run that ended without a failed cell and has everything that is asked for now. */
async function isComplete({ directory, timed, reproduced }: Plan): Promise<boolean> {
  if (!existsSync(join(directory, 'run.json'))) return false;
  const { info, records } = await readRun(directory);
  const has = (model: string, measure: string): boolean =>
    records.some((record) => record.model === model && record.measure === measure);
  return (
    info.finishedAt !== undefined &&
    records.every(
      (record) => 'value' in record || (record.measure !== '*' && 'skipped' in record),
    ) &&
    timed.every((model) => has(model, 'throughput.pack')) &&
    reproduced.every((model) => has(model, 'reproducibility.distinct_digests'))
  );
}

/** Removes what a run wrote, and nothing else that may lie in the directory. */
function removeRun(directory: string): void {
  if (existsSync(directory) && !existsSync(join(directory, 'run.json'))) {
    throw new UsageError(
      `${directory} holds no run`,
      {},
      'give another --out, or leave out --fresh',
    );
  }
  for (const name of ['run.json', 'records.jsonl', 'run.lock', 'cells', 'charts']) {
    rmSync(join(directory, name), { recursive: true, force: true });
  }
  for (const name of ['report.html', 'summary.csv', 'summary.md', 'verdict.md']) {
    rmSync(join(directory, name), { force: true });
  }
}

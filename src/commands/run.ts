import { existsSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import { createModel } from '../models/mod.ts';
import { run } from '../pipeline.ts';
import type { Plan } from '../plan.ts';
import { writeReport } from '../report/mod.ts';
import { checkRevisions } from '../results/cuts.ts';
import { readRun } from '../results/read.ts';
import {
  type Command,
  EXIT,
  type Io,
  type Option,
  onlyPositional,
  type Words,
  workerCount,
  workersOption,
} from './command.ts';
import { createContext, datasetOptions, pin } from './context.ts';
import { findExperiment, runExperiment } from './experiment.ts';
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
  usage: '[QUESTION] [--dataset NAME] [--model ID]…',
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
    ['run --dataset ./my-images.json --out reports/mine', 'your own images'],
  ],
  async run(words, io) {
    if (words.positionals.length > 0) return runQuestion(words, io);
    const progress = createProgress(io);
    const settings = {
      workers: workerCount(words),
      repeat: words.count('repeat', 3, 0, 1000),
      reproducibility: !words.flag('no-reproducibility'),
    };
    const plan: Plan = await createPlan(words, settings, (dataset) =>
      pin(words, io, dataset, progress),
    );
    if (words.flag('fresh')) removeRun(plan.directory);
    const directory = relative('.', plan.directory) || '.';
    progress.note(
      `${plan.dataset.id}: ${plan.images.length} images × ${plan.models.length} models → ${directory}`,
    );
    checkRevisions(plan.directory, await Promise.all(plan.models.map((id) => createModel(id))));
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

async function runQuestion(words: Words, io: Io): Promise<number> {
  const experiment = findExperiment(onlyPositional(words, 'NAME'));
  if (words.texts('model').length > 0) {
    throw new UsageError(`${experiment.name} chooses its models`, {}, 'leave out --model');
  }
  const { packed } = experiment;
  const links = 'links' in experiment ? experiment.links : [];
  const plan = await createPlan(
    {
      ...words,
      positionals: [],
      text: (name) =>
        words.text(name) ??
        (name === 'dataset' && 'dataset' in experiment ? experiment.dataset : undefined),
      texts: (name) => {
        if (name === 'model') return packed;
        return name === 'link' ? [...links, ...words.texts(name)] : words.texts(name);
      },
    },
    {
      workers: workerCount(words),
      // Sizes alone are asked for.
      repeat: 0,
      reproducibility: false,
    },
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

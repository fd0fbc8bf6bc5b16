import { existsSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { UsageError } from '../errors.ts';
import { run } from '../pipeline.ts';
import type { Plan } from '../plan.ts';
import { writeReport } from '../report/mod.ts';
import { type Command, EXIT, type Option } from './command.ts';
import { createContext, datasetOptions } from './context.ts';
import { createPlan, planOptions } from './plan.ts';
import { createProgress } from './progress.ts';

const runOptions: readonly Option[] = [
  { name: 'workers', value: 'N', description: 'threads that pack cells (default: all processors)' },
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
  summary: 'Compares models on a dataset and writes records, charts and a report.',
  usage: '[--dataset NAME] [--model ID]…',
  options: [...planOptions, ...runOptions, ...datasetOptions],
  examples: [
    ['run', 'the default comparison on the default Debian series'],
    [
      "run --model oci-gzip --model 'catar|fastcdc:avg=64KiB|zstd:3|blob|range'",
      'two models, one of them a chain of your own',
    ],
    ["run --model 'files|fastcdc:avg=4KiB..1MiB|none|objects|get'", 'nine chunk sizes'],
    ['run --dataset ./my-images.json --out reports/mine', 'your own images'],
  ],
  async run(words, io) {
    const plan: Plan = await createPlan(words, {
      workers: words.count('workers', availableParallelism(), 1, 256),
      repeat: words.count('repeat', 3, 0, 1000),
      reproducibility: !words.flag('no-reproducibility'),
    });
    if (words.flag('fresh')) removeRun(plan.directory);
    const progress = createProgress(io);
    const directory = relative('.', plan.directory) || '.';
    progress.note(
      `${plan.dataset.id}: ${plan.images.length} images × ${plan.models.length} models → ${directory}`,
    );
    if (isFinished(plan.directory)) {
      progress.note('this run is complete: nothing is measured again; --fresh begins anew');
    }
    const failures = await run(plan, createContext(words, io, plan.dataset, progress), progress);
    for (const path of await writeReport(plan.directory)) io.out(`${relative('.', path)}\n`);
    if (failures === 0) return EXIT['fine']!;
    progress.note(`${failures} cells failed: see the report; run again to retry them`);
    return EXIT['different']!;
  },
};

function isFinished(directory: string): boolean {
  try {
    const info = JSON.parse(readFileSync(join(directory, 'run.json'), 'utf8')) as object;
    return 'finishedAt' in info;
  } catch {
    return false;
  }
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
  for (const name of ['report.html', 'summary.csv', 'summary.md']) {
    rmSync(join(directory, name), { force: true });
  }
}

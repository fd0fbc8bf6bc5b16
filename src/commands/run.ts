import { plural } from '../format.ts';
import { run } from '../pipeline.ts';
import { outlineOf } from '../plan.ts';
import { writeReport } from '../report/mod.ts';
import { isComplete, removeRun } from '../results/run-directory.ts';
import { type Command, EXIT } from './command.ts';
import { createContext, pin } from './context.ts';
import { runExperiment } from './experiment.ts';
import { readPlan } from './plan.ts';
import { runOptions } from './plan-options.ts';
import { createProgress, shownPath } from './progress.ts';

export const runCommand: Command = {
  name: 'run',
  summary:
    'Compares models on a dataset, or runs one experiment, and writes records, charts and a report.',
  usage: '[EXPERIMENT] [INPUT]… [--model ID]…',
  options: runOptions,
  examples: [
    ['run', 'the default comparison on the default Debian series'],
    [
      "run --model oci-gzip --model 'catar|fastcdc:avg=64KiB|zstd:3|blob|range'",
      'two models, one of them a chain of your own',
    ],
    ["run --model 'files|fastcdc:avg=4KiB..1MiB|none|objects|get'", 'nine chunk sizes'],
    ['run chunk-size', 'one experiment (see bench list experiments); prints a verdict'],
    ['run speed', 'every chunker on the first image, beside npm peers and a plain memory pass'],
    ['run time-model', 'modelled times of updates against real servers on shaped links'],
    ['run v1.tar v2.tar v3.tar', 'your own images as a series, in this order'],
    ['run ./archives', 'the same of a directory that holds nothing but archives: v2 before v10'],
    ['run --dataset ./my-images.json --out reports/mine', 'a manifest of yours'],
  ],
  async run(words, io) {
    const progress = createProgress(io);
    const { plan, experiment } = await readPlan(words, io, (dataset) =>
      pin(words, io, dataset, progress),
    );
    if (plan.fresh) removeRun(plan.directory);
    if (experiment) return runExperiment(experiment, plan, words, io);
    progress.note(
      `${plan.dataset.id}: ${plural(plan.images.length, 'image')} × ${plural(plan.models.length, 'model')} → ${shownPath(plan.directory)}`,
    );
    let failures = 0;
    if (await isComplete(await outlineOf(plan))) {
      progress.note('this run is complete: re-rendering; --fresh measures anew');
    } else {
      failures = await run(plan, createContext(words, io, plan.dataset, progress), progress);
    }
    for (const path of await writeReport(plan.directory)) io.out(`${shownPath(path)}\n`);
    if (failures === 0) return EXIT['fine']!;
    progress.note(`${failures} cells failed: see the report; run again to retry them`);
    return EXIT['different']!;
  },
};

import { claimPagesOf } from '../../bench/claims/pages.ts';
import { plural } from '../format.ts';
import { pin, runPlan } from '../library.ts';
import { shownPath } from '../progress.ts';
import { writeReport } from '../report/mod.ts';
import { type Details, EXIT } from './command.ts';
import { surroundingsOf } from './context.ts';
import { runExperiment } from './experiment.ts';
import { readPlan } from './plan.ts';
import { runOptions } from './plan-options.ts';
import { createProgress } from './progress.ts';
import { measureShard, shardOf } from './shard.ts';

export const runCommand: Details = {
  usage: '[EXPERIMENT] [INPUT]… [--model ID]…',
  options: [
    ...runOptions,
    {
      name: 'shard',
      value: 'I/N',
      description:
        'measure only part I of N parts of the cells, untimed, into a directory for `bench merge`',
    },
  ],
  examples: [
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
    [
      'run --dataset apps --shard 2/7 --out shards/2',
      'the second of seven parts, on any machine; bench merge makes a run of them',
    ],
  ],
  async run(words, io) {
    const progress = createProgress(io);
    const surroundings = surroundingsOf(words, io, progress);
    const shard = shardOf(words);
    const { plan, experiment } = await readPlan(words, io, (one) => pin(one, surroundings));
    if (shard) return measureShard({ plan, experiment }, shard, words, surroundings, io);
    if (experiment) return runExperiment(experiment, plan, words, io);
    const { failures, files } = await runPlan(plan, surroundings, (directory) =>
      writeReport(directory, undefined, claimPagesOf),
    );
    for (const path of files) io.out(`${shownPath(path)}\n`);
    if (failures === 0) return EXIT['fine']!;
    progress.note(`${plural(failures, 'cell')} failed: see the report; run again to retry them`);
    return EXIT['different']!;
  },
};

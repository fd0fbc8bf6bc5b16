import { resolve } from 'node:path';
import { claimPagesOf } from '../../bench/claims/pages.ts';
import { writeVerdict } from '../../bench/experiment.ts';
import { experiments } from '../../bench/mod.ts';
import { UsageError } from '../errors.ts';
import { plural } from '../format.ts';
import { findMember } from '../ids.ts';
import { contextOf } from '../library.ts';
import { shownPath } from '../progress.ts';
import { writeReport } from '../report/mod.ts';
import { mergeShards } from '../runs/shards/merge-shards.ts';
import { mergeRecords } from '../sharded.ts';
import { type Details, EXIT, required } from './command.ts';
import { datasetOptions, surroundingsOf } from './context.ts';
import { pluginOption } from './plugins.ts';
import { createProgress } from './progress.ts';

export const mergeCommand: Details = {
  usage: 'DIR… --out DIR',
  options: [
    { name: 'out', value: 'DIR', description: 'where the run is kept' },
    pluginOption,
    ...datasetOptions.filter(({ name }) => name === 'cache'),
  ],
  examples: [
    ['merge shards/1 shards/2 shards/2-again --out reports/apps', 'a shard may be there twice'],
  ],
  async run(words, io) {
    if (words.positionals.length === 0) {
      throw new UsageError('DIR is missing', {}, 'give the directories of all shards');
    }
    const merged = mergeShards(words.positionals, resolve(required(words, 'out')));
    const { plan } = merged;
    const progress = createProgress(io);
    const surroundings = surroundingsOf(words, io, progress);
    const experiment = plan.experiment && findMember('experiment', experiments, plan.experiment);
    const part = experiment ? experiment.counted?.() : undefined;
    const { directory, failures } = await mergeRecords(merged, surroundings, part);
    if (failures > 0) {
      progress.note(`${plural(failures, 'cell')} failed: run their shards again, then merge again`);
    }
    let verdict = '';
    if (experiment && failures === 0) {
      verdict = await writeVerdict(experiment, plan, contextOf(plan.dataset, surroundings));
    }
    for (const path of await writeReport(directory, undefined, claimPagesOf)) {
      io.out(`${shownPath(path)}\n`);
    }
    io.out(verdict);
    return failures === 0 ? EXIT['fine']! : EXIT['different']!;
  },
};

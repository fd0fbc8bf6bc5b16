import type { Experiment } from '../../bench/experiment.ts';
import { UsageError } from '../errors.ts';
import { plural } from '../format.ts';
import type { Surroundings } from '../library.ts';
import type { Plan } from '../plan.ts';
import { shownPath } from '../progress.ts';
import { parseShard, type Shard } from '../runs/shards/work-cells.ts';
import { runPlannedShard, shardPlace } from '../sharded.ts';
import { EXIT, type Io, type Words } from './command.ts';
import { noteTo } from './inputs.ts';

/** What `--shard` asks for. Throws a UsageError also for options that have no effect on a shard. */
export function shardOf(words: Words): Shard | undefined {
  const text = words.text('shard');
  if (text === undefined) return undefined;
  const shard = parseShard(text);
  if (words.flag('extend')) {
    throw new UsageError(
      '--extend adds to a run, and a shard is none',
      {},
      'leave out one of them',
    );
  }
  if ((words.text('repeat') ?? '0') !== '0') {
    const remedy = 'leave out --repeat, and time with `bench run --repeat N` on one machine';
    throw new UsageError(
      'a shard times nothing: times of several machines are not compared',
      {},
      remedy,
    );
  }
  return shard;
}

/** Measures one shard of what the words ask for, and prints its directory. */
export async function measureShard(
  { plan, experiment }: { readonly plan: Plan; readonly experiment?: Experiment | undefined },
  shard: Shard,
  words: Words,
  surroundings: Surroundings,
  io: Io,
): Promise<number> {
  if (experiment?.timed || (experiment && plan.models.length + plan.swept.length === 0)) {
    const remedy = 'run it whole, on one machine';
    throw new UsageError(`${experiment.name} measures by itself, and has no shards`, {}, remedy);
  }
  const directory = words.text('out') === undefined ? shardPlace(plan, shard) : plan.directory;
  const { cells, failures } = await runPlannedShard({ ...plan, directory }, shard, surroundings);
  io.out(`${shownPath(directory)}\n`);
  noteTo(io)(`shard ${shard.shard}/${shard.shards}: ${plural(cells, 'cell')}`);
  if (failures === 0) return EXIT['fine']!;
  noteTo(io)(`${plural(failures, 'cell')} failed; run again to retry them`);
  return EXIT['different']!;
}

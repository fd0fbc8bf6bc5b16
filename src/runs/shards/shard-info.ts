import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, InputError, StorageError, storageError } from '../../errors.ts';
import { METHOD } from '../../method.ts';
import type { Plan } from '../../plan.ts';
import { type PluginIdentity, pluginIdentities } from '../../plugin-files.ts';
import { projectPackage, runtimeName } from '../../project.ts';
import { codeVersion } from '../code-version.ts';
import { cellsOfShard, type Shard, type WorkCell } from './work-cells.ts';

/** `shard.json`: of which run a shard is, what it was measured by, and its cells. */

export const INFO = 'shard.json';
/** Of {@link ShardInfo}: another number is another layout of the directory. */
const FORMAT = 1;

/** What figures depend on beside the plan: shards are merged where all of it is equal. */
export interface ShardVersion {
  /** Version of ocibench. */
  readonly ocibench: string;
  /** Of the methodology. */
  readonly method: number;
  /** Digest of the code and of its dependencies. */
  readonly code: string;
  /** `node 20.20.2`. */
  readonly runtime: string;
  readonly plugins: readonly PluginIdentity[];
}

/** `shard.json`. */
export interface ShardInfo extends Shard {
  readonly format: number;
  readonly version: ShardVersion;
  /** Versions of the external programs that models ran here. */
  readonly tools: Readonly<Record<string, string>>;
  readonly plan: ShardedPlan;
  /** Of this shard: sizes of files that the split goes by are known where they lie alone. */
  readonly cells: readonly WorkCell[];
}

/** What a plan says of a run, wherever it is kept: plain data. */
export type ShardedPlan = Omit<
  Plan,
  'dataset' | 'timed' | 'rounds' | 'workers' | 'directory' | 'extend' | 'fresh'
> & {
  readonly dataset: Omit<Plan['dataset'], 'path' | 'pins' | 'locked' | 'failures'> & {
    readonly pins: readonly (readonly [string, unknown])[];
  };
};

export function ownVersion(): ShardVersion {
  return {
    ocibench: projectPackage().version ?? '',
    method: METHOD,
    code: codeVersion(),
    runtime: runtimeName(),
    plugins: pluginIdentities(),
  };
}

export function shardedPlan({
  experiment,
  dataset,
  images,
  models,
  swept,
  links,
  reproduced,
}: Plan): ShardedPlan {
  const { path: _path, pins, locked: _locked, failures: _failures, ...facts } = dataset;
  return {
    ...(experiment === undefined ? {} : { experiment }),
    dataset: { ...facts, pins: [...pins] },
    images,
    models,
    swept,
    links,
    reproduced,
  };
}

/** The plan that shards are of, to be kept in a directory. Nothing is timed by it. */
export function planOfShards(plan: ShardedPlan, directory: string): Plan {
  const pins = new Map(plan.dataset.pins);
  return {
    ...plan,
    dataset: { ...plan.dataset, pins, locked: new Map(), path: join(directory, INFO) },
    workers: 1,
    timed: [],
    rounds: { least: 0, most: 0 },
    directory,
    extend: false,
    fresh: false,
  };
}

/** Throws a StorageError where there is none, and an InputError for one that cannot be understood. */
export function readShardInfo(directory: string): ShardInfo {
  const file = join(directory, INFO);
  const remedy = 'give directories that `bench run --shard I/N --out DIR` wrote';
  let info: Partial<ShardInfo> | null;
  try {
    info = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') {
      throw new StorageError(`no shard in ${directory}`, { file }, remedy, { cause });
    }
    if (!(cause instanceof SyntaxError)) throw storageError(cause, file);
    throw new InputError('shard.json is not JSON', { file }, remedy, { cause });
  }
  if (info?.format !== FORMAT) {
    const what = `shard.json has format ${String(info?.format)}, this version reads ${FORMAT}`;
    throw new InputError(
      what,
      { file, field: 'format' },
      'merge with the version that measured it',
    );
  }
  const isWhole =
    Number.isInteger(info.shard) &&
    Number.isInteger(info.shards) &&
    info.plan &&
    info.version &&
    Array.isArray(info.cells);
  if (!isWhole)
    throw new InputError('shard.json lacks shard, version, plan or cells', { file }, remedy);
  return info as ShardInfo;
}

export function shardInfo(
  plan: Plan,
  shard: Shard,
  tools: Readonly<Record<string, string>>,
): ShardInfo {
  return {
    format: FORMAT,
    ...shard,
    version: ownVersion(),
    tools,
    plan: shardedPlan(plan),
    cells: cellsOfShard(plan, shard),
  };
}

/** What two shards differ in beside their numbers, one phrase each. */
export function shardDifferences(one: ShardInfo, other: ShardInfo): readonly string[] {
  const rows: readonly (readonly [name: string, one: unknown, other: unknown])[] = [
    ['number of shards', one.shards, other.shards],
    ['version of ocibench', one.version.ocibench, other.version.ocibench],
    ['methodology', one.version.method, other.version.method],
    ['runtime', one.version.runtime, other.version.runtime],
    ['code and dependencies', one.version.code, other.version.code],
    ['plug-ins', one.version.plugins, other.version.plugins],
    ['external programs', one.tools, other.tools],
    ['experiment', one.plan.experiment, other.plan.experiment],
    ['dataset', named(one), named(other)],
    ['images', one.plan.images, other.plan.images],
    ['models', one.plan.models, other.plan.models],
    ['swept chains', one.plan.swept, other.plan.swept],
    ['links', one.plan.links, other.plan.links],
    ['packings under varied conditions', one.plan.reproduced, other.plan.reproduced],
  ];
  return rows
    .filter(([, ...pair]) => JSON.stringify(pair[0]) !== JSON.stringify(pair[1]))
    .map(([name, here, there]) => `${name}: ${shown(here)} and ${shown(there)}`);
}

function named({ plan: { dataset } }: ShardInfo): string {
  return `${dataset.id}@${dataset.digest}`;
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'none');
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}

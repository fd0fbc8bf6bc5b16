/**
 * ocibench as a library: what the verbs of the command line do, as functions.
 *
 *     dataset → images → tree → streams → chunks → objects → packs → transfer → measures → records → report
 *
 * Compare two images of yours, and read what was measured:
 *
 * ```ts
 * import { readRun, run } from 'ocibench';
 *
 * const { directory } = await run({
 *   dataset: ['v1.tar', 'v2.tar'],
 *   models: ['oci-gzip', 'catar'],
 *   directory: 'out',
 * });
 * const { records } = await readRun(directory);
 * for (const record of records) {
 *   if ('value' in record && record.measure === 'stored.bytes') {
 *     console.log(record.image, record.model, record.value);
 *   }
 * }
 * ```
 *
 * Paths count from the current directory. Faults are typed, {@link BenchError}: what, where, and what to do. Experiments are
 * run by the command line alone (`ocibench run chunk-size`); {@link readRun} reads their answers. Types for plug-ins stand in
 * `ocibench/plugin`.
 *
 * @module
 */

export type {
  AttributedBytes,
  Attribution,
  Cause,
  ExplainOptions,
  Explanation,
  Part,
  StoredBytes,
} from './attribution/mod.ts';
export { type Blocks, type ChunkRecord, chunkRecords as chunk } from './chunkers/chunk-file.ts';
export type { FingerprintName } from './chunkers/fingerprint.ts';
export { datasetNames } from './datasets/mod.ts';
export type { Comparison, PublishedFigure } from './datasets/published.ts';
export {
  BenchError,
  InputError,
  PluginError,
  SkippedError,
  StorageError,
  UnavailableError,
  UsageError,
  VerificationError,
  type Where,
} from './errors.ts';
export type {
  Estimate,
  ImageEstimate,
  Minutes,
  ModelEstimate,
  PlannedRun,
  Total,
} from './estimate.ts';
export type { Member, Parameter, ParameterValue, Values } from './ids.ts';
export {
  explain,
  type PackedImage,
  type PackOptions,
  pack,
  plan,
  type RunOutcome,
  run,
  type Surroundings,
  type UnpackedImage,
  type UnpackOptions,
  unpack,
} from './library.ts';
export { type Link, links } from './links/mod.ts';
export type { Unit } from './measures/mod.ts';
export type { Rounds } from './measures/rounds.ts';
export { type Axis, type MeasureFacts, measures, members } from './members.ts';
export { type Preset, presets } from './models/presets.ts';
export type { PlanOptions } from './plan.ts';
export type { PluginIdentity } from './plugin-files.ts';
export { addPlugins } from './plugins/registers.ts';
export type { Progress } from './progress.ts';
export { type ExportFormat, exportRun } from './report/export.ts';
export { type ChartOfRun, chartsOf, sentencesOf } from './report/of-run.ts';
export type { Sentence } from './report/sentences/mod.ts';
export { type Run, readRun } from './results/read.ts';
export type {
  FailedRecord,
  RecordKey,
  ResultRecord,
  SkippedRecord,
  ValueRecord,
} from './results/record.ts';
export type { Environment, MachineChecks, RunInfo, RunLink, RunModel } from './results/run.ts';
export type { Seal } from './results/seal.ts';
export type {
  Case,
  Figure,
  FigureUnit,
  PlainFinding,
  Side,
  VerdictFile,
} from './results/verdict.ts';
export type { Work } from './runs/rates.ts';
export type { ShardCounts } from './runs/shards/measure-shard.ts';
export type { Shard } from './runs/shards/work-cells.ts';
export { merge, runShard, type ShardOutcome } from './sharded.ts';
export type { ByteSource } from './streams/source.ts';
export type { Fidelity } from './trees/fidelity.ts';

/**
 * What a notebook or another program imports, in the order of the pipeline:
 *
 *     dataset → images → tree → streams → chunks → objects → packs → transfer → measures → records → report
 */

export { chunkerMembers, createChunker } from './chunkers/mod.ts';
export { codecMembers, createCodec } from './codecs/mod.ts';
export { type Dataset, fetchImage, listDatasets, loadDataset } from './datasets/mod.ts';
export type { FetchContext, Provider } from './datasets/provider.ts';
export {
  BenchError,
  InputError,
  PluginError,
  StorageError,
  UnavailableError,
  UsageError,
  VerificationError,
} from './errors.ts';
export {
  type Estimate,
  estimate,
  type ImageEstimate,
  type ModelEstimate,
  type Total,
} from './estimate.ts';
export { fetcherMembers } from './fetchers/mod.ts';
export { Cache } from './images/cache.ts';
export type { Image, ImageDescriptor } from './images/image.ts';
export { openImage } from './images/open.ts';
export { links, networkMs, resolveLinks } from './links/mod.ts';
export { SeriesFold } from './measures/fold.ts';
export { type Measure, measures } from './measures/mod.ts';
export { measure, measureCell } from './models/cell.ts';
export { createModel, presets, resolveModels } from './models/mod.ts';
export type { Model } from './models/model.ts';
export { packerMembers } from './packers/mod.ts';
export { run } from './pipeline.ts';
export { createPlan, outlineOf, type Plan, type PlanOptions } from './plan.ts';
export type { Plugin, PluginMaker } from './plugins/plugin.ts';
export { addPlugins } from './plugins/registers.ts';
export type { Tools } from './plugins/tools.ts';
export { exportRun } from './report/export.ts';
export {
  type Chart,
  createView,
  drawCharts,
  renderSvg,
  summarise,
  writeReport,
} from './report/mod.ts';
export { type Run, readRun } from './results/read.ts';
export type { FailedRecord, ResultRecord, SkippedRecord, ValueRecord } from './results/record.ts';
export { createSerialiser, serialiserMembers } from './serialisers/mod.ts';
export * from './stats/mod.ts';
export { Rope } from './streams/rope.ts';
export { type ByteSource, FileSource, MemorySource, readAll } from './streams/source.ts';
export { differences } from './trees/compare.ts';
export { contentDigest, contentSource } from './trees/content.ts';
export { applyLayers } from './trees/layers.ts';
export { readTar } from './trees/tar.ts';
export type { Entry, Inode, Tree } from './trees/tree.ts';

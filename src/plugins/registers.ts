import type { ChunkerMember } from '../chunkers/chunker.ts';
import { chunkers } from '../chunkers/mod.ts';
import { type CodecMember, codecs } from '../codecs/mod.ts';
import { type FetcherMember, fetchers } from '../fetchers/mod.ts';
import { type AddedMeasure, registerAddedMeasures } from '../measures/added.ts';
import { registerPresets } from '../models/mod.ts';
import type { Preset } from '../models/presets.ts';
import { type PackerMember, packers } from '../packers/mod.ts';
import { registerAddedCharts } from '../report/charts/added.ts';
import type { ChartMaker } from '../report/charts/chart.ts';
import { type SerialiserMember, serialisers } from '../serialisers/mod.ts';
import { loadPlugins, type Registers } from './load.ts';

/** What a thread or a process that packs needs. */
export const packingRegisters: Registers = {
  chunkers: (members: readonly ChunkerMember[]) => chunkers.register(members),
  codecs: (members: readonly CodecMember[]) => codecs.register(members),
  serialisers: (members: readonly SerialiserMember[]) => serialisers.register(members),
  packers: (members: readonly PackerMember[]) => packers.register(members),
  fetchers: (members: readonly FetcherMember[]) => fetchers.register(members),
  models: (members: readonly Preset[]) => registerPresets(members),
};

/** Everything but experiments, which stand to the right. */
export const registers: Registers = {
  ...packingRegisters,
  measures: (rows: readonly AddedMeasure[], { name }) => registerAddedMeasures(name, rows),
  charts: (makers: readonly ChartMaker[], { name }) => registerAddedCharts(name, makers),
};

/**
 * For programs: loads plug-ins from their files, but for experiments, which the command line runs.
 *
 * @throws UsageError, StorageError or PluginError that names the file, the member and what is wrong with it
 */
export function addPlugins(paths: readonly string[]): Promise<void> {
  return loadPlugins(paths, registers);
}

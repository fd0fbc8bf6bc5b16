import { selectionOf, wasmKernel } from '../chunkers/chunker.ts';
import { disorder, sizeParameters } from '../chunkers/parameters.ts';
import { InputError, PluginError, VerificationError } from '../errors.ts';
import { formatBytes, formatNumber, formatShare } from '../format.ts';
import { factsOf, round } from '../measures/measurement.ts';
import {
  chartOf,
  described,
  imageLabels,
  inOrder,
  lineChannels,
  modelChannels,
  modelScales,
  pointLegend,
  spread,
} from '../report/charts/chart.ts';
import { labelModels } from '../report/models.ts';
import { Rope } from '../streams/rope.ts';
import { MemorySource, readAll } from '../streams/source.ts';
import { applyLayers } from '../trees/layers.ts';

/** What members of this tree use and those of a plug-in may: handed to its default export where that is a function. */
export interface Tools {
  readonly sizeParameters: typeof sizeParameters;
  readonly disorder: typeof disorder;
  readonly wasmKernel: typeof wasmKernel;
  readonly selectionOf: typeof selectionOf;
  readonly MemorySource: typeof MemorySource;
  readonly Rope: typeof Rope;
  readonly readAll: typeof readAll;
  readonly applyLayers: typeof applyLayers;
  readonly InputError: typeof InputError;
  readonly VerificationError: typeof VerificationError;
  readonly PluginError: typeof PluginError;
  readonly factsOf: typeof factsOf;
  readonly round: typeof round;
  readonly chartOf: typeof chartOf;
  readonly described: typeof described;
  readonly imageLabels: typeof imageLabels;
  readonly inOrder: typeof inOrder;
  readonly labelModels: typeof labelModels;
  readonly lineChannels: typeof lineChannels;
  readonly modelChannels: typeof modelChannels;
  readonly modelScales: typeof modelScales;
  readonly pointLegend: typeof pointLegend;
  readonly spread: typeof spread;
  readonly formatBytes: typeof formatBytes;
  readonly formatNumber: typeof formatNumber;
  readonly formatShare: typeof formatShare;
  /** All of bench/verdict.ts, for experiments; empty in threads, which answer nothing. */
  readonly verdict: Readonly<Record<string, unknown>>;
}

export const tools: Tools = {
  // Chunkers.
  sizeParameters,
  disorder,
  wasmKernel,
  selectionOf,
  // Codecs, serialisers, packers, fetchers.
  MemorySource,
  Rope,
  readAll,
  applyLayers,
  InputError,
  VerificationError,
  PluginError,
  // Measures.
  factsOf,
  round,
  // Charts.
  chartOf,
  described,
  imageLabels,
  inOrder,
  labelModels,
  lineChannels,
  modelChannels,
  modelScales,
  pointLegend,
  spread,
  formatBytes,
  formatNumber,
  formatShare,
  // Experiments.
  verdict: {},
};

import { PluginError } from '../../errors.ts';
import { withoutVainSums } from '../sums.ts';
import type { View } from '../view.ts';
import { alignment } from './alignment.ts';
import type { Chart, ChartMaker } from './chart.ts';
import { chunkSize } from './chunk-size.ts';
import { chunkerSpeed } from './chunker-speed.ts';
import { fastest } from './fastest.ts';
import { pairs } from './pairs.ts';
import { parallelCuts } from './parallel-cuts.ts';
import { parallelism } from './parallelism.ts';
import { parameters } from './parameters.ts';
import { pareto } from './pareto.ts';
import { sentAndStored } from './sent-and-stored.ts';
import { speedUp } from './speed-up.ts';
import { storedBytes } from './stored-bytes.ts';
import { timeModel } from './time-model.ts';
import { transferPerUpdate } from './transfer-per-update.ts';

export type { Chart, ChartMaker } from './chart.ts';

const chartMakers: ChartMaker[] = [];

/** One file = one figure = one question, in the order of the report; those of plug-ins follow. */
export const charts: readonly ChartMaker[] = chartMakers;

export function registerCharts(more: readonly ChartMaker[]): void {
  chartMakers.push(...more);
}

registerCharts([
  storedBytes, //        stored.bytes over images
  transferPerUpdate, //  transfer.bytes over updates
  pairs, //              transfer.bytes over pairs of images
  chunkSize, //          dedup.unique_bytes and transfer.requests over chunks.mean
  parameters, //         dedup.reuse_left over pairs of chunk parameters
  alignment, //          dedup.store_reflinkable_share over dedup.unique_bytes
  pareto, //             stored.bytes over transfer.requests
  sentAndStored, //      stored.bytes over transfer.bytes, where there are deltas
  fastest, //            transfer.network_ms over a grid of links
  timeModel, //          transfer.measured_ms over transfer.network_ms
  speedUp, //            throughput.*_speedup over workers
  parallelism, //        parallel.*_speed_up over cores
  parallelCuts, //       parallel.cut_speed_up by chunker
  chunkerSpeed, //       speed.rate by chunker and size
]);

/** The charts that this run has data for. @param failed told of each chart of a plug-in that cannot be drawn */
export function drawCharts(
  view: View,
  failed: (error: PluginError) => void = () => {},
): readonly Chart[] {
  const drawn: Chart[] = [];
  const shown = withoutVainSums(view);
  for (const make of charts) {
    try {
      const chart = make(shown);
      if (!chart) continue;
      checkName(chart, drawn);
      drawn.push(chart);
    } catch (error) {
      if (!(error instanceof PluginError)) throw error;
      failed(error);
    }
  }
  return drawn;
}

/** It names a file, and an anchor of the page. */
function checkName({ name }: Chart, others: readonly Chart[]): void {
  if (others.every((other) => other.name !== name)) return;
  throw new PluginError(`there is a chart '${name}' already`, {}, 'give it another name');
}

import type { View } from '../view.ts';
import type { Chart, ChartMaker } from './chart.ts';
import { chunkSize } from './chunk-size.ts';
import { chunkerSpeed } from './chunker-speed.ts';
import { fastest } from './fastest.ts';
import { pairs } from './pairs.ts';
import { pareto } from './pareto.ts';
import { sentAndStored } from './sent-and-stored.ts';
import { speedUp } from './speed-up.ts';
import { storedBytes } from './stored-bytes.ts';
import { timeModel } from './time-model.ts';
import { transferPerUpdate } from './transfer-per-update.ts';

export type { Chart, ChartMaker } from './chart.ts';

/** One file = one figure = one question, in the order of the report. */
export const charts: readonly ChartMaker[] = [
  storedBytes, //        stored.bytes over images
  transferPerUpdate, //  transfer.bytes over updates
  pairs, //              transfer.bytes over pairs of images
  chunkSize, //          dedup.unique_bytes and transfer.requests over chunks.mean
  pareto, //             stored.bytes over transfer.requests
  sentAndStored, //      stored.bytes over transfer.bytes, where there are deltas
  fastest, //            transfer.network_ms over a grid of links
  timeModel, //          transfer.measured_ms over transfer.network_ms
  speedUp, //            throughput.*_speedup over workers
  chunkerSpeed, //       speed.rate by chunker and size
];

/** The charts that this run has data for. */
export function drawCharts(view: View): readonly Chart[] {
  return charts.map((make) => make(view)).filter((chart) => chart !== undefined);
}

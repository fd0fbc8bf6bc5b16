import { formatBytes } from '../../format.ts';
import { printable } from '../escape.ts';
import { labelModels } from '../models.ts';
import { lastImage, meanPerUpdate } from '../view.ts';
import {
  type ChartMaker,
  chartOf,
  type Datum,
  DECIMAL,
  described,
  modelChannels,
  spread,
} from './chart.ts';

/** Deltas buy small updates with storage: what does each model send, and what does it keep? */
export const sentAndStored: ChartMaker = (view) => {
  const image = lastImage(view);
  if (image === undefined || view.of('stored.delta_bytes').length === 0) return undefined;
  const labels = labelModels(view.info.models);
  const data: Datum[] = view.info.models.flatMap((model) => {
    const sent = meanPerUpdate(view, model.id, 'transfer.bytes');
    const stored = view.number(image, model.id, 'stored.bytes');
    if (sent === undefined || stored === undefined) return [];
    const label = labels.get(model.id)!;
    return {
      model: label,
      sent: sent / 1e6,
      stored: stored / 1e6,
      description: printable(
        `${label}: ${formatBytes(sent)} an update, ${formatBytes(stored)} stored`,
      ),
    };
  });
  const { scale, values } = spread(data.map(({ sent }) => Number(sent)));
  return chartOf(view, data, {
    name: 'sent-and-stored',
    title: 'Bytes sent against bytes stored',
    subtitle: 'Towards the lower left is better; deltas send little and are stored beside layers',
    question: 'What do deltas save on the wire, and what do they cost the registry?',
    caption: `Mean bytes that a client with the previous image pulls, MB (10⁶ bytes), against registry bytes of the series up to ${image}, MB, deltas and layers together (axis does not start at zero). Less is better in both. Baseline: oci-gzip (grey square), where it was measured.`,
    body: {
      width: 560,
      height: 340,
      data: { values: data },
      encoding: {
        x: {
          field: 'sent',
          type: 'quantitative',
          title: 'pulled per update (mean), MB',
          scale: { ...scale, padding: 16 },
          axis: { format: DECIMAL, grid: true, ...(values ? { values } : {}) },
        },
        y: {
          field: 'stored',
          type: 'quantitative',
          title: 'stored bytes of the series, MB',
          scale: { zero: false, nice: true, padding: 28 },
          axis: { format: DECIMAL },
        },
      },
      layer: [
        {
          mark: { type: 'point', filled: true, size: 80, opacity: 1 },
          encoding: { ...modelChannels(view, data), description: described },
        },
      ],
    },
  });
};

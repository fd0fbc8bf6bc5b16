import { formatBytes, formatNumber } from '../../format.ts';
import { paretoFront } from '../../stats/mod.ts';
import { printable } from '../escape.ts';
import { labelModels } from '../models.ts';
import { lastImage, meanPerUpdate, updates } from '../view.ts';
import {
  type ChartMaker,
  chartOf,
  type Datum,
  DECIMAL,
  described,
  modelChannels,
  spread,
} from './chart.ts';

/** Bytes and requests pull in opposite directions: which models does no other beat in both? */
export const pareto: ChartMaker = (view) => {
  const image = lastImage(view);
  if (image === undefined) return undefined;
  const labels = labelModels(view.info.models);
  const isSeries = updates(view).length > 0;
  const asked = isSeries ? 'requests per update (mean)' : 'requests of a cold pull';
  const points = view.info.models.flatMap((model) => {
    const bytes = view.number(image, model.id, 'stored.bytes');
    const requests = isSeries
      ? meanPerUpdate(view, model.id, 'transfer.requests')
      : view.number(image, model.id, 'transfer.requests', 'none');
    if (bytes === undefined || requests === undefined) return [];
    return { label: labels.get(model.id)!, bytes, requests };
  });
  const front = new Set(
    paretoFront(
      points,
      (point) => point.bytes,
      (point) => point.requests,
    ),
  );
  const data: Datum[] = points.map((point) => ({
    model: point.label,
    requests: point.requests,
    megabytes: point.bytes / 1e6,
    front: front.has(point),
    description: printable(
      `${point.label}: ${formatBytes(point.bytes)} stored, ${formatNumber(point.requests, 1)} ${asked}${front.has(point) ? ', on the front' : ''}`,
    ),
  }));
  const { scale, values } = spread(points.map(({ requests }) => requests));
  const x = {
    field: 'requests',
    type: 'quantitative',
    title: asked,
    scale: { ...scale, padding: 16 },
    axis: { format: DECIMAL, grid: true, ...(values ? { values } : {}) },
  };
  const y = {
    field: 'megabytes',
    type: 'quantitative',
    title: 'stored bytes of the series, MB',
    scale: { zero: false, nice: true, padding: 28 },
    axis: { format: DECIMAL },
  };
  const onFront = [{ filter: 'datum.front' }];
  return chartOf(view, data, {
    name: 'pareto',
    title: 'Stored bytes against requests',
    subtitle:
      'Towards the lower left is better; the stepped line joins models that no other beats in both',
    question: 'Which models does no other beat both in stored bytes and in requests?',
    caption: `Registry bytes of the series up to ${image}, MB (10⁶ bytes; axis does not start at zero), against ${asked}${isSeries ? ' of a client with the previous image' : ''}. Less is better in both. The line is the Pareto front. Baseline: oci-gzip (grey square).`,
    body: {
      width: 560,
      height: 340,
      data: { values: data },
      encoding: { x, y },
      layer: [
        {
          transform: onFront,
          mark: {
            type: 'line',
            interpolate: 'step-after',
            color: 'currentColor',
            opacity: 0.4,
            strokeWidth: 1.5,
            aria: false,
          },
        },
        {
          transform: onFront,
          mark: {
            type: 'point',
            shape: 'circle',
            size: 260,
            color: 'currentColor',
            opacity: 0.5,
            aria: false,
          },
        },
        {
          mark: { type: 'point', filled: true, size: 80, opacity: 1 },
          encoding: { ...modelChannels(view, data), description: described },
        },
        {
          transform: onFront,
          mark: { type: 'text', dy: 19, aria: false },
          encoding: { text: { field: 'model', type: 'nominal' } },
        },
      ],
    },
  });
};

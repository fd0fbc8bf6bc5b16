import { formatBytes, formatNumber } from '../../format.ts';
import { paretoFront } from '../../stats/mod.ts';
import { lastImage, meanPerUpdate, updates } from '../view.ts';
import {
  axisUnit,
  type ChartMaker,
  chartOf,
  closeAxis,
  dataOfModels,
  FRAME,
  points,
  wideAxis,
} from './chart.ts';

/** Bytes and requests pull in opposite directions: which models does no other beat in both? */
export const pareto: ChartMaker = (view) => {
  const image = lastImage(view);
  if (image === undefined) return undefined;
  const isSeries = updates(view).length > 0;
  const asked = isSeries ? 'requests per update (mean)' : 'requests of a cold pull';
  const both = view.info.models.flatMap(({ id }) => {
    const bytes = view.number(image, id, 'stored.bytes');
    const requests = isSeries
      ? meanPerUpdate(view, id, 'transfer.requests')
      : view.number(image, id, 'transfer.requests', 'none');
    return bytes === undefined || requests === undefined ? [] : [{ id, bytes, requests }];
  });
  const front = new Set(
    paretoFront(
      both,
      ({ bytes }) => bytes,
      ({ requests }) => requests,
    ),
  );
  const unit = axisUnit(both.map(({ bytes }) => bytes));
  const data = dataOfModels(view, (model, label) =>
    both
      .filter(({ id }) => id === model.id)
      .map((one) => ({
        requests: one.requests,
        stored: one.bytes / unit.bytes,
        front: front.has(one),
        description: `${label}: ${formatBytes(one.bytes)} stored, ${formatNumber(one.requests, 1)} ${asked}${front.has(one) ? ', on the front' : ''}`,
      })),
  );
  const onFront = [{ filter: 'datum.front' }];
  return chartOf(view, data, {
    name: 'pareto',
    title: 'Stored bytes against requests',
    subtitle:
      'Towards the lower left is better; the stepped line joins models that no other beats in both',
    question: 'Which models does no other beat both in stored bytes and in requests?',
    caption: `Registry bytes of the series up to ${image}, ${unit.name} (axis does not start at zero), against ${asked}${isSeries ? ' of a client with the previous image' : ''}. Less is better in both. The line is the Pareto front.`,
    hasBaseline: true,
    body: {
      ...FRAME,
      encoding: {
        x: wideAxis(
          'requests',
          asked,
          both.map(({ requests }) => requests),
        ),
        y: closeAxis('stored', `stored bytes of the series, ${unit.name}`),
      },
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
        points(view, data),
        {
          transform: onFront,
          mark: { type: 'text', dy: 19, aria: false },
          encoding: { text: { field: 'model', type: 'nominal' } },
        },
      ],
    },
  });
};

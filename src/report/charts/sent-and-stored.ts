import { formatBytes } from '../../format.ts';
import { lastImage, meanPerUpdate } from '../view.ts';
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

/** Deltas buy small updates with storage: what does each model send, and what does it keep? */
export const sentAndStored: ChartMaker = (view) => {
  const image = lastImage(view);
  if (image === undefined || view.of('stored.delta_bytes').length === 0) return undefined;
  const both = view.info.models.flatMap(({ id }) => {
    const sent = meanPerUpdate(view, id, 'transfer.bytes');
    const stored = view.number(image, id, 'stored.bytes');
    return sent === undefined || stored === undefined ? [] : [{ id, sent, stored }];
  });
  const [sentIn, storedIn] = [
    axisUnit(both.map(({ sent }) => sent)),
    axisUnit(both.map(({ stored }) => stored)),
  ];
  const data = dataOfModels(view, (model, label) =>
    both
      .filter(({ id }) => id === model.id)
      .map(({ sent, stored }) => ({
        sent: sent / sentIn.bytes,
        stored: stored / storedIn.bytes,
        description: `${label}: ${formatBytes(sent)} an update (mean), ${formatBytes(stored)} stored`,
      })),
  );
  return chartOf(view, data, {
    name: 'sent-and-stored',
    title: 'Bytes sent against bytes stored',
    subtitle: 'Towards the lower left is better; deltas send little and are stored beside layers',
    question: 'What do deltas save on the wire, and what do they cost the registry?',
    caption: `Mean bytes that a client with the previous image pulls, ${sentIn.name}, against registry bytes of the series up to ${image}, ${storedIn.name}, deltas and layers together (axis does not start at zero). Less is better in both.`,
    hasBaseline: true,
    body: {
      ...FRAME,
      encoding: {
        x: wideAxis(
          'sent',
          `pulled per update (mean), ${sentIn.name}`,
          data.map(({ sent }) => Number(sent)),
        ),
        y: closeAxis('stored', `stored bytes of the series, ${storedIn.name}`),
      },
      layer: [points(view, data)],
    },
  });
};

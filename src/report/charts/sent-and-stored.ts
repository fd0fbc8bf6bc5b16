import { formatBytes, listWords } from '../../format.ts';
import { countSteps, kindName, meanPerStep, perStep } from '../steps.ts';
import { lastImage } from '../view.ts';
import {
  axisUnit,
  byKind,
  type ChartMaker,
  chartOf,
  closeAxis,
  dataOfModels,
  FRAME,
  points,
  whereItBegins,
  wideAxis,
} from './chart.ts';

/** Deltas buy small steps with storage: what does each model send, and what does it keep? */
export const sentAndStored: ChartMaker = (view) => {
  const image = lastImage(view);
  if (image === undefined || view.of('stored.delta_bytes').length === 0) return undefined;
  const both = view.info.models.flatMap(({ id }) =>
    view.steps.flatMap((group) => {
      const sent = meanPerStep(view, group, id, 'transfer.bytes');
      const stored = view.number(image, id, 'stored.bytes');
      return sent === undefined || stored === undefined ? [] : [{ id, group, sent, stored }];
    }),
  );
  const [sentIn, storedIn] = [
    axisUnit(both.map(({ sent }) => sent)),
    axisUnit(both.map(({ stored }) => stored)),
  ];
  const data = dataOfModels(view, (model, label) =>
    both
      .filter(({ id }) => id === model.id)
      .map(({ group, sent, stored }) => ({
        kind: kindName(group.kind),
        sent: sent / sentIn.bytes,
        stored: stored / storedIn.bytes,
        description: `${label}: ${formatBytes(sent)} ${perStep(group)}, ${formatBytes(stored)} stored`,
      })),
  );
  const groups = view.steps.filter((group) => both.some((one) => one.group === group));
  return chartOf(view, data, {
    name: 'sent-and-stored',
    title: 'Bytes sent against bytes stored',
    subtitle: 'Towards the lower left is better; deltas send little and are stored beside layers',
    question: 'What do deltas save on the wire, and what do they cost the registry?',
    caption: `Mean bytes that a client with the previous image pulls, by kind of step (${listWords(countSteps(groups))}), ${sentIn.name}, against registry bytes of the series up to ${image}, ${storedIn.name}, deltas and layers together (${whereItBegins(both.map(({ stored }) => stored))}). Less is better in both.`,
    hasBaseline: true,
    body: byKind(groups, (group) => ({
      ...FRAME,
      ...(groups.length > 1 ? { width: 340 } : {}),
      encoding: {
        x: wideAxis(
          'sent',
          `pulled ${perStep(group)}, ${sentIn.name}`,
          both.filter((one) => one.group === group).map(({ sent }) => sent / sentIn.bytes),
        ),
        y: closeAxis(
          'stored',
          `stored bytes of the series, ${storedIn.name}`,
          both.map(({ stored }) => stored / storedIn.bytes),
        ),
      },
      layer: [points(view, data)],
    })),
  });
};

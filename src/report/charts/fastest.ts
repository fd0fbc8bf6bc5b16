import { formatNumber } from '../../format.ts';
import type { RunLink } from '../../results/run.ts';
import { groupBy } from '../group.ts';
import { labelModels } from '../models.ts';
import {
  type ChartMaker,
  chartOf,
  type Datum,
  described,
  inOrder,
  modelScales,
  stepFacet,
  stepPanels,
} from './chart.ts';

const COLUMNS = 2;
/** More panels are no longer compared by eye; the export has all times. */
const MOST_PANELS = 6;

/** Which model brings the next image first, over a grid of bandwidth and round trip. */
export const fastest: ChartMaker = (view) => {
  const { links } = view.info;
  const [bandwidths, roundTrips] = [valuesOf(links, 'bandwidth'), valuesOf(links, 'roundTripMs')];
  // Links that leave places of the grid empty, as those of a run by default do, or that share one, make no map.
  const places = new Set(links.map(({ bandwidth, roundTripMs }) => `${bandwidth} ${roundTripMs}`));
  const isGrid = bandwidths.length > 1 && roundTrips.length > 1 && places.size === links.length;
  if (!isGrid || places.size !== bandwidths.length * roundTrips.length) return undefined;
  const labels = labelModels(view.info.models);
  const titled = new Map(links.map((link) => [link.id, link]));
  const most = Math.ceil(MOST_PANELS / Math.max(1, view.steps.length));
  const { shown, omitted } = stepPanels(view, () => most);
  const panels = new Map(shown.map((panel) => [panel.image, panel]));
  const times = view
    .of('transfer.network_ms')
    .filter(({ client, image }) => client === 'previous' && panels.has(image));
  const data: Datum[] = [...groupBy(times, ({ image, link }) => `${image}\n${link}`)].flatMap(
    ([, records]) => {
      const [first, second] = records.toSorted((a, b) => Number(a.value) - Number(b.value));
      const link = titled.get(first!.link ?? '');
      if (!link || !second) return [];
      const [model, seconds] = [labels.get(first!.model)!, secondsOf(Number(first!.value))];
      return {
        model,
        step: panels.get(first!.image)!.title,
        bandwidth: bandwidthOf(link.bandwidth),
        roundTrip: formatNumber(link.roundTripMs),
        seconds,
        description: `${panels.get(first!.image)!.kind} to ${first!.image}, ${link.title}: ${model} ${seconds} s; next ${labels.get(second.model)!} ${secondsOf(Number(second.value))} s`,
      };
    },
  );
  const { colour } = modelScales(view, data);
  return chartOf(view, data, {
    name: 'fastest',
    title: 'Fastest model by link',
    subtitle: 'Colour: the model with the least modelled time of a step; figure: that time, s',
    question: 'Which model brings the next image first, over which bandwidth and round trip?',
    caption: `For each link, the model with the least modelled network time for a client with the previous image (METHODS.md, Time), and that time in seconds, without unpacking. One panel a step.${omitted} Baseline: none, every model of the run takes part; the table has all times.`,
    body: {
      facet: stepFacet(shown),
      columns: COLUMNS,
      spacing: 24,
      spec: {
        width: { step: 52 },
        height: { step: 30 },
        encoding: {
          x: {
            field: 'bandwidth',
            type: 'ordinal',
            ...inOrder(bandwidths.map(bandwidthOf)),
            title: 'bandwidth, Mb/s',
            axis: { labelOverlap: false },
          },
          y: {
            field: 'roundTrip',
            type: 'ordinal',
            ...inOrder(roundTrips.map((ms) => formatNumber(ms))),
            title: 'round trip, ms',
          },
        },
        layer: [
          {
            mark: { type: 'rect' },
            encoding: {
              color: {
                field: 'model',
                type: 'nominal',
                scale: colour,
                sort: null,
                // Chains that differ in a parameter are named by all of it.
                legend: { title: 'fastest', orient: 'bottom', columns: 1, labelLimit: 0 },
              },
              description: described,
            },
          },
          {
            mark: { type: 'text', aria: false, fontSize: 10.5, fill: '#1a1a1a' },
            encoding: { text: { field: 'seconds', type: 'nominal' } },
          },
        ],
      },
    },
  });
};

function valuesOf(
  links: readonly RunLink[],
  field: 'bandwidth' | 'roundTripMs',
): readonly number[] {
  return [...new Set(links.map((link) => link[field]))].toSorted((a, b) => a - b);
}

function bandwidthOf(bitsPerSecond: number): string {
  const megabits = bitsPerSecond / 1e6;
  return formatNumber(megabits, Number.isInteger(megabits) ? 0 : 1);
}

function secondsOf(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return formatNumber(seconds, seconds < 10 ? 2 : 0);
}

import { formatBytes, listWords } from '../../format.ts';
import { clientWith } from '../../measures/clients.ts';
import { labelModels } from '../models.ts';
import type { View } from '../view.ts';
import {
  amountIn,
  axisUnit,
  type ChartMaker,
  chartOf,
  type Datum,
  described,
  imageLabels,
} from './chart.ts';

const COLUMNS = 3;
/** More panels are no longer compared by eye; the export has them all. */
const MOST_PANELS = 6;
/** More images leave no room for figures in the squares. */
const MOST_FIGURES = 10;
const NOTHING = 'nothing';
/** From little to much; figures are dark on the first half and light on the second. */
export const COLOURS: readonly string[] = ['#eaf3fb', '#9ecae1', '#4292c6', '#08519c', '#08306b'];

/** Bytes from every image of a dataset to every other one, a map for each model. */
export const pairs: ChartMaker = (view) => {
  const shown = shownModels(view);
  const labels = labelModels(view.info.models);
  const images = imageLabels(view);
  const squares = shown.flatMap((model) =>
    view.info.images.flatMap((wanted) =>
      [undefined, ...view.info.images].flatMap((held) => {
        const client = held ? clientWith(held.id) : 'none';
        const bytes = view.number(wanted.id, model, 'transfer.bytes', client);
        return bytes === undefined ? [] : [{ model, wanted: wanted.id, held: held?.id, bytes }];
      }),
    ),
  );
  const sizes = squares.map(({ bytes }) => bytes);
  const [most, unit] = [Math.max(...sizes), axisUnit(sizes)];
  const data: Datum[] = squares.map(({ model, wanted, held, bytes }) => ({
    model: labels.get(model)!,
    wanted: images.get(wanted)!,
    held: held === undefined ? NOTHING : images.get(held)!,
    pulled: bytes / unit.bytes,
    amount: amountIn(bytes, unit, bytes < 10 * unit.bytes ? 1 : 0),
    isMuch: bytes > most / 2,
    description: `${labels.get(model)!}, from ${held ?? NOTHING} to ${wanted}: ${formatBytes(bytes)}`,
  }));
  const order = [...images.values()];
  const panels = shown.map((model) => labels.get(model)!);
  const size = order.length <= MOST_FIGURES ? 36 : 14;
  const omitted = shown.length < withPairs(view).length ? ` Shown: ${listWords(panels)}.` : '';
  // One colour scale is for the squares: figures that choose their colour by a channel would get a second legend.
  const figures = [true, false].map((isMuch) => ({
    transform: [{ filter: `${isMuch ? '' : '!'}datum.isMuch` }],
    mark: { type: 'text', aria: false, fontSize: 10.5, fill: isMuch ? '#ffffff' : '#1a1a1a' },
    encoding: { text: { field: 'amount', type: 'nominal' } },
  }));
  return chartOf(view, data, {
    name: 'pairs',
    title: 'Transfer from any image to any other',
    subtitle: `Bytes pulled, ${unit.name}; less (lighter) is better; the first column is a cold pull`,
    question: 'What does a client download for one image when it has any other one?',
    caption: `Bytes of content and metadata that a client pulls for the image of the row when it has that of the column alone, in ${unit.name}, without HTTP headers; less is better. Baseline: the first column, a client with nothing. A client with the same image resolves the manifest only: left blank.${omitted}`,
    body: {
      facet: { field: 'model', type: 'nominal', sort: panels, title: null },
      columns: Math.min(COLUMNS, panels.length),
      spacing: 24,
      spec: {
        width: { step: size },
        height: { step: size },
        encoding: {
          x: {
            field: 'held',
            type: 'nominal',
            sort: [NOTHING, ...order],
            title: 'held',
            axis: { labelAngle: -45, labelAlign: 'right', labelOverlap: false },
          },
          y: { field: 'wanted', type: 'nominal', sort: order, title: 'wanted' },
        },
        layer: [
          {
            mark: { type: 'rect' },
            encoding: {
              color: {
                field: 'pulled',
                type: 'quantitative',
                scale: { range: COLOURS, zero: true },
                legend: { title: `pulled, ${unit.name}` },
              },
              description: described,
            },
          },
          ...(order.length <= MOST_FIGURES ? figures : []),
        ],
      },
    },
  });
};

function withPairs(view: View): readonly string[] {
  const measured = new Set(
    view
      .of('transfer.bytes')
      .filter(({ client }) => client.startsWith('image:'))
      .map(({ model }) => model),
  );
  return view.info.models.map(({ id }) => id).filter((id) => measured.has(id));
}

/** All where there is room; else those with a name: a sweep of chunk sizes would fill the page with maps that look alike. */
function shownModels(view: View): readonly string[] {
  const all = withPairs(view);
  if (all.length <= MOST_PANELS) return all;
  const named = new Set(view.info.models.filter(({ alias }) => alias).map(({ id }) => id));
  const formats = all.filter((id) => named.has(id));
  return (formats.length > 0 ? formats : all).slice(0, MOST_PANELS);
}

import { formatBytes, plural } from '../../format.ts';
import {
  amountIn,
  axisUnit,
  type ChartMaker,
  chartOf,
  dataOfModels,
  described,
  inOrder,
  modelScales,
  updatePanels,
} from './chart.ts';

const COLUMNS = 4;

/** More panels than this are no longer compared by eye; the tables have them all. */
const MOST_PANELS = 12;

/** What a client with the previous image downloads to get the next one. */
export const transferPerUpdate: ChartMaker = (view) => {
  const { shown, omitted, facet, titleOf } = updatePanels(view, MOST_PANELS);
  const pulled = (image: string, model: string): number | undefined =>
    view.number(image, model, 'transfer.bytes', 'previous');
  const unit = axisUnit(
    shown.flatMap((image) => view.info.models.map(({ id }) => pulled(image, id) ?? 0)),
  );
  const data = dataOfModels(view, (model, label) =>
    shown.flatMap((image) => {
      const bytes = pulled(image, model.id);
      if (bytes === undefined) return [];
      const requests = view.number(image, model.id, 'transfer.requests', 'previous');
      const asked = requests === undefined ? '' : ` in ${plural(requests, 'request')}`;
      return {
        update: titleOf(image),
        pulled: bytes / unit.bytes,
        amount: amountIn(bytes, unit, 1),
        description: `${label}, update to ${image}: ${formatBytes(bytes)}${asked}`,
      };
    }),
  );
  const scales = modelScales(view, data);
  const y = { field: 'model', type: 'nominal', ...inOrder(scales.labels), title: null };
  const x = { field: 'pulled', type: 'quantitative' };
  return chartOf(view, data, {
    name: 'transfer-per-update',
    title: 'Transfer per update',
    subtitle: `Bytes pulled by a client that has the previous image, ${unit.name}; less is better`,
    question: 'What does a client that has the previous image download to get the next?',
    caption: `Bytes of content and metadata that a client with the previous image pulls, in ${unit.name}, without HTTP headers; less is better. Each panel is one update of the series.${omitted}`,
    hasBaseline: true,
    body: {
      facet,
      columns: COLUMNS,
      spacing: 18,
      spec: {
        width: Math.max(130, Math.min(420, 640 / Math.min(COLUMNS, shown.length))),
        height: { step: 19 },
        encoding: { y },
        layer: [
          {
            mark: { type: 'bar', height: 12 },
            encoding: {
              x: { ...x, title: `pulled, ${unit.name}`, axis: { grid: true, tickCount: 4 } },
              color: { field: 'model', type: 'nominal', scale: scales.colour, legend: null },
              description: described,
            },
          },
          {
            mark: { type: 'text', align: 'left', dx: 4, aria: false },
            encoding: { x, text: { field: 'amount', type: 'nominal' } },
          },
        ],
      },
    },
  });
};

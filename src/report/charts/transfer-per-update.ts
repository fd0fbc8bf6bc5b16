import { formatBytes, formatNumber, plural } from '../../format.ts';
import { printable } from '../escape.ts';
import { labelModels } from '../models.ts';
import { updates } from '../view.ts';
import {
  type ChartMaker,
  chartOf,
  type Datum,
  described,
  imageLabels,
  inOrder,
  modelScales,
} from './chart.ts';

const COLUMNS = 4;

/** More panels than this are no longer compared by eye; the tables have them all. */
const MOST_PANELS = 12;

/** What a client with the previous image downloads to get the next one. */
export const transferPerUpdate: ChartMaker = (view) => {
  const labels = labelModels(view.info.models);
  const images = imageLabels(view);
  const all = updates(view);
  const steps = all.slice(-MOST_PANELS);
  const omitted =
    steps.length < all.length ? ` The last ${steps.length} of ${all.length} updates.` : '';
  const data: Datum[] = steps.flatMap((image) =>
    view.info.models.flatMap((model) => {
      const bytes = view.number(image, model.id, 'transfer.bytes', 'previous');
      if (bytes === undefined) return [];
      const label = labels.get(model.id)!;
      const requests = view.number(image, model.id, 'transfer.requests', 'previous');
      const asked = requests === undefined ? '' : ` in ${plural(requests, 'request')}`;
      return {
        model: label,
        update: `→ ${images.get(image)!}`,
        megabytes: bytes / 1e6,
        amount: formatNumber(bytes / 1e6, 1),
        description: printable(`${label}, update to ${image}: ${formatBytes(bytes)}${asked}`),
      };
    }),
  );
  const scales = modelScales(view, data);
  const y = { field: 'model', type: 'nominal', ...inOrder(scales.labels), title: null };
  return chartOf(view, data, {
    name: 'transfer-per-update',
    title: 'Transfer per update',
    subtitle:
      'Bytes pulled by a client that holds the image before, MB; less is better; baseline oci-gzip in grey',
    question: 'What does a client that holds the previous image download to get the next?',
    caption: `Bytes of content and metadata that a client holding the previous image pulls, in MB (10⁶ bytes), without HTTP headers; less is better. Each panel is one update of the series. Baseline: oci-gzip (grey).${omitted}`,
    body: {
      data: { values: data },
      facet: {
        field: 'update',
        type: 'nominal',
        sort: steps.map((image) => `→ ${images.get(image)!}`),
        title: null,
      },
      columns: COLUMNS,
      spacing: 18,
      spec: {
        width: Math.max(130, Math.min(420, 640 / Math.min(COLUMNS, steps.length))),
        height: { step: 19 },
        encoding: { y },
        layer: [
          {
            mark: { type: 'bar', height: 12 },
            encoding: {
              x: {
                field: 'megabytes',
                type: 'quantitative',
                title: 'pulled, MB',
                axis: { grid: true, tickCount: 4 },
              },
              color: { field: 'model', type: 'nominal', scale: scales.colour, legend: null },
              description: described,
            },
          },
          {
            mark: { type: 'text', align: 'left', dx: 4, aria: false },
            encoding: {
              x: { field: 'megabytes', type: 'quantitative' },
              text: { field: 'amount', type: 'nominal' },
            },
          },
        ],
      },
    },
  });
};

import { formatBytes } from '../../format.ts';
import { printable } from '../escape.ts';
import { labelModels } from '../models.ts';
import {
  type ChartMaker,
  chartOf,
  type Datum,
  described,
  imageLabels,
  inOrder,
  lineChannels,
  modelChannels,
  pointLegend,
} from './chart.ts';

/** What a registry keeps when the series is pushed image by image. */
export const storedBytes: ChartMaker = (view) => {
  const labels = labelModels(view.info.models);
  const images = imageLabels(view);
  const data: Datum[] = view.info.models.flatMap((model) =>
    view.info.images.flatMap((image) => {
      const bytes = view.number(image.id, model.id, 'stored.bytes');
      if (bytes === undefined) return [];
      const label = labels.get(model.id)!;
      return {
        model: label,
        image: images.get(image.id)!,
        megabytes: bytes / 1e6,
        description: printable(`${label}, images up to ${image.id}: ${formatBytes(bytes)} stored`),
      };
    }),
  );
  const order = [...images.values()];
  return chartOf(view, data, {
    name: 'stored-bytes',
    title: 'Stored bytes over the series',
    subtitle: 'Registry bytes of all images so far, MB; less is better; baseline oci-gzip in grey',
    question: 'What does a registry keep as the images of the series are pushed one after another?',
    caption:
      'Registry bytes of all images so far, content and metadata together, in MB (10⁶ bytes); less is better. Baseline: oci-gzip (grey squares).',
    body: {
      width: 560,
      height: 340,
      data: { values: data },
      encoding: {
        x: { field: 'image', type: 'ordinal', ...inOrder(order), title: 'image of the series' },
        y: { field: 'megabytes', type: 'quantitative', title: 'stored so far, MB' },
      },
      resolve: pointLegend,
      layer: [
        {
          mark: { type: 'line', strokeWidth: 2, aria: false },
          encoding: { ...lineChannels(view, data), order: { value: 0 } },
        },
        {
          mark: { type: 'point', filled: true, size: 60, opacity: 1 },
          encoding: { ...modelChannels(view, data), description: described },
        },
      ],
    },
  });
};

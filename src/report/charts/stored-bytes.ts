import { formatBytes } from '../../format.ts';
import { kindsOf } from '../steps.ts';
import {
  axisUnit,
  type ChartMaker,
  chartOf,
  dataOfModels,
  FRAME,
  imageLabels,
  inOrder,
  lineChannels,
  pointLegend,
  points,
} from './chart.ts';

/** Of more images not all have a label, and what lies between those is not told. */
const MOST_LABELLED = 24;

/** What a registry keeps when the series is pushed image by image. */
export const storedBytes: ChartMaker = (view) => {
  const kinds = view.info.images.length > MOST_LABELLED ? new Map() : kindsOf(view);
  const labels = imageLabels(view);
  // A second line says what led to the image: a jump to a release is not the growth of an update.
  const images = new Map(
    [...labels].map(([id, label]) => [id, [label, kinds.get(id)].filter(Boolean).join('\n')]),
  );
  const unit = axisUnit(view.of('stored.bytes').map(({ value }) => Number(value)));
  const data = dataOfModels(view, (model, label) =>
    view.info.images.flatMap((image) => {
      const bytes = view.number(image.id, model.id, 'stored.bytes');
      if (bytes === undefined) return [];
      return {
        image: images.get(image.id)!,
        stored: bytes / unit.bytes,
        description: `${label}, images up to ${image.id}: ${formatBytes(bytes)} stored`,
      };
    }),
  );
  const order = [...images.values()];
  return chartOf(view, data, {
    name: 'stored-bytes',
    title: 'Stored bytes over the series',
    subtitle: `Registry bytes of all images so far, ${unit.name}; less is better`,
    question: 'What does a registry keep as the images of the series are pushed one after another?',
    caption: `Registry bytes of all images so far, content and metadata together, in ${unit.name}; less is better.${kinds.size > 0 ? ' Below each image: the kind of the step that leads to it.' : ''}`,
    hasBaseline: true,
    body: {
      ...FRAME,
      encoding: {
        x: {
          field: 'image',
          type: 'ordinal',
          ...inOrder(order),
          title: 'image of the series',
          ...(kinds.size > 0 ? { axis: { labelExpr: "split(datum.label, '\\n')" } } : {}),
        },
        y: { field: 'stored', type: 'quantitative', title: `stored so far, ${unit.name}` },
      },
      resolve: pointLegend,
      layer: [
        {
          mark: { type: 'line', strokeWidth: 2, aria: false },
          encoding: { ...lineChannels(view, data), order: { value: 0 } },
        },
        points(view, data),
      ],
    },
  });
};

import { formatBytes, formatShare } from '../../format.ts';
import { lastImage } from '../view.ts';
import {
  axisUnit,
  type ChartMaker,
  chartOf,
  closeAxis,
  dataOfModels,
  described,
  FRAME,
  modelChannels,
} from './chart.ts';

const SHARE = 'dedup.store_reflinkable_share';

/** What a file system can share with a store of chunks, over what the series adds up to. */
export const alignment: ChartMaker = (view) => {
  const image = lastImage(view, SHARE);
  if (image === undefined) return undefined;
  const sizes = view.info.models.flatMap(({ id }) =>
    view.record(image, id, SHARE) ? (view.number(image, id, 'dedup.unique_bytes') ?? []) : [],
  );
  const unit = axisUnit(sizes);
  const data = dataOfModels(view, ({ id }, label) => {
    const share = view.number(image, id, SHARE);
    const unique = view.number(image, id, 'dedup.unique_bytes');
    if (share === undefined || unique === undefined) return [];
    return [
      {
        unique: unique / unit.bytes,
        shared: 100 * share,
        description: `${label}: ${formatShare(share)} of file bytes, ${formatBytes(unique)} unique`,
      },
    ];
  });
  return chartOf(view, data, {
    name: 'alignment',
    title: 'Blocks shared with a store of chunks',
    subtitle: 'Top left is better: most blocks shared, fewest unique bytes',
    question: 'Must cuts lie on blocks for a file system to share them, and what does it cost?',
    caption: `Share of file bytes of ${image} that a file system can share with the chunks they are made of, over unique bytes of the series so far, in ${unit.name}, before compression. Baseline: whole files, all of which can be shared.`,
    body: {
      ...FRAME,
      mark: { type: 'point', filled: true, size: 90, opacity: 0.9 },
      encoding: {
        x: closeAxis(
          'unique',
          `unique bytes, ${unit.name}`,
          data.map(({ unique }) => Number(unique)),
        ),
        y: {
          field: 'shared',
          type: 'quantitative',
          title: 'shared with a store, % of file bytes',
          scale: { domain: [0, 100] },
        },
        ...modelChannels(view, data),
        description: described,
      },
    },
  });
};

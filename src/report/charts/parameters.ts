import { formatBytes } from '../../format.ts';
import { reuseIn, shortChunker } from '../reuse.ts';
import { perStep } from '../steps.ts';
import { type ChartMaker, chartOf, type Datum, described } from './chart.ts';
import { COLOURS } from './pairs.ts';

/** Pixels of a square: room for a figure of three digits. */
const SQUARE = 30;

/** What is left to share between any two sets of chunk parameters. */
export const parameters: ChartMaker = (view) => {
  const reuse = reuseIn(view);
  if (!reuse) return undefined;
  const { chunkers, cell, steps } = reuse;
  const names = chunkers.map(shortChunker);
  const data = chunkers.flatMap((producer, row): readonly Datum[] =>
    chunkers.flatMap((consumer, column) => {
      const { left, bytes } = cell(producer, consumer);
      if (left === undefined) return [];
      const size = bytes === undefined ? '' : `, ${formatBytes(bytes)}`;
      return [
        {
          model: names[row]!,
          held: names[column]!,
          left: 100 * left,
          amount: (100 * left).toFixed(0),
          isMuch: left > 0.5,
          description: `Packed by ${names[row]}, held as cut by ${names[column]}: ${(100 * left).toFixed(1)} % of what equal parameters share${size}`,
        },
      ];
    }),
  );
  const figures = [true, false].map((isMuch) => ({
    transform: [{ filter: `${isMuch ? '' : '!'}datum.isMuch` }],
    mark: { type: 'text', aria: false, fontSize: 10.5, fill: isMuch ? '#ffffff' : '#1a1a1a' },
    encoding: { text: { field: 'amount', type: 'nominal' } },
  }));
  return chartOf(view, data, {
    name: 'parameters',
    title: 'Sharing left between chunk parameters',
    subtitle: `% of what equal parameters share, ${perStep(steps)}; more (darker) is better`,
    question: 'What is left to share where an image is packed by other chunk parameters?',
    caption: `Bytes of the new image's chunks that the image before has, by other parameters (columns), ÷ those that it has by the same (rows), in %, ${perStep(steps)}; more is better. Baseline: the diagonal, equal parameters on both sides. Before compression.`,
    body: {
      width: { step: SQUARE },
      height: { step: SQUARE },
      encoding: {
        x: {
          field: 'held',
          type: 'nominal',
          sort: names,
          title: 'image before cut by',
          axis: { labelAngle: -45, labelAlign: 'right', labelOverlap: false },
        },
        y: {
          field: 'model',
          type: 'nominal',
          sort: names,
          title: 'new image packed by',
        },
      },
      layer: [
        {
          mark: { type: 'rect' },
          encoding: {
            color: {
              field: 'left',
              type: 'quantitative',
              scale: { range: COLOURS, domain: [0, 100], clamp: true },
              legend: { title: 'left, %' },
            },
            description: described,
          },
        },
        ...figures,
      ],
    },
  });
};

import { printable } from '../escape.ts';
import { formatNumber, formatShare } from '../format.ts';
import { labelModels } from '../models.ts';
import { type ChartMaker, chartOf, type Datum, described, modelChannels } from './chart.ts';

const PANELS = [
  { measure: 'throughput.pack_speedup', title: 'pack' },
  { measure: 'throughput.unpack_speedup', title: 'unpack' },
] as const;

/** How packing and unpacking scale over workers. */
export const speedUp: ChartMaker = (view) => {
  const labels = labelModels(view.info.models);
  const data: Datum[] = PANELS.flatMap(({ measure, title }) =>
    view.of(measure).flatMap(({ model, workers, value, n }) => {
      const label = labels.get(model);
      if (workers === undefined || typeof value !== 'number' || label === undefined) return [];
      const times = n === undefined ? '' : `, ${n} repetitions`;
      return {
        model: label,
        operation: title,
        workers,
        speedUp: value,
        description: printable(
          `${label}, ${title} with ${workers} workers: ${formatNumber(value, 2)} times one worker${times}`,
        ),
      };
    }),
  );
  const most = Math.max(1, ...data.map(({ workers }) => Number(workers)));
  // With one worker alone there is nothing to compare.
  if (most < 2) return undefined;
  const noise = view.of('throughput.noise_floor')[0]?.value;
  const floor =
    typeof noise === 'number'
      ? ` One repetition differs from the next by ${formatShare(noise)} (median): smaller differences are none.`
      : '';
  const counts = [...new Set(data.map(({ workers }) => Number(workers)))].toSorted((a, b) => a - b);
  const ideal = PANELS.flatMap(({ title }) =>
    [1, most].map((workers) => ({ operation: title, workers, speedUp: workers })),
  );
  const channels = modelChannels(view, data);
  return chartOf(view, data, {
    name: 'speed-up',
    title: 'Speed-up over workers',
    subtitle:
      'Throughput ÷ throughput of one worker of the same model; more is better; dotted: ideal',
    question: 'How much faster are packing and unpacking with more workers?',
    caption: `Median throughput divided by that of the same model with one worker, without unit; more is better. The dotted line is the ideal (as many times faster as there are workers). Baseline: one worker; a model that makes one object has nothing to share out and stays there. Timed on ${view.info.environment.processor}, ${view.info.environment.cores} cores.${floor}`,
    body: {
      data: { values: data },
      facet: {
        column: { field: 'operation', type: 'nominal', title: null, sort: ['pack', 'unpack'] },
      },
      spacing: 28,
      spec: {
        width: 270,
        height: 270,
        layer: [
          {
            data: { values: ideal },
            mark: {
              type: 'line',
              color: 'currentColor',
              opacity: 0.6,
              strokeDash: [1, 3],
              aria: false,
            },
            encoding: { x: workersAxis(counts), y: speedAxis },
          },
          {
            mark: { type: 'line', strokeWidth: 2, aria: false },
            encoding: { x: workersAxis(counts), y: speedAxis, color: channels['color'] },
          },
          {
            mark: { type: 'point', filled: true, size: 65, opacity: 1 },
            encoding: {
              x: workersAxis(counts),
              y: speedAxis,
              ...channels,
              description: described,
            },
          },
        ],
      },
    },
  });
};

const speedAxis = {
  field: 'speedUp',
  type: 'quantitative',
  title: 'speed-up',
  scale: { zero: true, nice: true },
};

function workersAxis(counts: readonly number[]): object {
  return {
    field: 'workers',
    type: 'quantitative',
    title: 'workers',
    scale: { domain: [1, counts.at(-1)], nice: false, zero: false, padding: 10 },
    axis: { values: counts, format: 'd' },
  };
}

import { plural } from '../../format.ts';
import { MAIN_OPERATIONS } from '../../measures/throughput.ts';
import { labelModels } from '../models.ts';
import { floors, formatGain, intervalNames, noiseFloor } from '../noise.ts';
import { type ChartMaker, chartOf, type Datum, DOTTED, modelChannels, points } from './chart.ts';

/** How packing and unpacking scale over workers; what cannot be told from one worker is not drawn. */
export const speedUp: ChartMaker = (view) => {
  const labels = labelModels(view.info.models);
  const data: Datum[] = MAIN_OPERATIONS.flatMap((operation) =>
    view.of(`throughput.${operation}_speedup`).flatMap((record) => {
      const { model, workers, value, low, high } = record;
      const label = labels.get(model);
      if (workers === undefined || typeof value !== 'number' || label === undefined) return [];
      const gain = formatGain(view, record, noiseFloor(view, operation));
      const isOne = workers === 1;
      if (!isOne && gain === undefined) return [];
      return {
        model: label,
        operation,
        workers,
        speedUp: value,
        low: low ?? value,
        high: high ?? value,
        description: isOne
          ? `${label}, ${operation}: one worker, with which others are compared`
          : `${label}, ${operation} with ${workers} workers: ${gain} times one worker`,
      };
    }),
  );
  const most = Math.max(1, ...data.map(({ workers }) => Number(workers)));
  // With one worker alone there is nothing to compare.
  if (most < 2) return undefined;
  const spread = intervalNames(
    MAIN_OPERATIONS.flatMap((one) => view.of(`throughput.${one}_speedup`)),
  );
  const known = floors(view);
  const floor = known === undefined ? '' : ` Differences below ${known} are within noise.`;
  const counts = [...new Set(data.map(({ workers }) => Number(workers)))].toSorted((a, b) => a - b);
  const ideal = MAIN_OPERATIONS.flatMap((operation) =>
    [1, most].map((workers) => ({ operation, workers, speedUp: workers })),
  );
  const { color } = modelChannels(view, data);
  const [x, own] = [workersAxis(counts), points(view, data)];
  return chartOf(view, data, {
    name: 'speed-up',
    title: 'Speed-up over workers',
    subtitle: `Throughput ÷ that of one worker of the same model; more is better; bars: ${spread}; dotted: ideal`,
    question: 'How much faster are packing and unpacking with more workers?',
    caption: `Throughput divided by that of the same model with one worker in the same round, without unit; median with its ${spread}; more is better. The dotted line is the ideal (as many times faster as there are workers). Baseline: one worker. Left out: speed-ups within noise of 1; a model that makes one object cannot be parallelised. Timed on ${view.info.environment.processor}, ${plural(view.info.environment.cores, 'core')}.${floor}`,
    body: {
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
            mark: DOTTED,
            encoding: { x, y: speedAxis },
          },
          {
            mark: { type: 'line', strokeWidth: 2, aria: false },
            encoding: { x, y: speedAxis, color },
          },
          {
            mark: { type: 'rule', opacity: 0.7, aria: false },
            encoding: {
              x,
              y: { ...speedAxis, field: 'low' },
              y2: { field: 'high' },
              color,
            },
          },
          { mark: own['mark'], encoding: { x, y: speedAxis, ...own['encoding'] } },
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

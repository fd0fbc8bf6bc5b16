import { formatInterval, formatShare, formatValue, plural } from '../../format.ts';
import { labelModels } from '../models.ts';
import { busy, intervalNames, NOT_COMPARED } from '../noise.ts';
import { errorSizes, type Timing, timingsOf } from '../timings.ts';
import {
  type ChartMaker,
  chartOf,
  type Datum,
  DECIMAL,
  DOTTED,
  modelChannels,
  points,
  spread,
} from './chart.ts';

/** Does the modelled time of a transfer hold against real servers? */
export const timeModel: ChartMaker = (view) => {
  const timings = timingsOf(view);
  const sizes = errorSizes(timings);
  if (!sizes) return undefined;
  const reason = busy(view);
  const labels = labelModels(view.info.models);
  const titles = new Map(view.info.links.map(({ id, title }) => [id, title]));
  const data: Datum[] = timings.map((one) => {
    const label = labels.get(one.model) ?? one.model;
    const link = titles.get(one.link) ?? one.link;
    const [predicted, measured] = [one.predictedMs, one.measuredMs].map((ms) =>
      formatValue(ms, 'ms'),
    );
    return {
      model: label,
      predicted: one.predictedMs,
      measured: one.measuredMs,
      low: one.lowMs,
      high: one.highMs,
      description: `${label}, ${link}: ${predicted} ms modelled, ${measured} ms measured${spreadOf(one)}${reason === undefined ? `, error ${formatShare(one.error)}` : ''}`,
    };
  });
  const errors =
    reason === undefined
      ? `Error: median ${formatShare(sizes.middle)}, worst ${formatShare(Math.abs(sizes.worst.error))}`
      : 'The machine was busy: no error is stated';
  const { scale, values } = spread(
    timings.flatMap(({ predictedMs, lowMs, highMs }) => [predictedMs, lowMs, highMs]),
  );
  const axis = { format: DECIMAL, grid: true, ...(values ? { values } : {}) };
  const milliseconds = { type: 'quantitative', scale, axis };
  const x = { ...milliseconds, field: 'predicted', title: 'modelled, ms' };
  const y = { ...milliseconds, field: 'measured', title: 'measured, ms' };
  const [least, most] = [values?.[0] ?? 0, values?.at(-1) ?? 0];
  const own = points(view, data);
  const diagonal = [least, most].map((ms) => ({ predicted: ms, measured: ms }));
  return chartOf(view, data, {
    name: 'time-model',
    title: 'Modelled against measured transfers',
    subtitle: `One point a model and link; on the diagonal the model is right. ${errors}`,
    question: 'Does the modelled time of a transfer hold against real servers?',
    caption: `Time of a step as modelled (METHODS.md, Time) against the median time of real pulls from docker-registry and nginx over links shaped on this machine, ms, both logarithmic; bars: ${intervalNames(view.of('transfer.measured_ms'))}. Baseline: the dotted diagonal, where both are equal; above it the real transfer is slower than the model. Timed on ${view.info.environment.processor}, ${plural(view.info.environment.cores, 'core')}.${reason === undefined ? '' : ` ${NOT_COMPARED}`}`,
    body: {
      width: 420,
      height: 420,
      layer: [
        {
          data: { values: diagonal },
          mark: DOTTED,
          encoding: { x, y },
        },
        {
          mark: { type: 'rule', opacity: 0.7, aria: false },
          encoding: {
            x,
            y: { ...y, field: 'low' },
            y2: { field: 'high' },
            color: modelChannels(view, data)['color'],
          },
        },
        { mark: own['mark'], encoding: { x, y, ...own['encoding'] } },
      ],
    },
  });
};

function spreadOf({ lowMs, highMs, repetitions }: Timing): string {
  const text = formatInterval({ low: lowMs, high: highMs, n: repetitions }, lowMs < 100 ? 1 : 0);
  return text === undefined ? '' : ` (${text})`;
}

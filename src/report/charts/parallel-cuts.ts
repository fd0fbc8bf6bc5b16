import { plural } from '../../format.ts';
import { busy, formatGain, intervalNames } from '../noise.ts';
import { shortChunker } from '../reuse.ts';
import { type ChartMaker, chartOf, type Datum, described, inOrder } from './chart.ts';

const KINDS = [
  ['threads', 'cut_speed_up'],
  ['processes', 'cut_machine_speed_up'],
] as const;

/** What as many threads as there are cores gain on one stream, beside what as many processes get. */
export const parallelCuts: ChartMaker = (view) => {
  const records = KINDS.flatMap(([kind, measure]) =>
    view.of(`parallel.${measure}`).map((record) => ({ kind, record })),
  );
  const most = Math.max(0, ...records.map(({ record }) => record.workers ?? 0));
  if (most < 2 || busy(view) !== undefined) return undefined;
  const floor = view.of('parallel.cut_noise_floor')[0];
  const shown = records.filter(({ record }) => record.workers === most);
  const data: readonly Datum[] = shown.map(({ kind, record }) => {
    const { model, value, low = Number(value), high = Number(value) } = record;
    const name = shortChunker(model);
    const gain = formatGain(view, record, floor && Number(floor.value));
    return {
      model: name,
      kind,
      speedUp: Number(value),
      low,
      high,
      description: `${name}, ${most} ${kind}: ${gain ?? 'within noise of one'}`,
    };
  });
  const names = [...new Set(data.map(({ model }) => model))];
  const x = { field: 'speedUp', type: 'quantitative', title: 'speed-up', scale: { zero: true } };
  const y = { field: 'model', type: 'nominal', title: null, ...inOrder(names) };
  const colour = {
    field: 'kind',
    type: 'nominal',
    title: null,
    scale: { domain: KINDS.map(([kind]) => kind), range: ['#2c86c7', '#808080'] },
  };
  const offset = { field: 'kind', type: 'nominal' };
  const { environment } = view.info;
  return chartOf(view, data, {
    name: 'parallel-cuts',
    title: 'One stream cut by several threads',
    subtitle: `${plural(most, 'thread')} on one stream, and as many processes with a stream each; more is better`,
    question: 'How much faster do several threads cut one stream?',
    caption: `Rate divided by that of one thread in the same round, without unit, with ${intervalNames(shown.map(({ record }) => record))}; more is better. Baseline: what the machine gives to as many independent processes (grey). Timed on ${environment.processor}, ${plural(environment.cores, 'core')}.`,
    body: {
      width: 420,
      height: { step: 18 },
      layer: [
        {
          mark: { type: 'rule', aria: false, strokeWidth: 1.5 },
          encoding: {
            x: { ...x, field: 'low' },
            x2: { field: 'high' },
            y,
            yOffset: offset,
            color: colour,
          },
        },
        {
          mark: { type: 'point', filled: true, size: 60, opacity: 1 },
          encoding: { x, y, yOffset: offset, color: colour, description: described },
        },
      ],
    },
  });
};

import { formatNumber, plural } from '../../format.ts';
import { CORES, MOST_CORES, SCHEDULED } from '../../measures/schedule.ts';
import type { ValueRecord } from '../../results/record.ts';
import { labelModels } from '../models.ts';
import { busy, formatGain, intervalNames, NOT_COMPARED, noiseFloor } from '../noise.ts';
import { receiveGains } from '../parallelism.ts';
import type { View } from '../view.ts';
import {
  type ChartMaker,
  chartOf,
  type Datum,
  DOTTED,
  lineChannels,
  modelChannels,
  points,
} from './chart.ts';

/** What cores can gain by the stages of each format, beside what was gained. */
export const parallelism: ChartMaker = (view) => {
  const link = fastestLink(view);
  const receive = `receive over ${link?.title ?? 'a link'}`;
  const operations = [...SCHEDULED, receive];
  const data: Datum[] = [
    ...SCHEDULED.flatMap((operation) =>
      scheduled(view, operation, view.of(`parallel.${operation}_speed_up`)),
    ),
    ...scheduled(view, receive, link ? receiveGains(view, link.id) : []),
    ...(['pack', 'unpack'] as const).flatMap((operation) => [
      ...gained(view, operation, 'measured', view.of(`throughput.${operation}_speedup`)),
      ...gained(view, operation, 'machine', view.of(`parallel.${operation}_machine_speed_up`)),
    ]),
  ];
  if (!data.some(({ kind }) => kind === 'scheduled')) return undefined;
  const spreads = ['pack', 'unpack'].flatMap((operation) => [
    ...view.of(`throughput.${operation}_speedup`),
    ...view.of(`parallel.${operation}_machine_speed_up`),
  ]);
  const { environment } = view.info;
  const isBusy = busy(view) !== undefined;
  const most = Math.max(MOST_CORES, ...data.map(({ cores }) => Number(cores)));
  const ideal = operations.flatMap((operation) =>
    [1, most].map((cores) => ({ operation, cores, speedUp: cores })),
  );
  const own = points(view, data);
  const ofKind = (kind: string): object => ({
    transform: [{ filter: `datum.kind === '${kind}'` }],
  });
  const least = Math.min(1, ...data.map(({ low }) => Number(low)));
  const x = axis('cores', 'cores', [1, most]);
  const y = axis('speedUp', 'speed-up', [2 ** Math.floor(Math.log2(least)), most]);
  const place = { x, y };
  const colour = { color: modelChannels(view, data)['color'] };
  return chartOf(view, data, {
    name: 'parallelism',
    title: 'Speed-up that the stages of a format allow',
    subtitle:
      'Lines: stages recorded on one core, scheduled on 1 to 64; filled marks: measured; hollow: independent processes; dotted: ideal',
    question: 'How many cores can a format use?',
    caption: `Time on one core divided by time on so many, without unit, both axes logarithmic; more is better. Lines: a list schedule of what every stage of every object took on one core (METHODS.md, Parallelism); it ends where the longest chain of stages that wait for one another is all that is left. Filled marks: measured with so many workers; hollow marks: what this machine gives to so many independent processes of the same work; bars: ${intervalNames(spreads)}. ${receive}: unpacking while what is unpacked is still downloaded, so that more cores do not help once the link is waited for. Baseline: one core; the dotted line is the ideal. Left out: measured speed-ups within noise of 1. Timed on ${environment.processor}, ${plural(environment.cores, 'core')}.${isBusy ? ` ${NOT_COMPARED}` : ''}`,
    body: {
      facet: { field: 'operation', type: 'nominal', title: null, sort: operations },
      columns: 2,
      spacing: 28,
      spec: {
        width: 270,
        height: 250,
        layer: [
          { data: { values: ideal }, mark: DOTTED, encoding: place },
          {
            ...ofKind('scheduled'),
            mark: { type: 'line', strokeWidth: 2, aria: false },
            encoding: { ...place, ...lineChannels(view, data), ...colour },
          },
          {
            mark: { type: 'rule', opacity: 0.7, aria: false },
            encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, ...colour },
          },
          layerOf('scheduled', { size: 14 }),
          layerOf('measured', {}),
          layerOf('machine', { filled: false, size: 130, strokeWidth: 1.5 }),
        ],
      },
    },
  });

  function layerOf(kind: string, mark: object): object {
    return {
      ...ofKind(kind),
      mark: { ...own['mark'], ...mark },
      encoding: { ...place, ...own['encoding'] },
    };
  }
};

/** The link that leaves most to the cores. */
function fastestLink(view: View): View['info']['links'][number] | undefined {
  const used = new Set(view.of('parallel.receive_ms').map(({ link }) => link));
  return view.info.links
    .filter(({ id }) => used.has(id))
    .toSorted((a, b) => b.bandwidth - a.bandwidth || a.roundTripMs - b.roundTripMs)[0];
}

type Gain = Pick<ValueRecord, 'model' | 'workers' | 'value'>;

function scheduled(view: View, operation: string, gains: readonly Gain[]): readonly Datum[] {
  const labels = labelModels(view.info.models);
  return gains.flatMap(({ model, workers, value }) => {
    const label = labels.get(model);
    if (label === undefined || workers === undefined || typeof value !== 'number') return [];
    return {
      kind: 'scheduled',
      model: label,
      operation,
      cores: workers,
      speedUp: value,
      low: value,
      high: value,
      description: `${label}, ${operation}, schedule on ${plural(workers, 'core')}: ${formatNumber(value, 2)} times one core`,
    };
  });
}

/** What cannot be told from one worker is left out. */
function gained(
  view: View,
  operation: 'pack' | 'unpack',
  kind: 'measured' | 'machine',
  records: readonly ValueRecord[],
): readonly Datum[] {
  const labels = labelModels(view.info.models);
  const who = kind === 'measured' ? 'workers' : 'independent processes';
  return records.flatMap((record) => {
    const { model, workers = 1, value, low = Number(value), high = Number(value) } = record;
    const label = labels.get(model);
    const gain = formatGain(view, record, noiseFloor(view, operation));
    if (label === undefined || workers === 1 || gain === undefined) return [];
    return {
      kind,
      model: label,
      operation,
      cores: workers,
      speedUp: Number(value),
      low,
      high,
      description: `${label}, ${operation}, ${workers} ${who}: ${gain} times one`,
    };
  });
}

function axis(field: string, title: string, domain: readonly [number, number]): object {
  return {
    field,
    type: 'quantitative',
    title,
    scale: { type: 'log', base: 2, domain, nice: false, padding: 8 },
    axis: { values: CORES, format: 'd' },
  };
}

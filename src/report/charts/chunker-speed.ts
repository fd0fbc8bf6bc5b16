import { formatBinary, formatBytes, formatNumber, plural } from '../../format.ts';
import { printable } from '../escape.ts';
import { busy, NOT_COMPARED } from '../noise.ts';
import { inputBytes, MEMORY_PASS, type Speed, speedsOf } from '../speeds.ts';
import type { View } from '../view.ts';
import {
  type ChartMaker,
  chartOf,
  type Datum,
  DECIMAL,
  described,
  type Spread,
  spread,
} from './chart.ts';

const LOOKS: readonly (readonly [kind: Speed['kind'], colour: string])[] = [
  ['ocibench', '#2c86c7'],
  ['npm package', '#d55e00'],
  ['reference', '#808080'],
];
/** Pixels of one bar with its gap. */
const STEP = 16;

/** How fast each chunker cuts, beside npm packages, digests and a plain memory pass. */
export const chunkerSpeed: ChartMaker = (view) => {
  const speeds = speedsOf(view).filter(({ rate }) => rate > 0);
  const sized = speeds.filter(({ average }) => average !== undefined);
  const whole = speeds.filter(({ average }) => average === undefined);
  const data = speeds.map(datum);
  const reason = busy(view);
  const axis = tightSpread(speeds.flatMap(({ rate, deviation = 0 }) => [rate, rate + deviation]));
  const pass = speeds.find(({ id }) => id === MEMORY_PASS)?.rate;
  const sizes = [...new Set(sized.map(({ average }) => average!))].toSorted((a, b) => a - b);
  const panels = [
    ...(sized.length === 0 ? [] : [sizePanels(sizes, fastestFirst(sized), axis, pass)]),
    ...(whole.length === 0 ? [] : [wholePanel(fastestFirst(whole), axis, pass, sizes.length)]),
  ];
  return chartOf(view, data, {
    name: 'chunker-speed',
    title: 'Speed of the chunkers',
    subtitle: subtitle(view, speeds),
    question: 'How fast is each chunker, beside npm packages and a plain memory pass?',
    caption: `Bytes of the input per second of processor time, MB/s, by the chunk size asked for; more is better. The axis is logarithmic: read the ends of the bars, not their lengths. The thin lines are ± the median absolute deviation over the rounds. Baseline, dotted: a plain memory pass (${MEMORY_PASS}). Timed on ${view.info.environment.processor}, ${plural(view.info.environment.cores, 'core')}, ${view.info.environment.runtime}; other machines give other figures.${reason === undefined ? '' : ` ${NOT_COMPARED}`}`,
    body: {
      spacing: 24,
      vconcat: panels,
      resolve: { scale: { color: 'shared' } },
    },
  });
};

function datum({ id, name, kind, rate, deviation, average }: Speed): Datum {
  const size = average === undefined ? '' : `, ${formatBinary(average)}`;
  const more = deviation === undefined ? '' : ` ± ${formatNumber(deviation)}`;
  return {
    model: label(name),
    kind,
    size: average === undefined ? '' : formatBinary(average),
    rate,
    ...(deviation === undefined
      ? {}
      : {
          // Nothing at or below zero has a place on the axis.
          low: deviation < rate ? rate - deviation : rate,
          high: rate + deviation,
        }),
    description: `${id}${size}: ${formatNumber(rate)}${more} MB/s`,
  };
}

/** The colour says which are npm packages. */
function label(name: string): string {
  return printable(name.replace(/^npm:/, ''));
}

function subtitle(view: View, speeds: readonly Speed[]): string {
  const [bytes, rounds] = [inputBytes(view), speeds[0]?.rounds];
  const input = bytes === undefined ? 'input' : formatBytes(bytes);
  const median = rounds === undefined ? 'median' : `median of ${plural(rounds, 'round')}`;
  return `MB/s over the same ${input} in memory, one thread, ${median}; more is better`;
}

/** Names in the order of their best rate, so that panels side by side share one. */
function fastestFirst(speeds: readonly Speed[]): readonly string[] {
  const best = new Map<string, number>();
  for (const { name, rate } of speeds) {
    best.set(label(name), Math.max(rate, best.get(label(name)) ?? 0));
  }
  return [...best].toSorted(([, a], [, b]) => b - a).map(([name]) => name);
}

/** As {@link spread}, but its ends need not be whole decades. */
function tightSpread(rates: readonly number[]): Spread {
  const { values = [], ...axis } = spread(rates);
  const low = spread([Math.min(...rates)]).values?.[0];
  const high = spread([Math.max(...rates)]).values?.at(-1);
  if (low === undefined || high === undefined) return axis;
  return {
    scale: { ...axis.scale, domain: [low, high] },
    values: values.filter((tick) => tick >= low && tick <= high),
  };
}

function sizePanels(
  sizes: readonly number[],
  order: readonly string[],
  axis: Spread,
  pass: number | undefined,
): object {
  const labels = sizes.map(formatBinary);
  return {
    transform: [{ filter: "datum.size !== ''" }],
    facet: {
      column: { field: 'size', type: 'nominal', title: 'chunk size asked for', sort: labels },
    },
    spacing: 14,
    spec: bars(
      order,
      axis,
      190,
      labels.map((size) => ({ size, rate: pass })),
    ),
  };
}

function wholePanel(
  order: readonly string[],
  axis: Spread,
  pass: number | undefined,
  columns: number,
): object {
  const width = 190 * Math.max(1, columns) + 14 * Math.max(0, columns - 1);
  return {
    transform: [{ filter: "datum.size === ''" }],
    ...bars(order, axis, width, [{ size: '', rate: pass }]),
  };
}

function bars(
  order: readonly string[],
  { scale, values }: Spread,
  width: number,
  passes: readonly { readonly size: string; readonly rate: number | undefined }[],
): object {
  const x = (field: string): object => ({
    field,
    type: 'quantitative',
    title: 'MB/s',
    scale,
    axis: { grid: true, format: DECIMAL, ...(values === undefined ? {} : { values }) },
  });
  const y = { field: 'model', type: 'nominal', title: null, sort: order };
  const [kinds, colours] = [LOOKS.map(([kind]) => kind), LOOKS.map(([, colour]) => colour)];
  return {
    width,
    height: { step: STEP },
    layer: [
      {
        mark: { type: 'bar', height: STEP - 5, clip: true },
        encoding: {
          x: x('rate'),
          ...('domain' in scale ? { x2: { datum: (scale.domain as readonly number[])[0] } } : {}),
          y,
          color: {
            field: 'kind',
            type: 'nominal',
            scale: { domain: kinds, range: colours },
            legend: { title: null, orient: 'top' },
          },
          description: described,
        },
      },
      {
        data: { values: passes.filter(({ rate }) => rate !== undefined) },
        mark: { type: 'rule', color: 'currentColor', strokeDash: [1, 3], aria: false },
        encoding: { x: x('rate') },
      },
      {
        transform: [{ filter: 'isValid(datum.low)' }],
        mark: { type: 'rule', color: 'currentColor', strokeWidth: 1.5, clip: true, aria: false },
        encoding: { x: x('low'), x2: { field: 'high' }, y },
      },
    ],
  };
}

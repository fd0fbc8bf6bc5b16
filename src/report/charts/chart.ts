import type { TopLevelSpec } from 'vega-lite';
import { type ByteUnit, byteUnit, formatNumber, listWords, plural } from '../../format.ts';
import type { RunModel } from '../../results/run.ts';
import { printable, short } from '../escape.ts';
import { labelModels, lookOf } from '../models.ts';
import { BASELINES, baselineAmong } from '../sentences/compare.ts';
import { type KnownKind, kindName, type StepGroup } from '../steps.ts';
import type { View } from '../view.ts';
import { theme } from './theme.ts';

/** One figure: the question it answers and its Vega-Lite specification with the data inside. */
export interface Chart {
  /** File name without extension. */
  readonly name: string;
  readonly title: string;
  readonly question: string;
  /** What is shown, in which unit, and compared with what. */
  readonly caption: string;
  readonly spec: TopLevelSpec;
  /** Name of the file that draws it; absent for charts of this tree. */
  readonly plugin?: string;
}

/** undefined where the run has nothing to show. */
export type ChartMaker = (view: View) => Chart | undefined;

/** One mark. `description` is what a screen reader says and what a pointer shows. */
export interface Datum {
  readonly model: string;
  readonly description: string;
  readonly [field: string]: string | number | boolean;
}

/** The marks of every model, in run order, each with the label of its model. */
export function dataOfModels(
  { info }: View,
  marks: (model: RunModel, label: string) => readonly Omit<Datum, 'model'>[],
): readonly Datum[] {
  const labels = labelModels(info.models);
  return info.models.flatMap((model) => {
    const label = labels.get(model.id)!;
    return marks(model, label).map((mark) => ({ ...mark, model: label }) as Datum);
  });
}

/** The look of each model that occurs, by label, in run order: pass as scales of colour, shape and dash. */
export function modelScales(
  view: View,
  data: readonly Datum[],
): {
  readonly labels: string[];
  readonly colour: object;
  readonly shape: object;
  readonly dash: object;
} {
  const present = new Set(data.map(({ model }) => model));
  const named = labelModels(view.info.models);
  const models = view.info.models.filter(({ id }) => present.has(named.get(id)!));
  const labels = models.map(({ id }) => named.get(id)!);
  const range = <T>(pick: (model: RunModel) => T): object => ({
    domain: labels,
    range: models.map(pick),
  });
  return {
    labels,
    colour: range((model) => lookOf(model).colour),
    shape: range((model) => lookOf(model).shape),
    dash: range((model) => [...lookOf(model).dash]),
  };
}

/** Colour, shape and dash of a model as encoding channels with one legend. */
export function modelChannels(view: View, data: readonly Datum[]): Record<string, unknown> {
  const scales = modelScales(view, data);
  const channel = (scale: object): object => ({
    field: 'model',
    type: 'nominal',
    scale,
    sort: null,
    legend: { title: 'model' },
  });
  return { color: channel(scales.colour), shape: channel(scales.shape) };
}

/** The legend shows points alone: a dashed line around a small symbol frays it. */
export const pointLegend: object = { scale: { color: 'independent', shape: 'independent' } };

/** As {@link modelChannels}, for line marks; the layers around it need {@link pointLegend}. */
export function lineChannels(view: View, data: readonly Datum[]): Record<string, unknown> {
  const scales = modelScales(view, data);
  return {
    color: { field: 'model', type: 'nominal', scale: scales.colour, sort: null, legend: null },
    strokeDash: { field: 'model', type: 'nominal', scale: scales.dash, sort: null, legend: null },
  };
}

/** An axis in this order. As a list in `sort`, Vega-Lite nests one condition in the next: a thousand end the stack. */
export function inOrder(labels: readonly string[]): {
  readonly scale: object;
  readonly sort: null;
} {
  return { scale: { domain: labels }, sort: null };
}

export const described: object = { field: 'description', type: 'nominal' };

/** Pixels of a chart of one panel. */
export const FRAME = { width: 560, height: 340 } as const;

/** A line that shows no model: an ideal, a diagonal. */
export const DOTTED: object = {
  type: 'line',
  color: 'currentColor',
  opacity: 0.6,
  strokeDash: [1, 3],
  aria: false,
};

/** A mark for each datum, in the look of its model. */
export function points(view: View, data: readonly Datum[]): Record<string, object> {
  return {
    mark: { type: 'point', filled: true, size: 70, opacity: 1 },
    encoding: { ...modelChannels(view, data), description: described },
  };
}

/** An axis over several powers of ten. */
export function wideAxis(field: string, title: string, values: readonly number[]): object {
  const { scale, values: ticks } = spread(values);
  const axis = { format: DECIMAL, grid: true, ...(ticks ? { values: ticks } : {}) };
  return { field, type: 'quantitative', title, scale: { ...scale, padding: 16 }, axis };
}

/** Of a linear axis around these values: where its end would be below zero, which no size is, or hardly above, it begins at zero. */
export function beginsAtZero(values: readonly number[]): boolean {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least >= 0 && least < (most - least) / 5;
}

/** A linear axis close around these values, with room for names beside its marks. */
export function closeAxis(field: string, title: string, values: readonly number[]): object {
  // Padding would move the zero.
  const around = beginsAtZero(values)
    ? { domain: [0, 1.1 * Math.max(...values)] }
    : { zero: false, padding: 28 };
  const scale = { nice: true, ...around };
  return { field, type: 'quantitative', title, scale, axis: { format: DECIMAL } };
}

/** For captions. */
export function whereItBegins(values: readonly number[]): string {
  return `axis ${beginsAtZero(values) ? 'starts' : 'does not start'} at zero`;
}

/** The unit that the greatest of these sizes reads best in, for a whole axis. */
export function axisUnit(sizes: readonly number[]): ByteUnit {
  return byteUnit(sizes.reduce((most, size) => Math.max(most, size), 0));
}

/** A size beside others of one unit; what is less than the last digit is not called nothing. */
export function amountIn(size: number, { bytes }: ByteUnit, digits: number): string {
  if (bytes === 1) return formatNumber(size);
  const least = 10 ** -digits;
  const isLess = size > 0 && size / bytes < least / 2;
  return isLess ? `<${formatNumber(least, digits)}` : formatNumber(size / bytes, digits);
}

/** A step as a panel: `update → two`. */
export interface StepPanel {
  readonly image: string;
  readonly kind: string;
  readonly title: string;
}

/**
 * The last steps of each kind as panels, kinds in the order of reports.
 * @param mostOf panels of one kind
 */
export function stepPanels(
  view: View,
  mostOf: (kind: KnownKind) => number,
): { readonly shown: readonly StepPanel[]; readonly omitted: string } {
  const labels = imageLabels(view);
  const last = view.steps.map(({ kind, images }) => ({
    kind,
    images: images.slice(-mostOf(kind)),
  }));
  const omitted = view.steps.flatMap(({ kind, images }) =>
    images.length > mostOf(kind)
      ? [` The last ${mostOf(kind)} of ${plural(images.length, kindName(kind))}.`]
      : [],
  );
  return {
    shown: last.flatMap(({ kind, images }) =>
      images.map((image) => ({
        image,
        kind: kindName(kind),
        title: `${kindName(kind)} → ${labels.get(image) ?? image}`,
      })),
    ),
    omitted: omitted.join(''),
  };
}

/** A panel a step, of those that a view shows. */
export function stepFacet(panels: readonly Pick<StepPanel, 'title'>[]): object {
  return { field: 'step', type: 'nominal', sort: panels.map(({ title }) => title), title: null };
}

/** As many as fill the rows best: in a row that is not full, a place without a panel shows an axis of nothing. */
export function columnsFor(panels: number, most: number): number {
  return Math.ceil(panels / Math.max(1, Math.ceil(panels / most)));
}

/** Pixels between panels that stand beside each other. */
const GAP = 30;

/**
 * The same drawing for each kind of step, where there are several: {@link Datum} `kind` tells whose it is.
 * @param draw the part of a specification for one group
 */
export function byKind(
  groups: readonly StepGroup[],
  draw: (group: StepGroup) => Record<string, unknown>,
  columns = 2,
): Record<string, unknown> {
  const [only] = groups;
  if (groups.length < 2) return only ? draw(only) : {};
  const parts = groups.map((group) => {
    const { transform = [], ...part } = draw(group);
    const own = { filter: { field: 'kind', equal: kindName(group.kind) } };
    return { ...part, transform: [own, ...(transform as readonly object[])] };
  });
  return { concat: parts, columns, spacing: GAP };
}

export interface Spread {
  readonly scale: object;
  /** Where the axis has ticks; undefined leaves it to Vega. */
  readonly values?: readonly number[];
}

/** Logarithmic where every value allows it; zero and below have no logarithm, so the axis is then linear from zero. */
export function spread(values: readonly number[]): Spread {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (values.length === 0 || least <= 0)
    return { scale: { type: 'linear', zero: true, nice: true } };
  const decades = Math.log10(most / least);
  const steps = decades > 2 ? [1] : [1, 2, 5];
  const first = Math.floor(Math.log10(least)) - 1;
  const ticks = Array.from({ length: Math.ceil(decades) + 4 }, (_, index) => first + index).flatMap(
    (power) => steps.map((step) => Number(`${step}e${power}`)),
  );
  const low = ticks.findLast((tick) => tick <= least)!;
  const high = ticks.find((tick) => tick >= most && tick > low)!;
  return {
    scale: { type: 'log', domain: [low, high], nice: false },
    values: ticks.filter((tick) => tick >= low && tick <= high),
  };
}

/** Plain decimals with commas: 10,000 and 0.05. */
export const DECIMAL = ',.6~r';

/** Names of images on an axis, each unique, in series order. */
export function imageLabels(view: View): ReadonlyMap<string, string> {
  const ids = view.info.images.map(({ id }) => id);
  const texts = ids.map((id) => short(id, 24));
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  const labels = texts.map((text, index) =>
    counts.get(text) === 1 ? text : `${index + 1} ${text}`,
  );
  return new Map(ids.map((id, index) => [id, labels[index]!]));
}

export interface Draft extends Omit<Chart, 'spec'> {
  readonly subtitle: string;
  /** True where models are compared with the format that a reader knows: it is named where it is shown. */
  readonly hasBaseline?: boolean;
  /** The specification but for title, data and theme. */
  readonly body: Record<string, unknown>;
}

/** Adds title, dataset, baseline, data and theme; undefined where there are no data. */
export function chartOf(view: View, data: readonly Datum[], draft: Draft): Chart | undefined {
  if (data.length === 0) return undefined;
  const { body, subtitle, hasBaseline = false, ...chart } = draft;
  const baseline = hasBaseline ? shownBaseline(view, data) : undefined;
  const compared = baseline
    ? `Baseline: ${baseline}.`
    : `No baseline: none of ${listWords(BASELINES)} was measured.`;
  const { dataset, method } = view.info;
  const digest = dataset.digest.replace('sha256:', '').slice(0, 12);
  const source = `${short(dataset.id, 40)} (sha256 ${digest}…), method ${method}`;
  const spec = {
    title: {
      text: chart.title,
      subtitle: [baseline ? `${subtitle}; baseline ${baseline}` : subtitle, `Dataset ${source}`],
    },
    description: chart.question,
    data: {
      values: data.map((one) => ({ ...one, description: printable(one.description) })),
    },
    ...body,
    config: theme,
  };
  const caption = hasBaseline ? `${chart.caption} ${compared}` : chart.caption;
  return { ...chart, caption, spec: spec as unknown as TopLevelSpec };
}

function shownBaseline({ info }: View, data: readonly Datum[]): string | undefined {
  const shown = new Set(data.map(({ model }) => model));
  const labels = labelModels(info.models);
  const baseline = baselineAmong(info.models.filter(({ id }) => shown.has(labels.get(id)!)));
  return baseline && labels.get(baseline.id);
}

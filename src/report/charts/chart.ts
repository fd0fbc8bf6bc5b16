import type { TopLevelSpec } from 'vega-lite';
import type { RunModel } from '../../results/run.ts';
import { printable } from '../escape.ts';
import { labelModels, lookOf } from '../models.ts';
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

export function short(text: string, longest: number): string {
  const clean = printable(text);
  return clean.length <= longest ? clean : `${clean.slice(0, longest - 1)}…`;
}

export interface Draft extends Omit<Chart, 'spec'> {
  readonly subtitle: string;
  /** The specification but for title and theme. */
  readonly body: Record<string, unknown>;
}

/** Adds title, dataset and theme; undefined where there are no data. */
export function chartOf(view: View, data: readonly Datum[], draft: Draft): Chart | undefined {
  if (data.length === 0) return undefined;
  const { body, subtitle, ...chart } = draft;
  const { dataset, method } = view.info;
  const digest = dataset.digest.replace('sha256:', '').slice(0, 12);
  const source = `${short(dataset.id, 40)} (sha256 ${digest}…), method ${method}`;
  const spec = {
    title: { text: chart.title, subtitle: [subtitle, `Dataset ${source}`] },
    description: chart.question,
    ...body,
    config: theme,
  };
  return { ...chart, spec: spec as unknown as TopLevelSpec };
}

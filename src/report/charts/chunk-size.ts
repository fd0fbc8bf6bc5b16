import { type ByteUnit, formatBinary, formatBytes, formatNumber } from '../../format.ts';
import { parseSize } from '../../ids.ts';
import type { RunModel } from '../../results/run.ts';
import { familyOf, labelModels } from '../models.ts';
import { kindName, meanPerStep, perStep, type StepGroup } from '../steps.ts';
import { lastImage, type View } from '../view.ts';
import {
  axisUnit,
  type ChartMaker,
  chartOf,
  columnsFor,
  type Datum,
  DECIMAL,
  points,
  type Spread,
  spread,
} from './chart.ts';

const COLUMNS = 3;

/** What smaller chunks save, and what they cost in requests and metadata. */
export const chunkSize: ChartMaker = (view) => {
  const image = lastImage(view, 'dedup.unique_bytes');
  if (image === undefined) return undefined;
  const labels = labelModels(view.info.models);
  const swept = sweptModels(view.info.models);
  const unitOf = (measure: string): ByteUnit =>
    axisUnit(swept.map(({ model }) => view.number(image, model.id, measure) ?? 0));
  const [uniqueIn, metadataIn] = [unitOf('dedup.unique_bytes'), unitOf('stored.metadata_bytes')];
  const data: Datum[] = swept.flatMap(({ model, family }) => {
    const mean = view.number(image, model.id, 'chunks.mean');
    const unique = view.number(image, model.id, 'dedup.unique_bytes');
    if (mean === undefined || unique === undefined || mean <= 0) return [];
    const asked = view.steps.flatMap((group) => {
      const requests = meanPerStep(view, group, model.id, 'transfer.requests');
      return requests === undefined ? [] : [{ group, requests }];
    });
    const metadata = view.number(image, model.id, 'stored.metadata_bytes');
    const label = labels.get(model.id)!;
    const facts = [
      `${label}: mean chunk ${formatBinary(mean)}`,
      `${formatBytes(unique)} unique`,
      ...asked.map(
        ({ group, requests }) => `${formatNumber(requests, 1)} requests ${perStep(group)}`,
      ),
      ...(metadata === undefined ? [] : [`${formatBytes(metadata)} metadata`]),
    ];
    return {
      model: label,
      family,
      mean: mean / 1024,
      unique: unique / uniqueIn.bytes,
      ...Object.fromEntries(
        asked.map(({ group, requests }) => [fieldOf(group), requests] as const),
      ),
      ...(metadata === undefined ? {} : { metadata: metadata / metadataIn.bytes }),
      description: facts.join(', '),
    };
  });
  const panels = [
    { field: 'unique', title: `unique bytes of the series, ${uniqueIn.name}`, wide: false },
    ...view.steps.map((group) => ({
      field: fieldOf(group),
      title: `requests ${perStep(group)}`,
      wide: true,
    })),
    { field: 'metadata', title: `metadata of the series, ${metadataIn.name}`, wide: true },
  ].filter(({ field }) => data.some((datum) => datum[field] !== undefined));
  return chartOf(view, data, {
    name: 'chunk-size',
    title: 'Chunk size × unique bytes × requests',
    subtitle:
      'Actual mean chunk against what it saves and costs; less is better; lines join one chain over avg',
    question: 'What do smaller chunks save, and what do they cost in requests and metadata?',
    caption: `Models that differ in chunk size alone, over their actual mean chunk on ${image} (KiB, logarithmic). First: unique bytes of the series before compression, ${uniqueIn.name} (axis does not start at zero). Then: requests of a client with the previous image, mean over the steps of one kind. Last: manifests, configurations, indexes and metadata roots of the series, ${metadataIn.name}. Less is better; no baseline, since whole-layer formats have no chunks.`,
    body: {
      concat: panels.map((one) => panel(view, data, one)),
      columns: columnsFor(panels.length, COLUMNS),
      spacing: 28,
    },
  });
};

/** Requests by kind of step: `updateRequests`. */
function fieldOf({ kind }: StepGroup): string {
  return `${kindName(kind)}Requests`;
}

interface Panel {
  readonly field: string;
  readonly title: string;
  /** Values over several powers of ten. */
  readonly wide: boolean;
}

function panel(view: View, data: readonly Datum[], { field, title, wide }: Panel): object {
  const own = data.flatMap((datum) => (datum[field] === undefined ? [] : Number(datum[field])));
  const { scale, values }: Spread = wide
    ? spread(own)
    : { scale: { type: 'linear', zero: false, nice: true, padding: 8 } };
  const axis = { format: DECIMAL, ...(values ? { values } : { tickCount: 6 }) };
  return {
    width: 230,
    height: 270,
    encoding: {
      x: {
        field: 'mean',
        type: 'quantitative',
        scale: { type: 'log', base: 2, nice: false, padding: 12 },
        axis: { title: 'actual mean chunk, KiB', format: DECIMAL, values: powers(data) },
      },
      y: { field, type: 'quantitative', title, scale, axis },
    },
    layer: [
      {
        transform: [{ filter: { field, valid: true } }],
        mark: { type: 'line', color: 'currentColor', opacity: 0.45, strokeWidth: 1.5, aria: false },
        encoding: { detail: { field: 'family', type: 'nominal' } },
      },
      { ...marks(view, data), transform: [{ filter: { field, valid: true } }] },
    ],
  };
}

/** Beyond this many models, the legend names chains: the axis tells their sizes apart. */
const MOST_IN_LEGEND = 24;
const CHAIN_SHAPES = ['circle', 'square', 'diamond', 'triangle-up', 'cross'];

function marks(view: View, data: readonly Datum[]): object {
  const models = new Set(data.map(({ model }) => model));
  const own = points(view, data);
  if (models.size <= MOST_IN_LEGEND) return own;
  const labels = [...new Set(data.map(({ family }) => String(family)))];
  const channel = (scale: object): object => ({
    field: 'family',
    type: 'nominal',
    sort: null,
    scale: { domain: labels, ...scale },
    legend: { title: 'chain', symbolLimit: labels.length },
  });
  const shapes = labels.map((_, index) => CHAIN_SHAPES[index % CHAIN_SHAPES.length]!);
  const looks = { color: channel({ scheme: 'tableau20' }), shape: channel({ range: shapes }) };
  return { ...own, encoding: { ...own['encoding'], ...looks } };
}

/** Powers of four, KiB, that the data span. */
function powers(data: readonly Datum[]): number[] {
  const means = data.map(({ mean }) => Number(mean));
  const [low, high] = [Math.min(...means) / 1.5, Math.max(...means) * 1.5];
  return Array.from({ length: 16 }, (_, power) => 4 ** (power - 4)).filter(
    (value) => value >= low && value <= high,
  );
}

/** Models whose chain occurs with at least two sizes. */
function sweptModels(
  models: readonly RunModel[],
): readonly { readonly model: RunModel; readonly family: string }[] {
  const all = models
    .map((model) => ({ model, ...sizedChain(model.id) }))
    .filter(({ size }) => size !== undefined);
  return all
    .filter(({ family, size }) =>
      all.some((other) => other.family === family && other.size !== size),
    )
    .toSorted((a, b) => a.size! - b.size!);
}

/** The size a chunker is asked for: its average, or what it has instead; and its chain without it. */
function sizedChain(id: string): { readonly family: string; readonly size?: number } {
  const { family, average } = familyOf(id);
  if (average !== undefined) return { family, size: average };
  const [serialiser, chunker = '', ...rest] = id.split('|');
  const size = parseSize(/[:,](?:size|min)=([^,]+)/.exec(chunker)?.[1] ?? '');
  if (size === undefined) return { family };
  const [name, parameters = ''] = chunker.split(':');
  const kept = parameters.split(',').filter((one) => !/^(size|min|max|horizon)=/.test(one));
  const bare = [name, kept.join(',')].filter(Boolean).join(':');
  return { family: [serialiser, bare, ...rest].join('|'), size };
}

import { type PublishedFigure, publishedBytes } from '../../datasets/published.ts';
import { formatBytes, formatChange, formatNumber, formatShare, MISSING } from '../../format.ts';
import type { RunModel } from '../../results/run.ts';
import { change, remainder } from '../../stats/mod.ts';
import type { View } from '../view.ts';
import { modelCells, number, numeric, text } from './cells.ts';
import type { Cell, Table } from './table.ts';

/** Figures that others published on the same images, beside ours that are defined alike. */
export function publishedTable(view: View): Table {
  const { published } = view.info.dataset;
  const { images } = view.info;
  return {
    id: 'published',
    title: 'Beside published figures',
    note: `What others published on these images, and what was measured here over all of them. A figure stands here where it is defined as one of ours (METHODS.md); stores of other formats are compared by size, not by what they keep. Difference: ours ÷ theirs − 1. Save: 1 − store ÷ sum of the uncompressed layers. MB = 10⁶ bytes.`,
    columns: [
      { title: 'Figure', wide: true },
      { title: 'As published' },
      { title: 'Our model' },
      number('Theirs'),
      number('Ours'),
      number('Difference'),
      number('They save'),
      number('We save'),
      { title: 'Source' },
    ],
    // Sums over some of the images are no figures of the set.
    rows:
      published === undefined || images.length < published.images
        ? []
        : published.figures.flatMap((figure) => figureRows(view, figure)),
  };
}

interface Ours {
  readonly model?: RunModel;
  readonly value: number | undefined;
  readonly saved?: number | undefined;
}

function figureRows(view: View, figure: PublishedFigure): readonly (readonly Cell[])[] {
  const { what, value: published, source, comparison } = figure;
  if (comparison === undefined) return [];
  const models = modelCells(view);
  const isCount = comparison.quantity === 'chunks';
  const theirs = isCount ? comparison.count : publishedBytes(comparison.size);
  const saved = comparison.quantity === 'store' ? comparison.saved : undefined;
  return oursOf(view, comparison)
    .filter(({ value }) => value !== undefined)
    .map(({ model, value, saved: savedHere }) => [
      text(what),
      text(published),
      model ? models.get(model.id)! : { text: MISSING },
      ...[theirs, value].map((one) => numeric(one, isCount ? formatNumber : formatBytes)),
      numeric(change(value, theirs), formatChange),
      // As few digits as were published.
      numeric(saved, (share) => formatShare(share, 0)),
      numeric(savedHere, formatShare),
      text(source),
    ]);
}

type Comparison = NonNullable<PublishedFigure['comparison']>;

function oursOf(view: View, comparison: Comparison): readonly Ours[] {
  const { models, images } = view.info;
  const last = images.at(-1)?.id ?? '';
  const tars = sumOf(view, 'image.layer_bytes');
  switch (comparison.quantity) {
    case 'tars':
      return [{ value: tars }];
    case 'delivered':
      return [{ value: sumOf(view, 'image.delivered_bytes') }];
    case 'store':
      return models
        .filter(({ id }) => isCompressed(id) === comparison.compressed)
        .map((model) => {
          const value = view.number(last, model.id, 'stored.bytes');
          return { model, value, saved: remainder(value, tars) };
        });
    case 'chunk-bytes':
    case 'chunks': {
      const measure = comparison.quantity === 'chunks' ? 'dedup.objects' : 'dedup.unique_bytes';
      return models
        .filter(({ id }) => id.startsWith(`${comparison.model}|`))
        .map((model) => ({ model, value: view.number(last, model.id, measure) }));
    }
  }
}

/** Over all images; undefined unless each has it. */
function sumOf(view: View, measure: string): number | undefined {
  const values = view.info.images.map(({ id }) => view.number(id, '*', measure));
  if (!values.every((value) => value !== undefined)) return undefined;
  return values.reduce((sum, value) => sum + value, 0);
}

/** A chain names its codec between bars, another model by a parameter. */
function isCompressed(id: string): boolean {
  return !/\|none\||[:,]codec=none(?:,|$)/.test(id);
}

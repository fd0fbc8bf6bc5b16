import {
  formatBinary,
  formatBytes,
  formatChange,
  formatNumber,
  listWords,
  MISSING,
} from '../../format.ts';
import type { RunModel } from '../../results/run.ts';
import { change } from '../../stats/mod.ts';
import { lost } from '../fidelity.ts';
import { baselineOf, fromTo } from '../sentences/compare.ts';
import {
  countSteps,
  hasMean,
  kindsOf,
  meanPerStep,
  perStep,
  type StepGroup,
  valuesPerStep,
} from '../steps.ts';
import { type Client, lastImage, standings, type View } from '../view.ts';
import { MODEL, modelCells, number, numeric, stepKind, text, valueCell } from './cells.ts';
import type { Cell, Table } from './table.ts';

/** Of more steps the least and the most are told. */
const MOST_VALUES = 3;

/** The last image's sums, one row per model: what most readers came for. */
export function seriesTable(view: View): Table {
  const image = lastImage(view) ?? '';
  const models = modelCells(view);
  const steps = view.steps.filter(({ kind }) => hasMean(kind));
  const list = standings(view, image, 'stored.bytes');
  const baseline = baselineOf(list);
  const value = (model: RunModel, measure: string, client: Client = '-'): Cell =>
    valueCell(view, image, model.id, measure, client);
  return {
    id: 'series',
    title: `The series up to ${image}`,
    note: `Sums over all images so far. Difference is against ${baseline ? baseline.model.alias : 'no baseline, since none was measured'}. Pulled and requests: of a client with the previous image, mean over steps of one kind (each step, or least to most)${steps.length === 0 ? '' : `: ${listWords(countSteps(steps))}`}. MB = 10⁶ bytes, KiB = 1024 bytes.`,
    columns: [
      MODEL,
      number('Stored', 'stored.bytes'),
      number('Difference', 'stored bytes against the baseline'),
      { title: 'Drops', wide: true, hint: 'metadata that the format does not keep' },
      number('Metadata', 'stored.metadata_bytes'),
      number('Blobs', 'stored.blobs'),
      number('Unique', 'dedup.unique_bytes, before compression'),
      number('Ratio', 'dedup.ratio: stream bytes ÷ unique bytes'),
      number('Mean chunk', 'chunks.mean of the last image'),
      ...steps.flatMap((group) => [
        number(`Pulled ${perStep(group)}`, 'transfer.bytes of a client with the previous image'),
        number(`Requests ${perStep(group)}`, 'transfer.requests of that client'),
      ]),
      number('Cumulative', 'transfer.cumulative_bytes of a client that follows the series'),
    ],
    rows: list.map(({ model, value: stored }) => [
      models.get(model.id)!,
      value(model, 'stored.bytes'),
      numeric(change(stored, baseline?.value), formatChange),
      text(lost(model).join(', ') || 'nothing'),
      value(model, 'stored.metadata_bytes'),
      value(model, 'stored.blobs'),
      value(model, 'dedup.unique_bytes'),
      value(model, 'dedup.ratio'),
      numeric(view.number(image, model.id, 'chunks.mean'), formatBinary),
      ...steps.flatMap((group) => [
        stepCell(view, group, model, 'transfer.bytes', formatBytes),
        stepCell(view, group, model, 'transfer.requests', (n) =>
          formatNumber(n, Number.isInteger(n) ? 0 : 1),
        ),
      ]),
      value(model, 'transfer.cumulative_bytes', 'all-previous'),
    ]),
  };
}

/** A mean, and what it hides: the figures of its steps, or their ends where they are many. */
function stepCell(
  view: View,
  group: StepGroup,
  { id }: RunModel,
  measure: string,
  format: (value: number) => string,
): Cell {
  const mean = meanPerStep(view, group, id, measure);
  const values = valuesPerStep(view, group, id, measure);
  if (mean === undefined || values === undefined) return { text: MISSING };
  const all = values.length <= MOST_VALUES ? values.map(format).join(', ') : fromTo(values, format);
  const middle = format(mean);
  return {
    text: values.length === 1 || all === middle ? middle : `${middle} (${all})`,
    sort: mean,
  };
}

export function growthTable(view: View): Table {
  const models = modelCells(view);
  const kinds = kindsOf(view);
  return {
    id: 'growth',
    title: 'Growth image by image',
    note: 'What each image adds, and the sums so far. Step: its kind, from the image before.',
    columns: [
      { title: 'Image' },
      { title: 'Step' },
      MODEL,
      number('Stream', 'dedup.stream_bytes'),
      number('New', 'dedup.new_bytes: unique bytes that this image adds'),
      number('Unique so far', 'dedup.unique_bytes'),
      number('Stored so far', 'stored.bytes'),
      number('Chunks', 'chunks.count'),
      number('Mean chunk', 'chunks.mean'),
    ],
    rows: view.info.images.flatMap(({ id: image }, position) =>
      view.info.models
        .filter(({ id }) => view.record(image, id, 'stored.bytes'))
        .map(({ id }) => [
          { text: image, sort: position },
          stepKind(kinds, image),
          models.get(id)!,
          ...[
            'dedup.stream_bytes',
            'dedup.new_bytes',
            'dedup.unique_bytes',
            'stored.bytes',
            'chunks.count',
          ].map((measure) => valueCell(view, image, id, measure, '-')),
          numeric(view.number(image, id, 'chunks.mean'), formatBinary),
        ]),
    ),
  };
}

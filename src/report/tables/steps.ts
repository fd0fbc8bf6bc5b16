import { formatBytes, listWords } from '../../format.ts';
import { alikeBest } from '../sentences/compare.ts';
import { countSteps, hasMean, kindName, type StepGroup, stepStandings } from '../steps.ts';
import type { View } from '../view.ts';
import { MODEL, modelCells, number, numeric, valueCell } from './cells.ts';
import type { Cell, Column, Table } from './table.ts';

/** More steps of a kind have no column each: the table of transfers has a row for all of them. */
const MOST_STEPS = 6;

/** What each step takes by each model, step by step and in the mean of its kind: a row a model. */
export function stepTable(view: View): Table {
  const models = modelCells(view);
  const groups = view.steps.map((group) => columnsOf(view, group));
  const measured = new Set(
    view
      .of('transfer.bytes')
      .flatMap(({ client, model }) => (client === 'previous' ? [model] : [])),
  );
  const images = view.info.models.filter(({ id }) => measured.has(id));
  return {
    id: 'steps',
    title: 'Transfer by kind of step',
    note: `Bytes that a client with the previous image pulls. ${listWords(countSteps(view.steps))}: a mean is over steps of one kind alone. A model is marked a tie where nothing tells its mean from the least: within 2 %, or a step left out moves the difference by more than it is. One step has no mean.`,
    columns: [MODEL, ...groups.flatMap(({ columns }) => columns)],
    rows: images.map(({ id }) => [
      models.get(id)!,
      ...groups.flatMap(({ cellsOf }) => cellsOf(id)),
    ]),
  };
}

interface GroupColumns {
  readonly columns: readonly Column[];
  cellsOf(model: string): readonly Cell[];
}

function columnsOf(view: View, group: StepGroup): GroupColumns {
  const { kind, images } = group;
  const word = kindName(kind);
  const shown = images.length <= MOST_STEPS ? images : [];
  const isMeant = hasMean(kind) && images.length > 1;
  const list = stepStandings(view, group, 'transfer.bytes');
  const alike = new Set(alikeBest(list).map(({ model }) => model.id));
  const means = new Map(list.map((one) => [one.model.id, one]));
  return {
    columns: [
      ...shown.map((image) => number(`${word} → ${image}`, `transfer.bytes of this ${word}`)),
      ...(isMeant
        ? [
            number(`Mean of ${images.length} ${word}s`, 'transfer.bytes'),
            ...(shown.length > 0 ? [] : [number('Least'), number('Most')]),
          ]
        : []),
    ],
    cellsOf(model) {
      const cells = shown.map((image) =>
        valueCell(view, image, model, 'transfer.bytes', 'previous'),
      );
      if (!isMeant) return cells;
      const { value, steps } = means.get(model) ?? {};
      const mark = alike.size > 1 && alike.has(model) ? ', tie' : '';
      const ends =
        steps === undefined ? [undefined, undefined] : [Math.min(...steps), Math.max(...steps)];
      return [
        ...cells,
        numeric(value, (bytes) => `${formatBytes(bytes)}${mark}`),
        ...(shown.length > 0 ? [] : ends.map((end) => numeric(end, formatBytes))),
      ];
    },
  };
}

import { plural } from '../../format.ts';
import type { RunModel } from '../../results/run.ts';
import { kindsOf } from '../steps.ts';
import type { View } from '../view.ts';
import { modelCells, number, stepKind, text, valueCell } from './cells.ts';
import type { Table } from './table.ts';

/** What a client is told to have before it pulls a step. */
const CLIENT = 'previous';

/**
 * What a flip, a `chmod -R`, a removal costs in each format: a row an edit, in the order of the dataset. A rebuild among edits is
 * another known change.
 * @param most models at most
 */
export function editTable(view: View, most: number = Number.POSITIVE_INFINITY): Table {
  const kinds = kindsOf(view);
  const hasEdits = view.steps.some(({ kind }) => kind === 'edit');
  const edits = view.info.images.filter(({ id }) =>
    ['edit', 'rebuild'].includes(kinds.get(id) ?? ''),
  );
  const models = hasEdits ? pulledBy(view) : [];
  const shown = models.slice(0, most);
  const labels = modelCells(view);
  const left =
    shown.length < models.length
      ? ` Shown: the first ${shown.length} of ${plural(models.length, 'model')}; report.html has all.`
      : '';
  return {
    id: 'edits',
    title: 'Edits',
    note: `Bytes that a client with the image before pulls for each edit, beside what the edit changed, counted before compression: bytes of contents, and of names, modes, owners and times (METHODS.md, Edits). Any change brings a manifest and a configuration, some hundred bytes.${left}`,
    columns: [
      { title: 'Edit' },
      { title: 'What it is', wide: true },
      { title: 'Step' },
      number('Changed content', 'step.changed_content_bytes'),
      number('Changed metadata', 'step.changed_metadata_bytes'),
      ...shown.map(({ id }) => number(labels.get(id)!.text, `transfer.bytes by ${id}`)),
    ],
    rows: (hasEdits ? edits : []).map(({ id, title }) => [
      { text: id, sort: view.info.images.findIndex((image) => image.id === id) },
      text(title),
      stepKind(kinds, id),
      valueCell(view, id, '*', 'step.changed_content_bytes', '-'),
      valueCell(view, id, '*', 'step.changed_metadata_bytes', '-'),
      ...shown.map((model) => valueCell(view, id, model.id, 'transfer.bytes', CLIENT)),
    ]),
  };
}

/** Those with a name before others, both in run order. */
function pulledBy(view: View): readonly RunModel[] {
  const measured = new Set(
    view.of('transfer.bytes').flatMap(({ client, model }) => (client === CLIENT ? [model] : [])),
  );
  const models = view.info.models.filter(({ id }) => measured.has(id));
  const isNamed = ({ alias }: RunModel): boolean => alias !== undefined;
  return [...models.filter(isNamed), ...models.filter((model) => !isNamed(model))];
}

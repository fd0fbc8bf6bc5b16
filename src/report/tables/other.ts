import { plural } from '../../format.ts';
import { type Measure, measures } from '../../measures/mod.ts';
import type { ValueRecord } from '../../results/record.ts';
import type { View } from '../view.ts';
import { MODEL, measuredCell, modelCells, text } from './cells.ts';
import type { Table } from './table.ts';

/** A view that notes which measures are asked for. */
export function watched(view: View): { readonly view: View; readonly asked: ReadonlySet<string> } {
  const asked = new Set<string>();
  return {
    asked,
    view: {
      ...view,
      of: (measure) => {
        asked.add(measure);
        return view.of(measure);
      },
      record: (image, model, measure, client) => {
        asked.add(measure);
        return view.record(image, model, measure, client);
      },
      number: (image, model, measure, client) => {
        asked.add(measure);
        return view.number(image, model, measure, client);
      },
    },
  };
}

/**
 * What no other table shows, so that no measure is absent from a report: of each model the last image that has it.
 * @param shown measures that other tables show
 */
export function otherTable(view: View, shown: ReadonlySet<string>): Table {
  const models = modelCells(view);
  const rest = [...measures.values()].filter(({ name }) => !shown.has(name));
  return {
    id: 'other',
    title: 'Other measures',
    note: 'What no other table shows, for the last image that has a value. METHODS.md defines each.',
    columns: [
      { title: 'Measure' },
      { title: 'What it is', wide: true },
      { title: 'Image' },
      MODEL,
      { title: 'Client, link, workers, layer or program' },
      { title: 'Value', numeric: true },
    ],
    rows: rest.flatMap((measure) =>
      lastOf(view, measure).map((record) => [
        text(measure.name),
        text(measure.title),
        text(record.image === '*' ? 'all' : record.image),
        models.get(record.model) ?? text(record.model === '*' ? 'any' : record.model),
        text(conditionOf(record)),
        measuredCell(record.value, measure.unit),
      ]),
    ),
  };
}

function lastOf(view: View, { name }: Measure): readonly ValueRecord[] {
  const last = new Map<string, ValueRecord>();
  for (const record of view.of(name)) {
    const { model, client, link, workers, layer, program } = record;
    last.set(JSON.stringify([model, client, link, workers, layer, program]), record);
  }
  return [...last.values()];
}

function conditionOf({ client, link, workers, layer, program }: ValueRecord): string {
  const parts = [
    client === '-' ? '' : client,
    link ?? '',
    workers ? plural(workers, 'worker') : '',
    layer ? `layer ${layer}` : '',
    program ?? '',
  ];
  return parts.filter(Boolean).join(', ');
}

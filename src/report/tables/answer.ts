import { formatValue, MISSING } from '../../format.ts';
import { type Case, isMet } from '../../results/verdict.ts';
import { labelModels } from '../models.ts';
import type { View } from '../view.ts';
import { text } from './cells.ts';
import type { Cell, Table } from './table.ts';

/** The cases that the verdicts of an experiment were made from. */
export function answerTable(view: View): Table {
  const { verdict, info } = view;
  const labels = labelModels(info.models);
  const places = new Map(info.images.map(({ id }, place) => [id, place]));
  return {
    id: 'cases',
    title: 'Cases',
    note: 'What each verdict was made from: a value, and the bar it is held against. A claim is confirmed where every case is met, refuted where none is.',
    columns: [
      { title: 'Claim', wide: true },
      { title: 'Step' },
      { title: 'At', wide: true },
      { title: 'Value', numeric: true },
      { title: 'Bar', numeric: true },
      { title: 'Met' },
    ],
    rows: (verdict?.findings ?? []).flatMap(({ statement = '', cases }) =>
      cases.map((one): readonly Cell[] => [
        text(statement),
        { text: one.step, ...(places.has(one.step) ? { sort: places.get(one.step)! } : {}) },
        text(conditions(one, labels)),
        one.value === undefined
          ? text(MISSING)
          : { text: formatValue(one.value, one.unit), sort: one.value },
        { text: `${one.side} ${formatValue(one.bar, one.unit)}`, sort: one.bar },
        text(metText(one)),
      ]),
    ),
  };
}

function conditions({ parameters }: Case, labels: ReadonlyMap<string, string>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name} ${labels.get(String(value)) ?? value}`)
    .join(', ');
}

function metText(one: Case): string {
  const met = isMet(one);
  if (met === undefined) return 'undecided';
  return met ? 'yes' : 'no';
}

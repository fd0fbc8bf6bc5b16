import { formatPart, formatValue, MISSING } from '../../format.ts';
import { measures, type Unit } from '../../measures/mod.ts';
import { labelModels, lookOf } from '../models.ts';
import type { KnownKind } from '../steps.ts';
import type { Client, View } from '../view.ts';
import type { Cell, Column } from './table.ts';

/** Cells and columns that several tables have. */

export const text = (words: string): Cell => ({ text: words });

export const MODEL: Column = { title: 'Model', hint: 'canonical id as a hint on each name' };

export const number = (title: string, hint = ''): Column => ({ title, hint, numeric: true });

export function numeric(value: number | undefined, format: (value: number) => string): Cell {
  return value === undefined ? { text: MISSING } : { text: format(value), sort: value };
}

export function valueCell(
  view: View,
  image: string,
  model: string,
  measure: string,
  client: Client,
): Cell {
  const value = view.record(image, model, measure, client)?.value;
  if (value === undefined) return { text: MISSING };
  return measuredCell(value, measures.get(measure)!.unit);
}

/** A value of a record. */
export function measuredCell(value: number | string, unit: Unit): Cell {
  if (typeof value === 'string') return { text: value };
  return { text: unit === 'share' ? formatPart(value) : formatValue(value, unit), sort: value };
}

/** The kind of the step to an image; nothing for the first. */
export function stepKind(kinds: ReadonlyMap<string, KnownKind>, image: string): Cell {
  return { text: kinds.get(image) ?? MISSING };
}

export function modelCells(view: View): ReadonlyMap<string, Cell> {
  const labels = labelModels(view.info.models);
  return new Map(
    view.info.models.map((model) => [
      model.id,
      { text: labels.get(model.id)!, hint: model.id, colour: lookOf(model).colour },
    ]),
  );
}

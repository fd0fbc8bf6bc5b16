import { PluginError, reasonOf } from '../errors.ts';
import type { Model } from '../models/model.ts';
import { stemOf } from '../plugin-files.ts';
import { CLIENTS } from './clients.ts';
import { registerPart } from './fold.ts';
import type { Measurement } from './measurement.ts';
import { type MeasureName, type MeasureRow, registerMeasures } from './mod.ts';
import type { Part, Step } from './step.ts';

/** A measure as a plug-in gives it: its row of the table, and the code that computes it. */
export interface AddedMeasure extends Omit<MeasureRow, 'name'> {
  /** Begins with the name of the plug-in's file: `mine.share` of `mine.ts`. */
  readonly name: string;
  /** Called once for each model of a run. Absent where the part of another measure of this plug-in gives it. */
  part?(model: Model): AddedPart;
}

/** As {@link Part}: asked for each packed image in series order. */
export interface AddedPart {
  /** The value of this image, nothing, or figures of several measures, clients or links. */
  add(step: Step): number | string | undefined | readonly AddedMeasurement[];
}

export interface AddedMeasurement extends Omit<Measurement, 'measure'> {
  readonly measure: string;
}

/** Measures of one plug-in. @param file its name */
export function registerAddedMeasures(file: string, more: readonly AddedMeasure[]): void {
  const stem = stemOf(file);
  for (const { name } of more) {
    if (name.startsWith(`${stem}.`)) continue;
    throw new PluginError(`the measure '${name}' has no name of its own`, {}, `call it ${stem}.…`);
  }
  const names = new Set(more.map(({ name }) => name));
  for (const { name, part, ...row } of more) {
    // The names of the table are typed; these are checked as they come.
    const measure = name as MeasureName;
    registerMeasures([{ ...row, name: measure }]);
    if (part) registerPart((model) => guarded(measure, names, () => part(model)));
  }
}

/** Holds a plug-in's part to what a part promises; what it throws is told as its fault. */
function guarded(measure: MeasureName, names: ReadonlySet<string>, make: () => AddedPart): Part {
  let part: AddedPart | undefined;
  return {
    measure,
    add(step) {
      try {
        part ??= make();
        return checked(measure, names, step.image, part.add(step));
      } catch (cause) {
        const { image } = step;
        const remedy = 'fix the plug-in: src/measures/added.ts states what a part promises';
        throw new PluginError(
          `measure '${measure}' failed: ${reasonOf(cause)}`,
          { image },
          remedy,
          { cause },
        );
      }
    },
  };
}

function checked(
  measure: MeasureName,
  names: ReadonlySet<string>,
  image: string,
  answer: ReturnType<AddedPart['add']>,
): readonly Measurement[] {
  if (answer === undefined) return [];
  if (typeof answer !== 'object') return [{ image, client: '-', measure, value: answer }];
  if (!Array.isArray(answer)) throw new TypeError('it gave no list of figures');
  for (const one of answer as readonly AddedMeasurement[]) {
    if (!names.has(one.measure)) throw new TypeError(`it gave a figure of '${one.measure}'`);
    if (one.image !== image) throw new TypeError(`it gave a figure of image '${one.image}'`);
    if (!CLIENTS.some((client) => client === one.client) && !/^image:./s.test(one.client)) {
      throw new TypeError(`it gave a figure of client '${one.client}'`);
    }
  }
  return answer as readonly Measurement[];
}

import { AXES } from './data.js';
import { shown } from './text.js';

/**
 * What the charts show, as a table: a row a model; for each group its value, the ratio to the baseline, and the steps.
 *
 * @typedef {import('./data.js').Data} Data
 * @typedef {import('./data.js').Group} Group
 * @typedef {import('./data.js').Measure} Measure
 */

/** @param {Data} data @param {Group[]} groups @param {Measure} measure @param {number | undefined} baseline */
export function headsOf({ images: all }, groups, { title: hint }, baseline) {
  return [
    { title: 'Model', wide: true },
    ...groups.flatMap(({ title, images }) => [
      { title, numeric: true, hint },
      ...(baseline === undefined ? [] : [{ title: 'ratio', numeric: true }]),
      ...stepsOf(images).map((image) => ({ title: all[image].id, numeric: true })),
    ]),
    ...AXES.map((axis) => ({ title: axis })),
  ];
}

/** One step is the value of its group. @param {number[]} images */
function stepsOf(images) {
  return images.length > 1 ? images : [];
}

/**
 * @param {Data} data
 * @param {Group[]} groups
 * @param {Measure} measure
 * @param {number | undefined} baseline
 * @param {Set<number>} [only] models
 * @returns {import('./table.js').Cell[][]}
 */
export function rowsOfModels(data, groups, { unit }, baseline, only) {
  const standings = groups.map((group) => new Map(group.standings.map((one) => [one.model, one])));
  const models = [...new Set(standings.flatMap((group) => [...group.keys()]))];
  return models
    .filter((model) => only?.has(model) ?? true)
    .map((model) => {
      const { name, colour, id, choices } = data.models[model];
      return [
        { text: name, colour, hint: id },
        ...groups.flatMap(({ images, base }, place) => {
          const own = standings[place].get(model);
          const values = new Map(own?.values.map(({ image, value }) => [image, value]));
          return [
            cell(own?.value, unit),
            ...(baseline === undefined
              ? []
              : [cell(own && base ? own.value / base.value : undefined, 'ratio')]),
            ...stepsOf(images).map((image) => cell(values.get(image), unit)),
          ];
        }),
        ...AXES.map((_, axis) => ({ text: choices[axis] ?? '' })),
      ];
    });
}

/** @param {number | undefined} value @param {string} unit */
function cell(value, unit) {
  return value === undefined ? { text: '–' } : { text: shown(value, unit), sort: value };
}

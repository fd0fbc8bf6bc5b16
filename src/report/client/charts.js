import { scaleOf, shown } from './text.js';

/**
 * Vega-Lite specifications of what was chosen, with their data inside: the page draws them, and hands them out.
 *
 * @typedef {import('./data.js').Data} Data
 * @typedef {import('./data.js').Group} Group
 * @typedef {import('./data.js').Measure} Measure
 * @typedef {Record<string, unknown>} Spec
 */

/** Plain decimals with commas: 10,000 and 0.05. */
export const DECIMAL = ',.6~r';

/** Taken from the page, so that a chart is light or dark as it is. */
const CONFIG = {
  background: 'transparent',
  font: 'system-ui, sans-serif',
  axis: { labelFontSize: 12, titleFontSize: 12, titleFontWeight: 'normal', labelLimit: 170 },
  legend: { labelFontSize: 12, titleFontSize: 12, labelLimit: 220 },
  view: { stroke: null },
};

/** @param {{ ink: string, quiet: string, line: string }} colours */
export function configOf({ ink, quiet, line }) {
  const { axis, legend } = CONFIG;
  return {
    ...CONFIG,
    axis: {
      ...axis,
      labelColor: ink,
      titleColor: quiet,
      domainColor: line,
      gridColor: line,
      tickColor: line,
    },
    legend: { ...legend, labelColor: ink, titleColor: quiet },
    text: { color: ink },
    rule: { color: ink },
  };
}

/**
 * @param {Data} data
 * @param {number[]} models
 */
export function look({ models: all }, models) {
  const domain = models.map((model) => all[model].name);
  return {
    domain,
    colour: { domain, range: models.map((model) => all[model].colour) },
    shape: { domain, range: models.map((model) => all[model].shape) },
    dash: { domain, range: models.map((model) => all[model].dash) },
  };
}

/**
 * A value, or its ratio to the baseline's.
 * @param {Measure} measure
 * @param {boolean} isRatio
 */
function unitOf({ unit }, isRatio) {
  return isRatio ? 'ratio' : unit;
}

/**
 * One bar a model: the value of a group, and the least and greatest of its steps as a line. What stands at the end of that line
 * says that it is the mean: within the line it would hide the end, and bare it reads as the value there.
 *
 * @param {Data} data
 * @param {Group} group
 * @param {Measure} measure
 * @param {{ isLog: boolean }} how
 * @returns {Spec}
 */
export function bars(data, { standings, base }, measure, { isLog }) {
  const unit = unitOf(measure, base !== undefined);
  const sorted = [...standings].sort((a, b) =>
    measure.better === 'more' ? b.value - a.value : a.value - b.value,
  );
  const raw = sorted.map(({ model, value, values: steps }) => {
    const ratios = steps.map(({ image, value: own }) => {
      const beside = base?.values.find((one) => one.image === image)?.value;
      return base ? own / (beside ?? Number.NaN) : own;
    });
    const mean = base ? value / base.value : value;
    const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
    const range = steps.length > 1 ? `, ${shown(least, unit)} to ${shown(most, unit)}` : '';
    const text = `${steps.length > 1 ? 'mean ' : ''}${shown(mean, unit)}`;
    const { name } = data.models[model];
    return { model: name, value: mean, least, most, text, description: `${name}: ${text}${range}` };
  });
  const { size, name } = scaleOf(
    raw.map(({ most }) => most),
    unit,
  );
  const values = raw.map(({ value, least, most, ...one }) => ({
    ...one,
    value: value / size,
    least: least / size,
    most: most / size,
  }));
  const scales = look(
    data,
    sorted.map(({ model }) => model),
  );
  // Up to the greatest alone: of an axis that is longer, Vega reckons with too little room for the text after its line.
  const scale = isLog ? { type: 'log' } : { zero: true, nice: false };
  const title = base ? `ratio to ${data.models[base.model].name}` : titleOf(measure, name);
  const x = { field: 'value', type: 'quantitative', title, scale };
  const y = {
    field: 'model',
    type: 'nominal',
    title: null,
    sort: null,
    scale: { domain: scales.domain },
  };
  const range = {
    mark: { type: 'rule', strokeWidth: 1.5, opacity: 0.7 },
    encoding: { x: { ...x, field: 'least' }, x2: { field: 'most' } },
  };
  return {
    width: 'container',
    height: { step: 24 },
    data: { values },
    encoding: { y },
    layer: [
      {
        mark: {
          type: 'bar',
          height: 14,
          ...(isLog ? { type: 'point', filled: true, size: 90 } : {}),
        },
        encoding: {
          x: { ...x, axis: { grid: true, tickCount: 5, format: DECIMAL, labelSeparation: 4 } },
          color: { field: 'model', type: 'nominal', legend: null, scale: scales.colour },
          description: { field: 'description' },
          tooltip: { field: 'description' },
        },
      },
      ...(values.some(({ least, most }) => least < most) ? [range] : []),
      {
        mark: { type: 'text', align: 'left', baseline: 'middle', dx: 6, aria: false, fontSize: 12 },
        encoding: { x: { ...x, field: 'most' }, text: { field: 'text' } },
      },
    ],
  };
}

/** @param {Measure} measure @param {string} unit */
export function titleOf({ title, better }, unit) {
  return `${title}${unit === '' ? '' : `, ${unit}`}${better === 'neither' ? '' : `; ${better} is better`}`;
}

/**
 * A line a model over the steps of a group.
 *
 * @param {Data} data
 * @param {Group} group
 * @param {Measure} measure
 * @param {{ isLog: boolean }} how
 * @returns {Spec}
 */
export function steps(data, { standings, images, base }, measure, { isLog }) {
  const unit = unitOf(measure, base !== undefined);
  const raw = standings.flatMap(({ model, values: own }) =>
    own.map(({ image, value }) => {
      const beside = base?.values.find((one) => one.image === image)?.value;
      const drawn = base ? value / (beside ?? Number.NaN) : value;
      const { name } = data.models[model];
      const { id } = data.images[image];
      return {
        model: name,
        image: id,
        value: drawn,
        description: `${name}, ${id}: ${shown(drawn, unit)}`,
      };
    }),
  );
  const { size, name } = scaleOf(
    raw.map(({ value }) => value),
    unit,
  );
  const values = raw.map((one) => ({ ...one, value: one.value / size }));
  const scales = look(
    data,
    standings.map(({ model }) => model),
  );
  const title = base ? `ratio to ${data.models[base.model].name}` : titleOf(measure, name);
  const colour = { field: 'model', type: 'nominal', sort: null, scale: scales.colour };
  return {
    width: 'container',
    height: 320,
    data: { values },
    encoding: {
      x: {
        field: 'image',
        type: 'ordinal',
        sort: null,
        title: null,
        scale: { domain: images.map((image) => data.images[image].id) },
        axis: { labelAngle: -35, labelLimit: 130 },
      },
      y: {
        field: 'value',
        type: 'quantitative',
        title,
        scale: isLog ? { type: 'log' } : { zero: true },
        axis: { format: DECIMAL, tickCount: 6 },
      },
    },
    layer: [
      {
        mark: { type: 'line', strokeWidth: 2 },
        encoding: {
          color: { ...colour, legend: null },
          strokeDash: {
            field: 'model',
            type: 'nominal',
            sort: null,
            scale: scales.dash,
            legend: null,
          },
          opacity: { condition: { param: 'named', value: 1 }, value: 0.15 },
        },
      },
      {
        params: [{ name: 'named', select: { type: 'point', fields: ['model'] }, bind: 'legend' }],
        mark: { type: 'point', filled: true, size: 60 },
        encoding: {
          color: {
            ...colour,
            legend: { title: 'model (choose one)', orient: 'bottom', columns: 2 },
          },
          shape: { field: 'model', type: 'nominal', sort: null, scale: scales.shape },
          opacity: { condition: { param: 'named', value: 1 }, value: 0.15 },
          description: { field: 'description' },
          tooltip: { field: 'description' },
        },
      },
    ],
    resolve: { scale: { color: 'independent', shape: 'independent' } },
  };
}

/**
 * Data of a specification as rows, with their heads.
 * @param {Spec} spec
 * @returns {(string | number)[][]}
 */
export function rowsOf(spec) {
  const { values } = /** @type {{ values: Record<string, string | number>[] }} */ (spec['data']);
  const names = Object.keys(values[0] ?? {}).filter(
    (name) => !['description', 'text', 'number'].includes(name),
  );
  return [names, ...values.map((one) => names.map((name) => one[name]))];
}

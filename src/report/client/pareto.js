import { DECIMAL, look, titleOf } from './charts.js';
import { frontOf } from './data.js';
import { scaleOf, shown } from './text.js';

/**
 * @typedef {import('./data.js').Data} Data
 * @typedef {import('./data.js').Measure} Measure
 */

/**
 * Two measures of a group against each other; what nothing beats in both is joined by a line. An interval that is drawn over
 * the points chooses the rows of the table.
 *
 * @param {Data} data
 * @param {readonly { model: number, x: number, y: number }[]} points
 * @param {{ x: Measure, y: Measure, isLog: boolean, brush?: { x: number[], y: number[] } | undefined }} how
 * @returns {import('./charts.js').Spec}
 */
export function pareto(data, points, { x, y, isLog, brush }) {
  const front = frontOf(points, x.better !== 'more', y.better !== 'more');
  const [acrossScale, upScale] = [
    scaleOf(
      points.map((one) => one.x),
      x.unit,
    ),
    scaleOf(
      points.map((one) => one.y),
      y.unit,
    ),
  ];
  const values = points.map(({ model, x: across, y: up }) => {
    const { name } = data.models[model];
    const best = front.some((one) => one.model === model);
    const told = `${name}: ${shown(across, x.unit)}, ${shown(up, y.unit)}${best ? '; Pareto-optimal' : ''}`;
    return {
      model: name,
      number: model,
      x: across / acrossScale.size,
      y: up / upScale.size,
      best,
      description: told,
    };
  });
  const scales = look(
    data,
    points.map(({ model }) => model),
  );
  /** @param {'x' | 'y'} side */
  const scale = (side) =>
    isLog ? { type: 'log', nice: true } : linearOver(values.map((one) => one[side]));
  const axis = { format: DECIMAL, grid: true, tickCount: 6 };
  const place = {
    x: {
      field: 'x',
      type: 'quantitative',
      title: titleOf(x, acrossScale.name),
      scale: scale('x'),
      axis,
    },
    y: {
      field: 'y',
      type: 'quantitative',
      title: titleOf(y, upScale.name),
      scale: scale('y'),
      axis,
    },
  };
  return {
    width: 'container',
    height: 380,
    data: { values },
    layer: [
      {
        transform: [{ filter: 'datum.best' }],
        mark: { type: 'line', interpolate: 'step-after', strokeDash: [3, 3], opacity: 0.5 },
        encoding: { ...place, order: { field: 'x' } },
      },
      {
        params: [
          {
            name: 'brush',
            select: { type: 'interval', mark: { fillOpacity: 0.12 } },
            ...(brush ? { value: brush } : {}),
          },
        ],
        mark: { type: 'point', filled: true, size: 80 },
        encoding: {
          ...place,
          color: {
            field: 'model',
            type: 'nominal',
            sort: null,
            scale: scales.colour,
            legend: { title: 'model', orient: 'bottom', columns: 2 },
          },
          shape: { field: 'model', type: 'nominal', sort: null, scale: scales.shape },
          opacity: { condition: { param: 'brush', value: 1 }, value: 0.2 },
          description: { field: 'description' },
          tooltip: { field: 'description' },
        },
      },
      {
        transform: [{ filter: 'datum.best' }],
        mark: { type: 'text', align: 'left', dx: 8, dy: -8, fontSize: 11, aria: false, limit: 150 },
        encoding: { ...place, text: { field: 'model' } },
      },
    ],
  };
}

/**
 * A linear axis close around these values. Where it would begin below zero, which no size is, or hardly above, it begins there.
 * @param {readonly number[]} values
 * @returns {import('./charts.js').Spec}
 */
export function linearOver(values) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least >= 0 && least < (most - least) / 5
    ? { nice: true, domain: [0, 1.1 * most] }
    : { nice: true, zero: false, padding: 18 };
}

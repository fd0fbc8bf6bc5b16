import type { TopLevelSpec } from 'vega-lite';
import { formatValue } from '../format.ts';
import { type Chart, DECIMAL, FRAME, spread } from '../report/charts/chart.ts';
import { theme } from '../report/charts/theme.ts';
import { printable } from '../report/escape.ts';
import type { KindAnalysis } from './analysis.ts';
import { nameOf } from './short.ts';
import { divisionName, whichSteps } from './tables.ts';

/** Every chain by the first two measures, with the front of each division; undefined of one measure. */
export function frontChart(analysis: KindAnalysis): Chart | undefined {
  const [first, second] = analysis.responses.map(({ response }) => response);
  if (!first || !second) return undefined;
  const data = analysis.divisions.flatMap(({ standings, front, drops }) => {
    const onFront = new Set(front.map(({ model }) => model.id));
    return standings.map(({ model, values }) => {
      const [x, y] = [values[0]!, values[1]!];
      const shown = `${formatValue(x, first.measure.unit)}, ${formatValue(y, second.measure.unit)}`;
      return {
        x,
        y,
        division: divisionName({ drops }),
        front: onFront.has(model.id),
        name: model.alias ?? '',
        description: printable(`${nameOf(model)}: ${shown}`),
      };
    });
  });
  const axis = (field: 'x' | 'y', title: string): object => {
    const { scale, values } = spread(data.map((one) => one[field]));
    const ticks = values ? { values } : {};
    return { field, type: 'quantitative', title, scale, axis: { format: DECIMAL, ...ticks } };
  };
  const title = `${first.id} against ${second.id}, ${whichSteps(analysis)}`;
  const spec = {
    title: { text: title, subtitle: ['Large marks: on the Pareto front of their division'] },
    description: title,
    data: { values: data },
    ...FRAME,
    encoding: {
      x: axis('x', first.title),
      y: axis('y', second.title),
      color: { field: 'division', type: 'nominal', title: null, legend: { orient: 'bottom' } },
      description: { field: 'description', type: 'nominal' },
    },
    layer: [
      {
        transform: [{ filter: '!datum.front' }],
        mark: { type: 'point', filled: true, size: 10, opacity: 0.35 },
      },
      {
        transform: [{ filter: 'datum.front' }],
        mark: { type: 'point', filled: true, size: 80, opacity: 0.9 },
      },
      {
        transform: [{ filter: "datum.name !== ''" }],
        mark: { type: 'text', dy: -9, fontSize: 9, aria: false },
        encoding: { text: { field: 'name', type: 'nominal' }, color: { value: 'currentColor' } },
      },
    ],
    config: theme,
  };
  return {
    name: `front-${analysis.id}`,
    title,
    question: `Which chains does no other of their division beat, ${whichSteps(analysis)}?`,
    caption: `Each mark is a chain, by means over the steps. The front is drawn over all of ${analysis.responses.map(({ response }) => response.id).join(', ')}: a chain may be on it for one that is not an axis here.`,
    spec: spec as unknown as TopLevelSpec,
  };
}

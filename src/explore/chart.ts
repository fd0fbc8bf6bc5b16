import type { TopLevelSpec } from 'vega-lite';
import { formatValue, listWords } from '../format.ts';
import { axisUnit, type Chart, DECIMAL, FRAME, spread } from '../report/charts/chart.ts';
import { theme } from '../report/charts/theme.ts';
import { printable } from '../report/escape.ts';
import { wrap } from '../report/explained/labels.ts';
import type { KindAnalysis } from './analysis.ts';
import { AWAY, type Mark, namedMarks } from './names.ts';
import type { Response } from './responses.ts';
import { nameOf } from './short.ts';
import { divisionName, meansOf, whichSteps } from './tables.ts';

/** Every chain by the first two measures, with the front of each division; undefined of one measure. */
export function frontChart(analysis: KindAnalysis): Chart | undefined {
  const [first, second] = analysis.responses.map(({ response }) => response);
  if (!first || !second) return undefined;
  const marks = marksOf(analysis, first, second);
  const [x, y] = [axisOf('x', first, marks), axisOf('y', second, marks)];
  const names = namedMarks(marks, x.scale, y.scale);
  const data = marks.map((mark) => ({
    ...mark,
    x: mark.x / x.unit,
    y: mark.y / y.unit,
    above: names.get(mark) === 'above',
    below: names.get(mark) === 'below',
  }));
  const title = `Pareto fronts, ${whichSteps(analysis)}`;
  const ids = listWords(analysis.responses.map(({ response }) => response.id));
  const legend = { orient: 'bottom', columns: 1, symbolOpacity: 1, symbolSize: 80 };
  const division = { field: 'division', type: 'nominal', title: null, sort: null, legend };
  const spec = {
    title: {
      text: title,
      subtitle: [`Large marks are on the front of their division.${meansOf(analysis)}`],
    },
    description: title,
    data: { values: data },
    ...FRAME,
    encoding: {
      x: x.channel,
      y: y.channel,
      color: division,
      shape: division,
      description: { field: 'description', type: 'nominal' },
    },
    layer: [
      points('!datum.front', { size: 18, opacity: 0.5 }),
      points('datum.front', { size: 80, opacity: 0.9 }),
      texts('datum.above', -AWAY),
      texts('datum.below', AWAY),
    ],
    config: theme,
  };
  return {
    name: `front-${analysis.id}`,
    title,
    question: `Which chains does no other of their division beat, ${whichSteps(analysis)}?`,
    caption: `Each mark is a chain.${meansOf(analysis)} The front is drawn over all of ${ids}: a chain may be on it for one that is no axis here. Presets have their names, those on the front first, as far as there is place.`,
    spec: spec as unknown as TopLevelSpec,
  };
}

interface FrontMark extends Mark {
  readonly division: string;
  readonly description: string;
}

/** In the order of divisions. */
function marksOf(analysis: KindAnalysis, first: Response, second: Response): readonly FrontMark[] {
  return analysis.divisions.flatMap(({ standings, front, drops }) => {
    const onFront = new Set(front.map(({ model }) => model.id));
    return standings.map(({ model, values }): FrontMark => {
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
}

/** Sizes in the unit that their axis reads best in. */
function axisOf(
  field: 'x' | 'y',
  { title, measure }: Response,
  marks: readonly Mark[],
): {
  readonly channel: object;
  /** What an axis is divided by. */
  readonly unit: number;
  readonly scale: ReturnType<typeof spread>['scale'];
} {
  const values = marks.map((one) => one[field]);
  const sizes = measure.unit === 'bytes' ? axisUnit(values) : undefined;
  const unit = sizes?.bytes ?? 1;
  const { scale, values: ticks } = spread(values.map((value) => value / unit));
  const axis = { format: DECIMAL, ...(ticks ? { values: ticks } : {}) };
  const named = sizes ? `${title}, ${sizes.name}` : title;
  return {
    channel: { field, type: 'quantitative', title: wrap(named, LONGEST[field]), scale, axis },
    unit,
    scale: spread(values).scale,
  };
}

/** Letters of a line of a title. Widths are estimated, by more than they are: a longer one would push the chart from its title. */
const LONGEST = { x: 56, y: 34 } as const;

function points(filter: string, look: object): object {
  return { transform: [{ filter }], mark: { type: 'point', filled: true, ...look } };
}

/** @param dy pixels below the middle of the mark */
function texts(filter: string, dy: number): object {
  return {
    transform: [{ filter }],
    mark: { type: 'text', dy, fontSize: 10, aria: false },
    encoding: {
      text: { field: 'name', type: 'nominal' },
      color: { value: 'currentColor' },
      shape: { value: 'circle' },
    },
  };
}

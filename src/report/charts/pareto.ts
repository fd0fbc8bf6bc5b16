import { formatBytes, formatNumber, listWords } from '../../format.ts';
import { paretoFront } from '../../stats/mod.ts';
import {
  countSteps,
  frontOf,
  hasMean,
  kindName,
  perStep,
  type StepGroup,
  storedAndAsked,
} from '../steps.ts';
import { lastImage, standings, type View } from '../view.ts';
import {
  axisUnit,
  byKind,
  type ChartMaker,
  chartOf,
  closeAxis,
  type Datum,
  dataOfModels,
  FRAME,
  points,
  whereItBegins,
  wideAxis,
} from './chart.ts';

/** One mark of one panel. */
interface Mark {
  readonly model: string;
  readonly kind: string;
  /** `requests per update (mean of 2)`. */
  readonly asked: string;
  readonly bytes: number;
  readonly requests: number;
  readonly isOnFront: boolean;
}

/** Bytes and requests pull in opposite directions: which models does no other beat in both? */
export const pareto: ChartMaker = (view) => {
  const image = lastImage(view);
  if (image === undefined) return undefined;
  const steps = view.steps.filter(({ kind }) => hasMean(kind));
  const isSeries = steps.length > 0;
  const marks = isSeries ? marksOfSteps(view, steps, image) : marksOfPull(view, image);
  const unit = axisUnit(marks.map(({ bytes }) => bytes));
  const data = dataOfModels(view, (model, label) =>
    marks
      .filter((mark) => mark.model === model.id)
      .map(({ kind, asked, bytes, requests, isOnFront }) => ({
        kind,
        requests,
        stored: bytes / unit.bytes,
        front: isOnFront,
        description: `${label}: ${formatBytes(bytes)} stored, ${formatNumber(requests, 1)} ${asked}${isOnFront ? ', on the front' : ''}`,
      })),
  );
  const stored = marks.map(({ bytes }) => bytes);
  const panel = (kind: string): Record<string, unknown> => {
    const own = marks.filter((mark) => mark.kind === kind);
    return panelOf(view, data, own, `stored bytes of the series, ${unit.name}`, steps.length);
  };
  const which = isSeries
    ? `the mean of requests of a client with the previous image, by kind of step (${listWords(countSteps(steps))})`
    : COLD;
  return chartOf(view, data, {
    name: 'pareto',
    title: 'Stored bytes against requests',
    subtitle:
      'Towards the lower left is better; the stepped line joins models that no other beats in both',
    question: 'Which models does no other beat both in stored bytes and in requests?',
    caption: `Registry bytes of the series up to ${image}, ${unit.name} (${whereItBegins(stored)}), against ${which}. Less is better in both. The line is the Pareto front: no model on it is beaten in one without losing the other, and requests whose difference a step left out turns round beat nobody. Of one step there is none.`,
    hasBaseline: true,
    body: isSeries ? byKind(steps, ({ kind }) => panel(kindName(kind))) : panel(COLD),
  });
};

const COLD = 'requests of a cold pull';

function marksOfSteps(view: View, steps: readonly StepGroup[], image: string): readonly Mark[] {
  return steps.flatMap((group) => {
    const points = storedAndAsked(view, group, image);
    const front = new Set(frontOf(points));
    const [kind, asked] = [kindName(group.kind), `requests ${perStep(group)}`];
    return points.map((one) => {
      const { model, bytes, requests } = one;
      return { model: model.id, kind, asked, bytes, requests, isOnFront: front.has(one) };
    });
  });
}

function marksOfPull(view: View, image: string): readonly Mark[] {
  const all = standings(view, image, 'stored.bytes').flatMap(({ model, value }) => {
    const requests = view.number(image, model.id, 'transfer.requests', 'none');
    return requests === undefined ? [] : [{ model: model.id, bytes: value, requests }];
  });
  const front = paretoFront(
    all,
    ({ bytes }) => bytes,
    ({ requests }) => requests,
  );
  return all.map((one) => ({ ...one, kind: COLD, asked: COLD, isOnFront: front.includes(one) }));
}

function panelOf(
  view: View,
  data: readonly Datum[],
  marks: readonly Mark[],
  title: string,
  panels: number,
): Record<string, unknown> {
  const onFront = [{ filter: 'datum.front' }];
  return {
    ...FRAME,
    ...(panels > 1 ? { width: 340 } : {}),
    encoding: {
      x: wideAxis(
        'requests',
        marks[0]?.asked ?? '',
        marks.map(({ requests }) => requests),
      ),
      y: closeAxis(
        'stored',
        title,
        data.map(({ stored }) => Number(stored)),
      ),
    },
    layer: [
      {
        transform: onFront,
        mark: {
          type: 'line',
          interpolate: 'step-after',
          color: 'currentColor',
          opacity: 0.4,
          strokeWidth: 1.5,
          aria: false,
        },
      },
      {
        transform: onFront,
        mark: {
          type: 'point',
          shape: 'circle',
          size: 260,
          color: 'currentColor',
          opacity: 0.5,
          aria: false,
        },
      },
      points(view, data),
      {
        transform: onFront,
        // Above: below the lowest mark is the axis.
        mark: { type: 'text', dy: -15, aria: false },
        encoding: { text: { field: 'model', type: 'nominal' } },
      },
    ],
  };
}

import { formatBytes, listWords, plural } from '../../format.ts';
import { countSteps, hasMean, kindName, meanPerStep, type StepGroup } from '../steps.ts';
import {
  amountIn,
  axisUnit,
  byKind,
  type ChartMaker,
  chartOf,
  columnsFor,
  dataOfModels,
  described,
  inOrder,
  modelScales,
  type StepPanel,
  stepFacet,
  stepPanels,
  wideAxis,
} from './chart.ts';

const COLUMNS = 4;

/** More panels of a kind than this are no longer compared by eye; the tables have them all. */
const MOST_PANELS = 11;

/** Edits are not compared with each other: whoever asks for one looks it up. */
const MOST_EDITS = 48;

/** From some bytes to all of the image: on a linear axis most edits are nothing. */
function isWide({ kind }: Pick<StepGroup, 'kind'>): boolean {
  return kind === 'edit';
}

/** What a client with the previous image downloads to get the next one, step by step, and the mean of each kind. */
export const transferPerUpdate: ChartMaker = (view) => {
  const { steps } = view;
  const { shown, omitted } = stepPanels(view, (kind) =>
    isWide({ kind }) ? MOST_EDITS : MOST_PANELS,
  );
  const pulled = (image: string, model: string): number | undefined =>
    view.number(image, model, 'transfer.bytes', 'previous');
  const unit = axisUnit(
    shown.flatMap(({ image }) => view.info.models.map(({ id }) => pulled(image, id) ?? 0)),
  );
  const means = steps.filter(({ kind, images }) => hasMean(kind) && images.length > 1);
  const data = dataOfModels(view, (model, label) => [
    ...shown.flatMap(({ image, kind, title }) => {
      const bytes = pulled(image, model.id);
      if (bytes === undefined) return [];
      const requests = view.number(image, model.id, 'transfer.requests', 'previous');
      const asked = requests === undefined ? '' : ` in ${plural(requests, 'request')}`;
      const description = `${label}, ${kind} to ${image}: ${formatBytes(bytes)}${asked}`;
      return {
        step: title,
        kind,
        pulled: bytes / unit.bytes,
        // On a logarithmic axis figures are of any size, and each has its unit.
        amount: kind === 'edit' ? formatBytes(bytes) : amountIn(bytes, unit, 1),
        description,
      };
    }),
    ...means.flatMap((group) => {
      const bytes = meanPerStep(view, group, model.id, 'transfer.bytes');
      if (bytes === undefined) return [];
      const [step, kind] = [meanTitle(group), kindName(group.kind)];
      const description = `${label}, ${step}: ${formatBytes(bytes)}`;
      return {
        step,
        kind,
        pulled: bytes / unit.bytes,
        amount: amountIn(bytes, unit, 1),
        description,
      };
    }),
  ]);
  const scales = modelScales(view, data);
  const y = { field: 'model', type: 'nominal', ...inOrder(scales.labels), title: null };
  const title = `pulled, ${unit.name}`;
  const linear = {
    field: 'pulled',
    type: 'quantitative',
    title,
    axis: { grid: true, tickCount: 4 },
  };
  // Lengths of bars mean nothing without a zero.
  const [bar, point] = [
    { type: 'bar', height: 12 },
    { type: 'point', filled: true, size: 55, opacity: 1 },
  ];
  const axisOf = (group: StepGroup): object =>
    isWide(group)
      ? wideAxis(
          'pulled',
          title,
          data.flatMap(({ kind, pulled: own }) =>
            kind === kindName(group.kind) ? [Number(own)] : [],
          ),
        )
      : linear;
  const panels = (group: StepGroup): readonly Pick<StepPanel, 'title'>[] => [
    ...shown.filter(({ image }) => group.images.includes(image)),
    ...(means.includes(group) ? [{ title: meanTitle(group) }] : []),
  ];
  const widest = Math.max(...steps.map((group) => columnsFor(panels(group).length, COLUMNS)));
  return chartOf(view, data, {
    name: 'transfer-per-update',
    title: 'Transfer per step of the series',
    subtitle: `Bytes pulled by a client that has the previous image, ${unit.name}; less is better`,
    question: 'What does a client that has the previous image download to get the next?',
    caption: `Bytes of content and metadata that a client with the previous image pulls, in ${unit.name}, without HTTP headers; less is better. Each panel is one step of the series (${listWords(countSteps(steps))}); a mean is over steps of one kind, and each kind has its own scale${steps.some(isWide) ? ', that of edits logarithmic' : ''}.${omitted}`,
    hasBaseline: true,
    body: byKind(
      steps,
      (group) => ({
        facet: stepFacet(panels(group)),
        columns: columnsFor(panels(group).length, COLUMNS),
        spacing: 18,
        spec: {
          width: Math.max(130, Math.min(420, 640 / widest)),
          height: { step: 19 },
          encoding: { y },
          layer: [
            {
              mark: isWide(group) ? point : bar,
              encoding: {
                x: axisOf(group),
                color: { field: 'model', type: 'nominal', scale: scales.colour, legend: null },
                description: described,
              },
            },
            {
              mark: { type: 'text', align: 'left', dx: isWide(group) ? 7 : 4, aria: false },
              encoding: { x: axisOf(group), text: { field: 'amount', type: 'nominal' } },
            },
          ],
        },
      }),
      1,
    ),
  });
};

function meanTitle({ kind, images }: StepGroup): string {
  return `mean of ${plural(images.length, kindName(kind))}`;
}

import type { Client } from '../measures/clients.ts';
import type { ResultRecord, ValueRecord } from '../results/record.ts';
import type { RunInfo, RunModel } from '../results/run.ts';
import { groupSteps, isPulled, type KnownKind, type StepGroup, stepsOf } from '../results/steps.ts';
import type { VerdictFile } from '../results/verdict.ts';

export type { Client };

/** A run arranged for readers: one value at a time, or all of a measure. */
export interface View {
  readonly info: RunInfo;
  /** Of an experiment that came to an answer. */
  readonly verdict?: VerdictFile;
  readonly records: readonly ResultRecord[];
  readonly values: readonly ValueRecord[];
  /** A number of one image and model; undefined where it was not measured. */
  number(image: string, model: string, measure: string, client?: Client): number | undefined;
  record(image: string, model: string, measure: string, client?: Client): ValueRecord | undefined;
  /** The steps that were measured, by kind: those to an image that has a value for a client with the previous one. Without {@link View.returns}. */
  readonly steps: readonly StepGroup[];
  /** Images that a step of kind `return` leads to, which stands for nothing: no figure is told of it. */
  readonly returns: readonly string[];
  /** First images of further series, of a dataset that declares them. */
  readonly starts: readonly string[];
  /** All values of a measure in run order. */
  of(measure: string): readonly ValueRecord[];
}

export function createView(
  info: RunInfo,
  records: readonly ResultRecord[],
  verdict?: VerdictFile,
): View {
  const values = records.filter((record) => 'value' in record);
  const byKey = new Map<string, ValueRecord>();
  const byMeasure = new Map<string, ValueRecord[]>();
  for (const record of values) {
    const { image, model, measure, client } = record;
    const key = keyOf(image, model, measure, client);
    // Values on a link, with a number of workers, of a layer or program are several for one key: those are read by `of`.
    const { link, workers, layer, program } = record;
    const isOnly = [link, workers, layer, program].every((one) => one === undefined);
    if (isOnly) byKey.set(key, record);
    const list = byMeasure.get(measure);
    if (list) list.push(record);
    else byMeasure.set(measure, [record]);
  }
  const pulled = new Set(
    (byMeasure.get('transfer.bytes') ?? [])
      .filter(({ client }) => client === 'previous')
      .map(({ image }) => image),
  );
  const measured = groupSteps(
    stepsOf(info.planned, records).filter(({ image }) => pulled.has(image)),
  ).map((group) => (isPending(group, info, records) ? { ...group, isPending: true } : group));
  const record: View['record'] = (image, model, measure, client = '-') =>
    byKey.get(keyOf(image, model, measure, client));
  return {
    info,
    ...(verdict ? { verdict } : {}),
    records,
    values,
    record,
    steps: measured.filter(({ kind }) => isPulled(kind)),
    returns: imagesOf(measured, 'return'),
    starts: imagesOf(measured, 'start'),
    number: (image, model, measure, client) => {
      const value = record(image, model, measure, client)?.value;
      return typeof value === 'number' ? value : undefined;
    },
    of: (measure) => byMeasure.get(measure) ?? [],
  };
}

function imagesOf(groups: readonly StepGroup[], wanted: KnownKind): readonly string[] {
  return groups.find(({ kind }) => kind === wanted)?.images ?? [];
}

/** True where no record says why the kinds of these steps are unknown: the run has not ended, or was interrupted. */
function isPending(
  { kind, images }: StepGroup,
  { finishedAt }: RunInfo,
  records: readonly ResultRecord[],
): boolean {
  if (kind !== 'unknown' || finishedAt !== undefined) return false;
  const asked = new Set(images);
  return !records.some(({ image, measure }) => measure === 'step.kind' && asked.has(image));
}

/** Of a value; `of` is what else tells it from others. Equal for equal parts only, and made in a quarter of the time of JSON. */
export function keyOf(image: string, model: string, measure: string, of: string | number): string {
  return `${image.length} ${model.length} ${image}${model}${measure} ${of}`;
}

/** The last image of the series that any model reached: sums "so far" are compared there. */
export function lastImage(view: View, measure = 'stored.bytes'): string | undefined {
  // An edited run.json must not leave figures whose model has no name.
  const known = new Set(view.info.models.map(({ id }) => id));
  const values = view.of(measure).filter(({ model }) => known.has(model));
  const reached = new Set(values.map((record) => record.image));
  return view.info.images.findLast(({ id }) => reached.has(id))?.id;
}

export interface Standing {
  readonly model: RunModel;
  readonly value: number;
  /** Of each step, where the value is their mean. */
  readonly steps?: readonly number[];
}

/** Models with a value at this image, least first; equal values in run order. */
export function standings(
  view: View,
  image: string,
  measure: string,
  client: Client = '-',
): readonly Standing[] {
  return view.info.models
    .map((model) => ({ model, value: view.number(image, model.id, measure, client) }))
    .filter((one): one is Standing => one.value !== undefined)
    .toSorted((a, b) => a.value - b.value);
}

import type { Image } from '../src/images/image.ts';
import type { Contents } from '../src/measures/contents.ts';
import { aliasOf, resolveModels } from '../src/models/mod.ts';
import { labelModels } from '../src/report/models.ts';
import type { View } from '../src/report/view.ts';
import type { ResultRecord, ValueRecord } from '../src/results/record.ts';
import type { RunInfo, RunModel } from '../src/results/run.ts';
import { isPulled, type SeriesStep, stepsOf } from '../src/results/steps.ts';
import type { PlainFinding } from '../src/results/verdict.ts';
import type { Maybe } from '../src/stats/mod.ts';
import { MissingValue } from './verdict.ts';

/** The records of a run as a verdict reads them. */
export interface Records {
  readonly images: readonly string[];
  /** The steps to images that are not the same as the one before them, of every kind. */
  readonly steps: readonly SeriesStep[];
  /** First images of further series, of a dataset that declares them. */
  readonly starts: readonly string[];
  /** The images of those that are updates: a mean per update is over them alone. */
  readonly updates: readonly string[];
  /** The models of these names, chains and grids: canonical ids, each once. Throws an Error for one that was not asked for. */
  models(...texts: readonly string[]): readonly string[];
  /** The one model of a name or chain. */
  model(text: string): string;
  /** How the report calls a model. */
  label(model: string): string;
  /** Why figures that were timed are not to be compared; absent where the machine was idle. */
  readonly busy?: string | undefined;
  /** Throws a MissingValue where there is no such number: a verdict never guesses. */
  number(image: string, model: string, measure: string, client?: string, link?: string): number;
  /** As {@link Records.number}; undefined where there is no such number. */
  find(image: string, model: string, measure: string, client?: string): Maybe;
  /** What an image holds, file by file, for verdicts that name files. */
  contents(image: string): Promise<Contents>;
  /** Why cells of a model were skipped; undefined where none was. */
  skipped(model: string): string | undefined;
  readonly view: View;
  /** What an experiment noted while measuring, and no record can carry. */
  readonly observed: readonly PlainFinding[];
  /** Opens an image of the run, and closes it again. */
  withImage<T>(image: string, work: (image: Image) => T | Promise<T>): Promise<T>;
  /**
   * Figures that a claim takes from images by itself, kept in the cache.
   * @param what names all that decides them beside the images
   */
  kept<T extends object>(
    what: string,
    images: readonly string[],
    take: () => Promise<T>,
  ): Promise<T>;
}

/** What a client is to fetch, or a registry to keep, of an update; nothing where an image is the one before it again. */
const MOVED: readonly (readonly [measure: string, client: string])[] = [
  ['transfer.content_bytes', 'previous'],
  ['dedup.new_bytes', '-'],
];

/**
 * The steps of a series that lead to an image with other layers than the one before, of which at least one model moves or
 * keeps some content. A step against a missing image is none, nor is one that nobody pulls, nor the same step again.
 */
export function changedSteps(
  {
    planned,
    images,
  }: {
    readonly planned: RunInfo['planned'];
    readonly images: readonly Pick<RunInfo['images'][number], 'id' | 'digest'>[];
  },
  records: readonly ResultRecord[],
): readonly SeriesStep[] {
  const moved = records.filter(
    (one): one is ValueRecord =>
      'value' in one &&
      MOVED.some(([measure, client]) => one.measure === measure && one.client === client),
  );
  const known = new Set(moved.map(({ image }) => image));
  const changed = new Set(moved.flatMap(({ image, value }) => (value === 0 ? [] : [image])));
  const digests = new Map(images.map(({ id, digest }) => [id, digest]));
  const seen = new Set<string>();
  return stepsOf(planned, records).filter(({ image, kind }, before) => {
    const [own, previous] = [digests.get(image), digests.get(planned[before]!)];
    const isOther = own !== undefined && previous !== undefined && own !== previous;
    const isStep = isOther && isPulled(kind) && (changed.has(image) || !known.has(image));
    const pair = `${previous} ${own}`;
    if (!isStep || seen.has(pair)) return false;
    seen.add(pair);
    return true;
  });
}

/** The images that steps of kind update lead to. */
export function updatesOf(steps: readonly SeriesStep[]): readonly string[] {
  return steps.filter(({ kind }) => kind === 'update').map(({ image }) => image);
}

/** What of them records alone give. */
type ReadRecords = Pick<
  Records,
  'images' | 'models' | 'model' | 'label' | 'number' | 'find' | 'skipped'
>;

export function readable(
  records: readonly ResultRecord[],
  images: readonly string[],
  models: readonly string[],
): ReadRecords {
  const key = (...parts: readonly string[]): string => parts.join('\n');
  const values = new Map(
    records.flatMap((one) =>
      'value' in one
        ? [[key(one.image, one.model, one.measure, one.client, one.link ?? ''), one.value] as const]
        : [],
    ),
  );
  const reasons = new Map(
    records.flatMap((one) =>
      'skipped' in one && one.measure === '*' ? [[one.model, one.skipped] as const] : [],
    ),
  );
  const find = (image: string, model: string, measure: string, client = '-', link = ''): Maybe => {
    const value = values.get(key(image, model, measure, client, link));
    return typeof value === 'number' ? value : undefined;
  };
  return {
    ...named(models),
    images,
    skipped: (model) => reasons.get(model),
    find,
    number(image, model, measure, client = '-', link = '') {
      const value = find(image, model, measure, client, link);
      if (value !== undefined) return value;
      const over = link === '' ? '' : `, link ${link}`;
      throw new MissingValue(`no ${measure} of ${model} on ${image}, client ${client}${over}`);
    },
  };
}

function describe(id: string): RunModel {
  const alias = aliasOf(id);
  return alias === undefined ? { id } : { id, alias };
}

/** Models by name, never by place: what is asked for twice is there once. */
export function named(ids: readonly string[]): Pick<Records, 'models' | 'model' | 'label'> {
  const labels = labelModels(ids.map(describe));
  const known = new Map<string, readonly string[]>();
  const resolved = (text: string): readonly string[] => {
    const found = known.get(text) ?? resolveModels([text]);
    known.set(text, found);
    const other = found.find((id) => !ids.includes(id));
    if (other !== undefined) throw new Error(`this experiment does not measure ${other}`);
    return found;
  };
  return {
    models: (...texts) => [...new Set(texts.flatMap(resolved))],
    model(text) {
      const [model, ...others] = resolved(text);
      if (model === undefined || others.length > 0) throw new Error(`${text} is not one model`);
      return model;
    },
    label: (model) => labels.get(model) ?? model,
  };
}

/** Value at `x` by a straight line over log x through points; undefined beyond them: nothing is extrapolated. */
export function interpolate(
  points: readonly (readonly [x: number, y: number])[],
  x: number,
): number | undefined {
  const sorted = points.toSorted(([a], [b]) => a - b);
  for (let number = 1; number < sorted.length; number++) {
    const [[left, low], [right, high]] = [sorted[number - 1]!, sorted[number]!];
    if (x < left || x > right) continue;
    if (left === right) return low;
    return low + ((high - low) * Math.log(x / left)) / Math.log(right / left);
  }
  return undefined;
}

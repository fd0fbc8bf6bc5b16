import { type Dataset, openDataset } from '../datasets/mod.ts';
import { InputError, UsageError } from '../errors.ts';
import { nearest } from '../ids.ts';
import { listed } from '../listed.ts';
import { type Client, clientWith, heldImage } from '../measures/clients.ts';
import { aliasOf, resolveModels } from '../models/mod.ts';
import { readRun } from '../results/read.ts';
import type { ResultRecord } from '../results/record.ts';
import type { ExplainOptions } from './explanation.ts';

/** What images of one's own are explained by: each file is an object, and costs what it costs by itself. */
const MODEL = 'per-file';

/** Where images, models and records come from. */
export interface Subject {
  readonly dataset: Dataset;
  /** Ids in series order. */
  readonly images: readonly string[];
  /** The first image that a run planned and lacks; undefined where it has all. */
  readonly missing?: string | undefined;
  /** Canonical ids to choose from; undefined where any will do. */
  readonly models: readonly string[] | undefined;
  /** What sums must equal; empty where nothing was measured. */
  readonly records: readonly ResultRecord[];
}

/** Throws a UsageError, InputError or StorageError that says what is wrong with the inputs. */
export async function readSubject({ inputs, platform }: ExplainOptions): Promise<Subject> {
  const [run, other] = inputs;
  if (run === undefined) {
    throw new UsageError('nothing is named', {}, 'give the directory of a run, or two images');
  }
  if (inputs.length > 2) {
    throw new UsageError(
      `${inputs.length} inputs`,
      {},
      'give the directory of a run, or two images; for a longer series: bench run, then explain it',
    );
  }
  return other === undefined ? ofRun(run) : ofImages(inputs, platform);
}

async function ofImages(inputs: readonly string[], platform: string | undefined): Promise<Subject> {
  const dataset = await openDataset(inputs, { platform, command: 'bench explain' });
  return { dataset, images: dataset.images.map(({ id }) => id), models: undefined, records: [] };
}

async function ofRun(directory: string): Promise<Subject> {
  const { info, records } = await readRun(directory);
  const { id, digest, named } = info.dataset;
  const dataset = await openRunDataset(directory, named?.inputs ?? [id], named?.platform);
  if (dataset.digest !== digest) {
    throw new InputError(
      `dataset ${id} is other data now than the run in ${directory} measured`,
      { dataset: id },
      'measure it again, or bring back its manifest, lock and files',
    );
  }
  const had = new Set(info.images.map((image) => image.id));
  const gap = info.planned.findIndex((image) => !had.has(image));
  // Sums over a series end where an image is missing.
  const images = info.planned.slice(0, gap < 0 ? undefined : gap);
  const missing = info.planned[images.length];
  if (images.length === 0) {
    throw new InputError(
      missing === undefined
        ? `the run in ${directory} has no images`
        : `the run in ${directory} lacks its first image, ${missing}: sums over its series cannot be divided`,
      {},
      'run its command again, or measure the others by themselves',
    );
  }
  return { dataset, images, missing, models: info.models.map((model) => model.id), records };
}

/** Images on disk are named as they were when the run was made: from the directory it was made in. */
async function openRunDataset(
  directory: string,
  inputs: readonly string[],
  platform: string | undefined,
): Promise<Dataset> {
  try {
    return await openDataset(inputs, { platform });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(
      `the run in ${directory} measured ${listed(inputs)}: ${error.message}`,
      error.where,
      'call it from the directory where the run was made',
      { cause: error },
    );
  }
}

/** The canonical id of the model that is asked for. */
export function chooseModel(
  { models }: Pick<Subject, 'models'>,
  asked: string | undefined,
): string {
  if (asked === undefined) {
    const standard = resolveModels([MODEL])[0]!;
    if (!models || models.includes(standard)) return standard;
    return models.find((id) => id.includes('|')) ?? models[0]!;
  }
  const [model, ...more] = resolveModels([asked]);
  if (more.length > 0) {
    throw new UsageError(`'${asked}' is several models`, {}, 'name one of them');
  }
  if (!models || models.includes(model!)) return model!;
  const names = models.map((id) => aliasOf(id) ?? id);
  throw new UsageError(`the run has no model '${asked}'`, {}, `it has ${listed(names)}`);
}

/** The last image unless another is asked for. */
export function chooseImage(
  { images, missing }: Pick<Subject, 'images' | 'missing'>,
  asked: string = images.at(-1)!,
): string {
  if (images.includes(asked)) return asked;
  if (missing !== undefined) {
    throw new UsageError(
      `'${asked}' is not among the images that can be explained, ${listed(images)}: the run lacks ${missing}, and sums over the series end there`,
      {},
      'measure the series without that image',
    );
  }
  const suggestion = nearest(asked, images);
  throw new UsageError(
    `there is no image '${asked}'`,
    {},
    suggestion ? `did you mean '${suggestion}'?` : `there are ${listed(images)}`,
  );
}

/** What a client holds. */
export interface ChosenClient {
  /** As records have it. */
  readonly client: Client;
  /** Ids of images; undefined of `base` and `other-distribution`, whose image the whole series decides. */
  readonly holds?: readonly string[];
}

/** The client with the image before, unless another is asked for; of the first image the one that holds nothing. */
export function chooseClient(
  { images, missing }: Pick<Subject, 'images' | 'missing'>,
  image: string,
  asked?: string,
): ChosenClient {
  const before = images.slice(0, images.indexOf(image));
  const client = asked ?? (before.length > 0 ? 'previous' : 'none');
  switch (client) {
    case 'none':
      return { client, holds: [] };
    case 'previous':
    case 'all-previous':
      if (before.length > 0)
        return { client, holds: client === 'previous' ? before.slice(-1) : before };
      throw new UsageError(`no image is before ${image}`, {}, 'give --client none');
    case 'base':
    case 'other-distribution':
      if (missing === undefined) return { client };
      throw new UsageError(
        `client '${client}' needs the whole series, and the run lacks ${missing}`,
        {},
        'run its command again, or give none, previous, all-previous or image:ID',
      );
  }
  const held = heldImage(client);
  if (held === image) {
    throw new UsageError(
      `a client that holds ${image} pulls nothing of it`,
      {},
      'name another one',
    );
  }
  if (held !== undefined) {
    const id = chooseImage({ images, missing }, held);
    return { client: clientWith(id), holds: [id] };
  }
  throw new UsageError(
    `client '${client}' cannot be explained`,
    {},
    'give none, previous, all-previous, base, other-distribution, or image:ID for the client that holds that image',
  );
}

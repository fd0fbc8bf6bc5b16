import { fetchedFrom, missingFiles, missingLine, passedOverNote } from '../datasets/missing.ts';
import { addImages, type Dataset, fetchImage, relock } from '../datasets/mod.ts';
import type { FetchContext } from '../datasets/provider.ts';
import { BenchError, systemError, UnavailableError, UsageError } from '../errors.ts';
import { findMember } from '../ids.ts';
import { contextOf, pin } from '../library.ts';
import { listed } from '../listed.ts';
import { DEFAULT_DATASET } from '../plan.ts';
import type { Progress } from '../progress.ts';
import { type Details, EXIT, type Io, namesIn, type Words } from './command.ts';
import {
  checkSources,
  datasetOptions,
  platformOf,
  platformOption,
  refuse,
  surroundingsOf,
} from './context.ts';
import { chooseDataset } from './inputs.ts';
import { createProgress, printable } from './progress.ts';
import { showDataset } from './show.ts';

type Action = (words: Words, io: Io, progress: Progress) => Promise<void>;

const ACTIONS: readonly { readonly name: string; readonly act: Action }[] = [
  { name: 'fetch', act: fetch },
  { name: 'show', act: show },
  { name: 'relock', act: pinAnew },
  { name: 'add', act: add },
];

export const datasetCommand: Details = {
  usage: '(fetch|show) [INPUT]… | relock [NAME] | add NAME REF…',
  actions: namesIn(ACTIONS),
  options: [
    platformOption,
    { name: 'all', description: 'add: every image of a layout or an archive' },
    {
      name: 'from',
      value: 'DIR',
      description:
        'fetch: take files from this folder, found by their digests whatever their names; the network has only what is not there',
    },
    ...datasetOptions,
  ],
  examples: [
    ['dataset show v1.tar v2.tar', 'what images on disk hold'],
    [
      'dataset fetch debian-updates',
      'downloads and builds it, prints image, digest and layers; a later run needs no network',
    ],
    [
      'dataset fetch alpine --from ./usb',
      'without a network: pinned files lie there under any names; those that do not are listed with digest and URL',
    ],
    ['dataset relock debian-updates', 'pins what the mirror serves today'],
    [
      'dataset add ./mine.json ubuntu:jammy-20221130 ubuntu:jammy-20230126 ./saved.tar',
      'tags are pinned to digests on the first fetch; saved.tar is from docker save, or a layout, or a root file system',
    ],
    ['dataset add ./mine.json layout#v1 --platform linux/arm64', 'one image of a layout'],
    ['dataset add ./mine.json saved.tar --all', 'every image of an archive'],
    ['dataset show saved.tar#app:1', 'an image on disk, one of several there'],
  ],
  async run(words, io) {
    const [action = ''] = words.positionals;
    const { act } = findMember('action', ACTIONS, action);
    const progress = createProgress(io);
    await act(words, io, progress);
    progress.end();
    return EXIT['fine']!;
  },
};

async function fetch(words: Words, io: Io, progress: Progress): Promise<void> {
  const surroundings = { ...surroundingsOf(words, io, progress), from: words.text('from') };
  const chosen = await named(words, io);
  checkSources(words, chosen);
  const dataset = await pin(chosen, surroundings);
  const context = contextOf(dataset, surroundings);
  progress.start(dataset.images.length);
  const failures = new Map<string, BenchError>();
  for (const { id } of dataset.images) {
    try {
      const image = await fetchImage(dataset, id, context);
      for (const text of image.warnings ?? []) progress.note(`${id}: ${text}`);
      const layers = image.layers.map((layer) => layer.path);
      io.out(`${[id, image.digest, ...layers].join('\t')}\n`);
    } catch (error) {
      context.signal?.throwIfAborted();
      const told = systemError(error);
      if (!(told instanceof BenchError)) throw told;
      failures.set(id, told);
    }
    progress.step(id);
  }
  if (failures.size > 0) throw await allTold(failures, dataset, context, io, progress);
  progress.note(`to cite: ${dataset.id}@${dataset.digest}`);
}

/** One failure of a dataset of one image is the error; else each is told, and the error says which. */
async function allTold(
  failures: ReadonlyMap<string, BenchError>,
  dataset: Dataset,
  context: FetchContext,
  io: Io,
  progress: Progress,
): Promise<unknown> {
  const errors = [...failures.values()];
  const first = errors.find((error) => error instanceof UnavailableError) ?? errors[0]!;
  const told = await explained(first, dataset, context, progress);
  if (dataset.images.length === 1) return told;
  for (const error of errors) io.err(`${printable(String(error === first ? told : error))}\n`);
  const what = failures.size === 1 ? '1 image was' : `${failures.size} images were`;
  return new UnavailableError(
    `${what} not fetched, of ${dataset.images.length}: ${listed([...failures.keys()])}`,
    { dataset: dataset.id },
    failures.size < dataset.images.length
      ? 'each is told above; what was fetched is kept, run again for the rest'
      : 'each is told above',
  );
}

/** With a folder that has not all: every file that is still to be brought, so that one way is enough. */
async function explained(
  error: unknown,
  dataset: Dataset,
  context: FetchContext,
  progress: Progress,
): Promise<unknown> {
  if (!(error instanceof UnavailableError)) return error;
  if (context.local === undefined) {
    progress.note('without a network: --from DIR lists every file to bring, with digest and URL');
    return error;
  }
  const missing = await missingFiles(dataset, context);
  for (const file of missing) progress.note(`missing: ${missingLine(file)}`);
  const passedOver = missing.length > 0 ? passedOverNote(context.local) : undefined;
  if (passedOver !== undefined) progress.note(passedOver);
  return fetchedFrom(error, missing, context.local.directory);
}

async function show(words: Words, io: Io, progress: Progress): Promise<void> {
  refuse(words, 'dataset show', ['mirror', 'insecure-registry', 'cache-size', 'from']);
  const dataset = await named(words, io);
  const context = contextOf(dataset, surroundingsOf(words, io, progress));
  for await (const text of showDataset(dataset, context)) io.out(text);
}

async function pinAnew(words: Words, io: Io, progress: Progress): Promise<void> {
  refuse(words, 'dataset relock', ['cache-size', 'from']);
  const dataset = await named(words, io);
  checkSources(words, dataset);
  io.out(`${await relock(dataset, contextOf(dataset, surroundingsOf(words, io, progress)))}\n`);
}

async function add(words: Words, io: Io): Promise<void> {
  const names = datasetOptions.map((option) => option.name);
  refuse(words, 'dataset add', [...names, 'from']);
  const [, name, ...references] = words.positionals;
  if (name === undefined || references.length === 0) {
    throw new UsageError('NAME or REF is missing', {}, 'give a dataset and what to add to it');
  }
  const options = { platform: platformOf(words), isAll: words.flag('all') };
  const { dataset, added } = await addImages(name, references, options);
  for (const { id, source } of added) {
    io.out(`${[dataset.path, id, JSON.stringify(source)].join('\t')}\n`);
  }
}

async function named(words: Words, io: Io): Promise<Dataset> {
  const [action = '', ...inputs] = words.positionals;
  if (words.flag('all')) throw new UsageError('--all is for `dataset add`', {}, 'leave it out');
  const chosen = inputs.length > 0 ? inputs : [DEFAULT_DATASET];
  return chooseDataset(chosen, words, io, { command: `bench dataset ${action}` });
}

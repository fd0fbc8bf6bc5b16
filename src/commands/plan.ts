import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { type Dataset, unpinnedImages } from '../datasets/mod.ts';
import { UsageError } from '../errors.ts';
import { findMember } from '../ids.ts';
import { resolveLinks } from '../links/mod.ts';
import { aliasOf, defaultModels, resolveModels } from '../models/mod.ts';
import type { Plan } from '../plan.ts';
import { plural } from '../report/format.ts';
import { METHOD } from '../results/record.ts';
import { type Command, EXIT, type Io, type Option, type Words } from './command.ts';
import { chooseDataset, readAsked } from './inputs.ts';

export const DEFAULT_DATASET = 'debian-series';

export const planOptions: readonly Option[] = [
  {
    name: 'dataset',
    value: 'NAME',
    repeated: 'several images are a series: bench run a.tar b.tar',
    description: `name, manifest file, or image directory (default ${DEFAULT_DATASET})`,
  },
  { name: 'image', value: 'ID', multiple: true, description: 'only these images of the dataset' },
  {
    name: 'model',
    value: 'ID',
    multiple: true,
    description: 'preset, chain, grid or all (default: five presets and a sweep of chunk sizes)',
  },
  {
    name: 'link',
    value: 'ID',
    multiple: true,
    description: 'links to model: names, default, or all (see bench list links)',
  },
  { name: 'out', value: 'DIR', description: 'where the run is kept (default below reports/)' },
];

export interface PlanSettings {
  readonly workers: number;
  readonly repeat: number;
  readonly reproducibility: boolean;
}

/**
 * Words → plan. Everything that can be wrong with them is found here, before anything is fetched.
 * @param inputs paths and names of datasets that were given without an option
 * @param prepare the dataset, where it has to be pinned first
 */
export async function createPlan(
  words: Words,
  inputs: readonly string[],
  settings: PlanSettings,
  io: Io,
  prepare: (dataset: Dataset) => Dataset | Promise<Dataset> = (dataset) => dataset,
): Promise<Plan> {
  const named = words.texts('model');
  const models = resolveModels(named.length > 0 ? named : defaultModels);
  const links = resolveLinks(words.texts('link').length > 0 ? words.texts('link') : ['default']);
  const dataset = await prepare(
    await chooseDataset(words, inputs, io, 'bench run', DEFAULT_DATASET),
  );
  const images = chooseImages(dataset, words.texts('image'));
  // A sweep of chunk sizes is about bytes; time is measured for formats somebody uses, or that were asked for by name.
  const timed = named.length > 0 && models.length <= 8 ? models : models.filter(aliasOf);
  const out = words.text('out');
  const directory = resolve(out ?? join('reports', runName(dataset, images, models)));
  return {
    dataset,
    images,
    models,
    links,
    workers: settings.workers,
    timed: settings.repeat > 0 ? timed : [],
    reproduced: settings.reproducibility ? timed : [],
    repeat: settings.repeat,
    directory,
  };
}

function chooseImages(dataset: Dataset, wanted: readonly string[]): readonly string[] {
  const known = dataset.images.map((image) => ({ name: image.id }));
  if (wanted.length === 0) return known.map(({ name }) => name);
  const chosen = new Set(wanted.map((id) => findMember('image', known, id).name));
  return known.map(({ name }) => name).filter((name) => chosen.has(name));
}

/** The same plan has the same directory: running it again resumes it. */
function runName(dataset: Dataset, images: readonly string[], models: readonly string[]): string {
  const identity = JSON.stringify([METHOD, dataset.digest, images, models]);
  return `${dataset.id}-${createHash('sha256').update(identity).digest('hex').slice(0, 8)}`;
}

export const planCommand: Command = {
  name: 'plan',
  summary: 'Shows what `bench run` with the same words would measure, and fetches nothing.',
  usage: '[INPUT]… [--model ID]…',
  options: planOptions,
  examples: [
    ['plan', 'the default comparison'],
    ['plan v1.tar v2.tar', 'a series of images on disk'],
    ["plan --model 'catar|rabin:avg=8KiB..64KiB|zstd:3|objects|get'", 'what a grid expands to'],
  ],
  async run(words, io) {
    const { question, inputs } = readAsked(words, io);
    if (question) {
      throw new UsageError(
        `'${question.name}' is a question, and chooses its models`,
        {},
        `ask it: bench run ${question.name}`,
      );
    }
    const settings = { workers: 1, repeat: 1, reproducibility: true };
    const plan = await createPlan(words, inputs, settings, io);
    const { id, digest } = plan.dataset;
    const unpinned = unpinnedImages(plan.dataset).map((image) => image.id);
    const isPinned = unpinned.length === 0;
    if (!isPinned) {
      io.err(
        `${id}: ${plural(unpinned.length, 'image')} not pinned yet, so its digest and the directory are open: \`bench dataset fetch\` pins\n`,
      );
    }
    const rows = {
      dataset: isPinned ? `${id}@${digest}` : id,
      unpinned,
      // Named after the digest of the dataset, which pinning changes.
      directory: isPinned || words.text('out') !== undefined ? plan.directory : null,
      images: plan.images,
      models: plan.models.map((id) => ({ id, alias: aliasOf(id), timed: plan.timed.includes(id) })),
      links: plan.links.map((link) => link.name),
      cells: plan.images.length * plan.models.length,
    };
    io.out(`${JSON.stringify(rows, undefined, 2)}\n`);
    return EXIT['fine']!;
  },
};

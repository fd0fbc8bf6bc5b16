import { describeDataset, describeImage } from '../datasets/describe.ts';
import { type Dataset, fetchImage } from '../datasets/mod.ts';
import type { FetchContext } from '../datasets/provider.ts';
import { BenchError, InputError, systemError, UnavailableError } from '../errors.ts';
import { formatBytes, formatShare, plural } from '../format.ts';
import { type ImageDescriptor, layerBytes } from '../images/image.ts';
import { closeImage, openImage } from '../images/open.ts';
import { listed } from '../listed.ts';
import { firstWarnings } from '../measures/contents.ts';
import { shadowedBytes } from '../trees/shadowed.ts';
import { surveyTree } from '../trees/survey.ts';
import { printable } from './progress.ts';

/**
 * What a dataset is, and what is in those of its images that are at hand; nothing is fetched. An image that cannot be read is told in
 * its place, and thrown when all others are shown.
 */
export async function* showDataset(
  dataset: Dataset,
  context: FetchContext,
): AsyncGenerator<string> {
  yield describeDataset(dataset).split('\n').map(printable).join('\n');
  const offline: FetchContext = {
    ...context,
    fetch: () => Promise.reject(new UnavailableError('not fetched yet')),
  };
  const failures = new Map<string, BenchError>();
  for (const image of dataset.images) {
    yield `  ${printable(describeImage(dataset, image))}\n`;
    try {
      const descriptor = await fetchImage(dataset, image.id, offline);
      for (const line of factLines(descriptor)) yield `      ${line}\n`;
    } catch (error) {
      context.signal?.throwIfAborted();
      const told = systemError(error);
      if (told instanceof UnavailableError) {
        yield '      not in the cache: `bench dataset fetch` brings it\n';
      } else if (told instanceof BenchError) {
        failures.set(image.id, told);
        yield `      not shown: ${printable(String(told))}\n`;
      } else throw told;
    }
  }
  throwFailures(failures, dataset);
}

/** One failure is told as it is. */
function throwFailures(failures: ReadonlyMap<string, BenchError>, { id, images }: Dataset): void {
  const [first] = failures.values();
  if (first === undefined) return;
  if (failures.size === 1) throw first;
  throw new InputError(
    `${failures.size} images of ${images.length} cannot be shown: ${listed([...failures.keys()])}`,
    { dataset: id },
    'each says why in its place',
  );
}

function factLines(descriptor: ImageDescriptor): readonly string[] {
  const image = openImage(descriptor);
  try {
    const { entries, bytes, kinds } = surveyTree(image.tree);
    const delivered = descriptor.layers.map((layer) => layer.delivered?.size);
    const isWhole = delivered.every((size) => size !== undefined);
    const sizes = [
      plural(descriptor.layers.length, 'layer'),
      ...(isWhole
        ? [`${formatBytes(delivered.reduce((sum, size) => sum + size, 0))} delivered`]
        : []),
      `${formatBytes(layerBytes(descriptor))} uncompressed`,
      `${formatBytes(bytes)} in files`,
    ];
    const warnings = firstWarnings([
      ...(descriptor.warnings ?? []),
      ...(image.tree.warnings ?? []),
    ]);
    const counts = [...entries].map(([type, count]) => plural(count, type, pluralOf(type)));
    const shares = kinds.map(([kind, size]) => `${kind} ${formatShare(size / bytes)}`);
    return [
      sizes.join(' · '),
      counts.join(' · '),
      ...(bytes > 0 ? [shares.join(' · ')] : []),
      ...shadowedLine(shadowedBytes(image.tree)),
      ...warnings.map((text) => `warning: ${printable(text)}`),
    ];
  } finally {
    closeImage(image);
  }
}

/** Nothing of an image with one layer, which has none below. */
function shadowedLine(layers: readonly number[]): readonly string[] {
  if (layers.length < 2) return [];
  const sum = layers.reduce((all, bytes) => all + bytes, 0);
  const parts = layers.flatMap((bytes, layer) =>
    bytes > 0 ? [`layer ${layer + 1} ${formatBytes(bytes)}`] : [],
  );
  const where = parts.length > 0 ? `: ${parts.join(', ')}` : '';
  return [`${formatBytes(sum)} in files that layers above hide${where}`];
}

function pluralOf(type: string): string {
  return type === 'directory' ? 'directories' : `${type}s`;
}

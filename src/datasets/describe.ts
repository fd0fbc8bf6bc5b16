import type { ManifestImage } from './manifest.ts';
import type { Dataset } from './mod.ts';
import { providerOf } from './providers.ts';

/** What a dataset is, for people. */
export function describeDataset({ id, title, description, manifest, digest }: Dataset): string {
  const published = (manifest.published ?? []).map(
    ({ what, value, source }) => `Published: ${what}: ${value} (${source})`,
  );
  const lines = [
    `${id} ${manifest.version}: ${title}`,
    digest,
    '',
    description,
    `Why: ${manifest.why}`,
    `Licence: manifest ${manifest.license.manifest}, content ${manifest.license.content}`,
    ...(manifest.expectedSize ? [`Expected size: ${manifest.expectedSize}`] : []),
    ...published,
    `Cite: ${manifest.citeAs}`,
    '',
  ];
  return `${lines.join('\n')}\n`;
}

/** One image of a dataset and what it is pinned to, for people. */
export function describeImage(dataset: Dataset, image: ManifestImage): string {
  const pins = dataset.pins.get(image.id);
  const { pin, describePins } = providerOf(image);
  const state = pins === undefined ? pin && 'not pinned yet' : describePins?.(pins);
  const step = image.step === undefined ? '' : `, ${image.step} of the one before`;
  return `${image.id}  ${image.title} (${image.source.type}${step})${state ? `: ${state}` : ''}`;
}

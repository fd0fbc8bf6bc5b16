import { InputError } from '../errors.ts';
import { toImageId } from './add.ts';
import type { Manifest, ManifestImage } from './manifest.ts';
import { providerOf } from './providers.ts';

/** Images of a manifest, and what each is pinned to. */
export interface PinnedImages {
  readonly images: readonly ManifestImage[];
  readonly pins: ReadonlyMap<string, unknown>;
}

/**
 * With every source that stands for a series replaced by its images, called `ID-NUMBER-NAME`; one that is not pinned yet
 * stays, since nobody knows its images.
 *
 * @param locked what the lock holds, by the ids of the manifest
 */
export function expandImages(
  manifest: Manifest,
  locked: ReadonlyMap<string, unknown>,
): PinnedImages {
  const images: ManifestImage[] = [];
  const pins = new Map<string, unknown>();
  for (const image of manifest.images) {
    const own = locked.get(image.id);
    const { expand } = providerOf(image);
    if (!expand || own === undefined) {
      images.push(image);
      if (own !== undefined) pins.set(image.id, own);
      continue;
    }
    const { id, title, step } = image;
    const members = expand(image.source as never, own);
    const width = String(members.length - 1).length;
    for (const [number, member] of members.entries()) {
      const name = toImageId(`${id}-${String(number).padStart(width, '0')}-${member.name}`);
      images.push({
        id: name,
        title: `${title}, ${member.title}`,
        source: member.source,
        ...(number === 0 && step !== undefined ? { step } : {}),
      });
      pins.set(name, member.pins);
    }
  }
  const twice = images.find(({ id }, index) => images.findIndex((one) => one.id === id) < index);
  if (twice === undefined) return { images, pins };
  throw new InputError(
    `dataset ${manifest.id} has two images '${twice.id}': one of the manifest, one of a series`,
    {},
    'give that of the manifest another id',
  );
}

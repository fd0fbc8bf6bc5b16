import type { Dataset } from '../mod.ts';
import { imageOutlook } from '../outlook.ts';
import type { FetchContext } from '../provider.ts';
import { findMirror } from './mirror.ts';

/**
 * Throws the UnavailableError that says what to set where every one of the images needs a Debian mirror and none is known: once,
 * before each of them fails by itself. Where some can be had, the others cost their own cells.
 *
 * @param ids of images
 * @param apt directory of its configuration
 */
export async function checkMirror(
  dataset: Dataset,
  ids: readonly string[],
  { cache, mirror, local }: FetchContext,
  apt?: string,
): Promise<void> {
  for (const id of ids) {
    if (dataset.images.find((image) => image.id === id)?.source.type !== 'debian') return;
    const { missing } = await imageOutlook(dataset, id, cache, mirror);
    const found = await Promise.all((missing ?? []).map((file) => local?.find(file)));
    if (found.every((file) => file !== undefined)) return;
  }
  if (ids.length > 0) findMirror(mirror, apt);
}

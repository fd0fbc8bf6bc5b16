import { dirname } from 'node:path';
import type { ManifestImage } from './manifest.ts';
import type { Dataset } from './mod.ts';
import { providerOf } from './providers.ts';

/**
 * How large an image is by what its lock or its file says: bytes of what is delivered. undefined where neither does. It does
 * not depend on what the cache has, so that every machine comes to the same.
 */
export function pinnedBytes({ images, pins, path }: Dataset, id: string): number | undefined {
  const image = images.find((one) => one.id === id)!;
  return bytesOf(image, pins.get(id), dirname(path));
}

function bytesOf(
  image: Pick<ManifestImage, 'source'>,
  pins: unknown,
  directory: string,
): number | undefined {
  const provider = providerOf(image);
  if (provider.pinnedBytes) return provider.pinnedBytes(image.source as never, pins, directory);
  // An image that is made from another one is about as large.
  const { of, on } = image.source as { of?: { type: string }; on?: { type: string } };
  const origin = of ?? on;
  return origin && bytesOf({ source: origin as never }, pins, directory);
}

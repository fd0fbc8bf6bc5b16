import { dirname } from 'node:path';
import { BenchError, UnavailableError } from '../errors.ts';
import type { Cache } from '../images/cache.ts';
import type { Dataset } from './mod.ts';
import type { FetchContext, Outlook } from './provider.ts';
import { providerOf } from './providers.ts';

/**
 * What is known of an image of a dataset while nothing is fetched; nothing of one that cannot be read.
 * @param mirror of Debian, from the command line
 */
export async function imageOutlook(
  { images, pins, path }: Dataset,
  id: string,
  cache: Cache,
  mirror?: string,
): Promise<Outlook> {
  const image = images.find((one) => one.id === id)!;
  const provider = providerOf(image);
  // What lies on disk is not fetched.
  if (!provider.outlook) return provider.pin ? {} : { missing: [] };
  const context: FetchContext = {
    cache,
    ...(mirror === undefined ? {} : { mirror }),
    baseDirectory: dirname(path),
    fetch: () => Promise.reject(new UnavailableError('nothing is fetched')),
    progress() {},
  };
  try {
    return await provider.outlook(image.source as never, image, pins.get(id), context);
  } catch (error) {
    if (error instanceof BenchError) return {};
    throw error;
  }
}

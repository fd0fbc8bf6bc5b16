import { join } from 'node:path';
import type { FetchContext } from '../datasets/provider.ts';
import { Cache } from '../images/cache.ts';

/** For tests: a cache in the directory, and no network. */
export function offlineContext(directory: string): FetchContext {
  return {
    cache: new Cache(join(directory, 'cache')),
    fetch: () => Promise.reject(new Error('the network was used')),
    baseDirectory: directory,
    progress: () => {},
  };
}

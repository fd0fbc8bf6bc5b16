import { dirname } from 'node:path';
import { type Dataset, pinDataset } from '../datasets/mod.ts';
import { checkedPlatform } from '../datasets/platform.ts';
import type { FetchContext } from '../datasets/provider.ts';
import { plural } from '../format.ts';
import { Cache } from '../images/cache.ts';
import { machinePlatform } from '../images/platform.ts';
import type { Progress } from '../progress.ts';
import type { Io, Option, Words } from './command.ts';

/** Environment variable: what the cache may take. */
export const CACHE_SIZE = 'OCIBENCH_CACHE_SIZE';

export const platformOption: Option = {
  name: 'platform',
  value: 'OS/ARCH',
  description: `of an image that is there for several: OS/ARCH or OS/ARCH/VARIANT (default: this machine's, ${machinePlatform()})`,
};

/** Throws a UsageError for what is no platform. */
export function platformOf(words: Words): string | undefined {
  return checkedPlatform(words.text(platformOption.name));
}

export const datasetOptions: readonly Option[] = [
  {
    name: 'mirror',
    value: 'URL',
    description: 'Debian mirror (default: DEBIAN_MIRROR, then what apt is configured with)',
  },
  {
    name: 'insecure-registry',
    value: 'HOST',
    multiple: true,
    description: 'speak plain HTTP with this registry, HOST or HOST:PORT (loopback needs no leave)',
  },
  {
    name: 'cache',
    value: 'DIR',
    description: 'cache (default: ocibench in the XDG cache directory)',
  },
  {
    name: 'cache-size',
    value: 'SIZE',
    description: `after each fetch, remove what no run needs and was not used for longest until the cache is no larger (default: ${CACHE_SIZE}, then no bound)`,
  },
];

/** What providers need, from the command line. */
export function createContext(
  words: Words,
  io: Io,
  dataset: Dataset,
  progress: Progress,
): FetchContext {
  const mirror = words.text('mirror');
  const cacheBytes = words.size('cache-size', CACHE_SIZE);
  return {
    cache: new Cache(words.text('cache')),
    ...(mirror === undefined ? {} : { mirror }),
    ...(cacheBytes === undefined ? {} : { cacheBytes }),
    insecureRegistries: words.texts('insecure-registry'),
    signal: io.signal,
    fetch: globalThis.fetch,
    baseDirectory: dirname(dataset.path),
    progress: (message, done, total) =>
      progress.busy(total === undefined ? message : `${message} ${done}/${total}`),
  };
}

/** Pins what is not pinned yet, as the first run of a dataset does. */
export async function pin(
  words: Words,
  io: Io,
  dataset: Dataset,
  progress: Progress,
): Promise<Dataset> {
  const pinned = await pinDataset(dataset, createContext(words, io, dataset, progress));
  if (pinned.pins.size > dataset.pins.size) {
    progress.note(
      `${dataset.id}: pinned ${plural(pinned.pins.size - dataset.pins.size, 'image')} in its lock`,
    );
  }
  return pinned;
}

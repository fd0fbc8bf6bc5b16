import { dirname } from 'node:path';
import type { Dataset } from '../datasets/mod.ts';
import type { FetchContext } from '../datasets/provider.ts';
import { Cache } from '../images/cache.ts';
import type { Progress } from '../recording.ts';
import type { Io, Option, Words } from './command.ts';

export const datasetOptions: readonly Option[] = [
  {
    name: 'mirror',
    value: 'URL',
    description: 'Debian mirror (default: DEBIAN_MIRROR, then what apt is configured with)',
  },
  {
    name: 'cache',
    value: 'DIR',
    description: 'cache (default: ocibench in the XDG cache directory)',
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
  return {
    cache: new Cache(words.text('cache')),
    ...(mirror === undefined ? {} : { mirror }),
    signal: io.signal,
    fetch: globalThis.fetch,
    baseDirectory: dirname(dataset.path),
    progress: (message, done, total) =>
      progress.busy(total === undefined ? message : `${message} ${done}/${total}`),
  };
}

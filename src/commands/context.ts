import type { Dataset } from '../datasets/mod.ts';
import { checkedPlatform } from '../datasets/platform.ts';
import { UsageError } from '../errors.ts';
import { machinePlatform } from '../images/platform.ts';
import type { Surroundings } from '../library.ts';
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

/** What an option is for: the types of an image's source. */
const SOURCES = [
  { option: 'mirror', types: ['debian', 'debian-upgrades'], of: 'from Debian packages' },
  { option: 'insecure-registry', types: ['registry'], of: 'from a registry' },
];

/** Throws a UsageError for an option that none of the images looks at. */
export function checkSources(words: Words, { id, images }: Dataset): void {
  const used = images.flatMap(({ source }) => {
    const { of, on } = source as { of?: { type: string }; on?: { type: string } };
    return [source.type, of?.type, on?.type];
  });
  for (const { option, types, of } of SOURCES) {
    if (!isGiven(words, option) || types.some((type) => used.includes(type))) continue;
    const what = `--${option} has no effect: no image of ${id} is ${of}`;
    throw new UsageError(what, {}, 'leave it out');
  }
}

/** Throws a UsageError for an option that the verb or action does not look at. */
export function refuse(words: Words, verb: string, options: readonly string[]): void {
  const useless = options.find((option) => isGiven(words, option));
  if (useless === undefined) return;
  const what = `--${useless} has no effect on \`${verb}\``;
  throw new UsageError(what, {}, 'leave it out');
}

/** Of one value, of several, or a flag. */
function isGiven(words: Words, option: string): boolean {
  return words.flag(option) || [words.texts(option)].flat().length > 0;
}

/** What the command line says of what work uses. */
export function surroundingsOf(words: Words, io: Io, progress: Progress): Surroundings {
  return {
    cache: words.text('cache'),
    cacheBytes: words.size('cache-size', CACHE_SIZE),
    mirror: words.text('mirror'),
    insecureRegistries: words.texts('insecure-registry'),
    signal: io.signal,
    progress,
  };
}

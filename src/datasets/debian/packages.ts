import { UnavailableError } from '../../errors.ts';
import { download, findHeld } from '../../images/download.ts';
import { GoneError } from '../../images/request.ts';
import { listed } from '../../listed.ts';
import type { FetchContext } from '../provider.ts';
import type { Pin } from './lock.ts';
import { baseUrl, findMirror, type Mirror } from './mirror.ts';

const PARALLEL = 8;

/** Where packages would come from, for people; where no mirror is known, the path below the archive's base. */
export function urlsAt(given: string | undefined): (pin: Pin) => string {
  let mirror: Mirror | undefined;
  try {
    mirror = findMirror(given);
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
  }
  return ({ suite, path }) =>
    mirror ? `${baseUrl(mirror, suite)}/${path}` : `${path} of Debian's ${suite}`;
}

/**
 * Brings all packages into the cache; returns their paths by sha256. No mirror is looked for while all are there, or in the local folder. Throws an
 * UnavailableError that names every package that is gone.
 */
export async function fetchPackages(
  packages: readonly Pin[],
  image: string,
  context: FetchContext,
): Promise<ReadonlyMap<string, string>> {
  const paths = new Map<string, string>();
  const gone: string[] = [];
  const failures: unknown[] = [];
  const waiting = [...packages];
  let mirror: Mirror | undefined;
  let done = 0;

  const bring = async ({ suite, path, sha256, size }: Pin): Promise<string> => {
    const digest = `sha256:${sha256}`;
    const held = await findHeld({ digest, size }, context);
    if (held) return held.path;
    mirror ??= findMirror(context.mirror);
    const url = `${baseUrl(mirror, suite)}/${path}`;
    return (await download({ url, digest, size }, context)).path;
  };
  const work = async (): Promise<void> => {
    for (let one = waiting.shift(); one; one = waiting.shift()) {
      try {
        paths.set(one.sha256, await bring(one));
      } catch (error) {
        if (error instanceof GoneError) gone.push(`${one.name} ${one.version}`);
        else failures.push(error);
        // What is gone is listed in full; after any other failure nothing further is begun.
        if (failures.length > 0) waiting.length = 0;
      }
      context.progress(`${image}: packages`, ++done, packages.length);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));

  if (failures.length > 0) throw failures[0];
  if (gone.length === 0) return paths;
  throw new UnavailableError(
    `the mirror no longer has ${listed(gone.sort())}`,
    { image },
    'pin what it has now with `bench dataset relock NAME`: the dataset then has another digest',
  );
}

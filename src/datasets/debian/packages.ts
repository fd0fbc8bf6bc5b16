import { UnavailableError } from '../../errors.ts';
import { download } from '../../images/download.ts';
import { GoneError } from '../../images/request.ts';
import { listed } from '../../listed.ts';
import type { FetchContext } from '../provider.ts';
import type { Pin } from './lock.ts';
import { baseUrl, findMirror, type Mirror } from './mirror.ts';

const PARALLEL = 8;

/**
 * Brings all packages into the cache; returns their paths by sha256. No mirror is looked for while all are there. Throws an
 * UnavailableError that names every package that is gone.
 */
export async function fetchPackages(
  packages: readonly Pin[],
  image: string,
  context: FetchContext,
): Promise<ReadonlyMap<string, string>> {
  const { cache } = context;
  const paths = new Map<string, string>();
  const gone: string[] = [];
  const failures: unknown[] = [];
  const waiting = [...packages];
  let mirror: Mirror | undefined;
  let done = 0;

  const bring = async ({ suite, path, sha256, size }: Pin): Promise<string> => {
    const digest = `sha256:${sha256}`;
    if (await cache.isIntact(digest, size)) return cache.blobPath(digest);
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

import { UnavailableError } from '../errors.ts';
import type { LocalFiles } from '../images/local-files.ts';
import { listed } from '../listed.ts';
import type { Dataset } from './mod.ts';
import { imageOutlook } from './outlook.ts';
import type { FetchContext, Missing } from './provider.ts';

/** Files of a dataset that are neither in the cache nor in the local folder; each once. */
export async function missingFiles(
  dataset: Dataset,
  { cache, mirror, local }: FetchContext,
): Promise<readonly Missing[]> {
  const found = new Map<string, Missing>();
  for (const { id } of dataset.images) {
    const { missing = [] } = await imageOutlook(dataset, id, cache, mirror);
    for (const file of missing) {
      if (!found.has(file.digest) && !(await local?.find(file))) found.set(file.digest, file);
    }
  }
  return [...found.values()];
}

/** `sha256:… 3490290 https://…`, as a list to fetch elsewhere has it. */
export function missingLine({ digest, size, url = '' }: Missing): string {
  return [digest, `${size} bytes`, url].join(' ').trimEnd();
}

/** What of the folder could not be read, where something is missing: it may be that. undefined where all could. */
export function passedOverNote({ passedOver }: LocalFiles): string | undefined {
  if (passedOver.length === 0) return undefined;
  return `passed over, since it cannot be read: ${listed(passedOver.map(({ path, code }) => `${path} (${code})`))}`;
}

/** A fetch from a folder that has not all, without a network; any other error passes unchanged. */
export function fetchedFrom(
  error: unknown,
  missing: readonly Missing[],
  directory: string,
): unknown {
  const [first, ...others] = missing;
  if (!(error instanceof UnavailableError) || !first) return error;
  const what = others.length === 0 ? '1 file is' : `${missing.length} files are`;
  const more = others.length === 0 ? '' : ` and ${others.length} more, listed above`;
  return new UnavailableError(
    `${error.message}; ${what} neither in ${directory} nor in the cache: ${missingLine(first)}${more}`,
    error.where,
    'fetch them where there is a network, and put them into that folder under any names',
    { cause: error },
  );
}

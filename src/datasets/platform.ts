import * as z from 'zod';
import { InputError, UsageError } from '../errors.ts';

/** Of an image of a registry, where a dataset does not say it: a dataset is the same data on every machine. */
const DEFAULT_PLATFORM = 'linux/amd64';

/** `os/architecture`, and `/variant` where it matters (image-spec, image-index.md). */
export const anyPlatformSchema: z.ZodType<string> = z
  .string()
  .regex(
    /^[a-z0-9]+\/[a-z0-9]+(\/[a-z0-9.]+)?$/,
    'give os/architecture or os/architecture/variant',
  );

export const platformSchema: z.ZodType<string> = anyPlatformSchema.default(DEFAULT_PLATFORM);

/** A platform from the command line. */
export function checkedPlatform(text: string | undefined): string | undefined {
  if (text === undefined || anyPlatformSchema.safeParse(text).success) return text;
  throw new UsageError(
    `--platform is '${text}'`,
    {},
    'give os/architecture or os/architecture/variant, such as linux/arm64',
  );
}

/**
 * What a configuration says of its platform, beside the one that it was chosen for. A list of images has the last word:
 * then the contradiction is returned as a warning. A reference that names one image names it whatever is asked for: then an
 * InputError is thrown. Configurations that say nothing are believed.
 */
export function checkPlatform(
  actual: string,
  wanted: string | undefined,
  { image, isListed }: { readonly image: string; readonly isListed: boolean },
): readonly string[] {
  if (actual === '' || wanted === undefined || actual === wanted) return [];
  // The variant is often left out of either.
  if (actual.startsWith(`${wanted}/`) || wanted.startsWith(`${actual}/`)) return [];
  if (isListed) return [`listed as ${wanted}, its configuration says ${actual}`];
  throw new InputError(
    `the image is for ${actual}, not ${wanted}`,
    { image },
    `give platform ${actual}`,
  );
}

import { z } from 'zod';

export const DEFAULT_PLATFORM = 'linux/amd64';

/** `os/architecture`, and `/variant` where it matters (image-spec, image-index.md). */
export const platformSchema: z.ZodType<string> = z
  .string()
  .regex(/^[a-z0-9]+\/[a-z0-9]+(\/[a-z0-9]+)?$/, 'give os/architecture or os/architecture/variant')
  .default(DEFAULT_PLATFORM);

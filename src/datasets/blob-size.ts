import * as z from 'zod';
import { limits } from '../limits.ts';

/** Bytes of a file that a manifest or its lock pins. Beyond the limit that document is at fault, and no image. */
export const blobSize: z.ZodType<number> = z
  .int({ error: ({ code }) => (code === 'too_big' ? tooLarge() : undefined) })
  .positive()
  .refine((size) => size <= limits.blobBytes, { error: tooLarge });

function tooLarge(): string {
  return `give the bytes of the file: at most ${limits.blobBytes}`;
}
